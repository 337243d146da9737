"""Show a run in the terminal, under way or finished: python programs/watch.py RUN --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.watch import main

if __name__ == "__main__":
    run(main)
