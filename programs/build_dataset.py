"""`usersim-opt build-dataset` in a checkout: python programs/build_dataset.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("build-dataset")
