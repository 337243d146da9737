"""`usersim-opt optimize` in a checkout: python programs/optimize.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("optimize")
