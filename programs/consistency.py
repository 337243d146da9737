"""`usersim-opt consistency` in a checkout: python programs/consistency.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("consistency")
