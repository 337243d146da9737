"""`usersim-opt evaluate-traits` in a checkout: python programs/evaluate_traits.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("evaluate-traits")
