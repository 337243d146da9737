"""`usersim-opt evaluate-tau2` in a checkout: python programs/evaluate_tau2.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("evaluate-tau2")
