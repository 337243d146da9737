"""`usersim-opt init` in a checkout: python programs/init.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("init")
