"""`usersim-opt calibrate-judge` in a checkout: python programs/calibrate_judge.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("calibrate-judge")
