"""What each criterion of a rubric is worth, from replies: python programs/items.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.items import main

if __name__ == "__main__":
    run(main)
