"""`usersim-opt survey` in a checkout: python programs/survey.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("survey")
