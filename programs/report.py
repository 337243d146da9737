"""`usersim-opt report` in a checkout: python programs/report.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("report")
