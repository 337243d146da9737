"""Write a prompt file in other forms, all or none: python programs/export.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.export import main

if __name__ == "__main__":
    run(main)
