"""`usersim-opt lint-dataset` in a checkout: python programs/lint_dataset.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("lint-dataset")
