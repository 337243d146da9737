"""Let a simulated customer talk with an agent, or with you: python programs/converse.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.converse import main

if __name__ == "__main__":
    run(main)
