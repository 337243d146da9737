"""Grade one prompt, or compare two, on a split of a dataset: python programs/evaluate.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.evaluate import main

if __name__ == "__main__":
    run(main)
