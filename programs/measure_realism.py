"""`usersim-opt measure-realism` in a checkout: python programs/measure_realism.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("measure-realism")
