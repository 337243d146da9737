"""`usersim-opt review-rubrics` in a checkout: python programs/review_rubrics.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("review-rubrics")
