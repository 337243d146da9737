"""See what traits move in a customer's talk: python programs/check_traits.py --help."""

from usersim_opt.commands.check_traits import main
from usersim_opt.commands.cli import run

if __name__ == "__main__":
    run(main)
