"""Look for faults in a dataset, say how to mend them, and print its counts: see --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.lint_dataset import main

if __name__ == "__main__":
    run(main)
