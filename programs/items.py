"""`usersim-opt items` in a checkout: python programs/items.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("items")
