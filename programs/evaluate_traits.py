"""See what traits of customers take from agents: python programs/evaluate_traits.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.evaluate_traits import main

if __name__ == "__main__":
    run(main)
