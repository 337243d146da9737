"""`usersim-opt ablate` in a checkout: python programs/ablate.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("ablate")
