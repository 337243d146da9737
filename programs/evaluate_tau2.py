"""Let agents serve customers by your prompts in tau2: python programs/evaluate_tau2.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.evaluate_tau2 import main

if __name__ == "__main__":
    run(main)
