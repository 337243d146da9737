"""`usersim-opt check-traits` in a checkout: python programs/check_traits.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("check-traits")
