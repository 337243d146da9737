"""`usersim-opt evaluate-tau-bench` in a checkout: python programs/evaluate_tau_bench.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("evaluate-tau-bench")
