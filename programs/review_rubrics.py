"""Look at the verdicts most worth a person's minute: programs/review_rubrics.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.review_rubrics import main

if __name__ == "__main__":
    run(main)
