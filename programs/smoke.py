"""`usersim-opt smoke` in a checkout: python programs/smoke.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("smoke")
