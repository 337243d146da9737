"""Turn tasks of tau-bench or tau2 into a dataset: python programs/build_dataset.py --help."""

from usersim_opt.commands.build_dataset import main
from usersim_opt.commands.cli import run

if __name__ == "__main__":
    run(main, on_interrupt="stopped; what was written stays, the same command goes on")
