"""Tune a simulator's prompt on a dataset and write the winner: see --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.optimize import main

if __name__ == "__main__":
    run(main, on_interrupt="stopped; what was finished is recorded, --resume goes on")
