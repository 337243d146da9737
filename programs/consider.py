"""`usersim-opt consider` in a checkout: python programs/consider.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("consider")
