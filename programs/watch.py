"""`usersim-opt watch` in a checkout: python programs/watch.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("watch")
