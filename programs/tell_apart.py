"""Can people be told from a simulator, by a classifier or a judge? tell_apart.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.tell_apart import main

if __name__ == "__main__":
    run(main)
