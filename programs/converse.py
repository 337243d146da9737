"""`usersim-opt converse` in a checkout: python programs/converse.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("converse")
