"""`usersim-opt export` in a checkout: python programs/export.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("export")
