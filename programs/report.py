"""Write the page of a run folder, also of an unfinished run: python programs/report.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.report import main

if __name__ == "__main__":
    run(main)
