"""`usersim-opt completion` in a checkout: python programs/completion.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("completion")
