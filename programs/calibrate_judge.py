"""Measure a judge on the labelled replies of a dataset: programs/calibrate_judge.py --help."""

from usersim_opt.commands.calibrate_judge import main
from usersim_opt.commands.cli import run

if __name__ == "__main__":
    run(main)
