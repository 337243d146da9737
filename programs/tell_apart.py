"""`usersim-opt tell-apart` in a checkout: python programs/tell_apart.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("tell-apart")
