"""`usersim-opt evaluate` in a checkout: python programs/evaluate.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("evaluate")
