"""How like people a simulated customer is: python programs/measure_realism.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.measure_realism import main

if __name__ == "__main__":
    run(main)
