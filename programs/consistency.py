"""Whether customers keep to their stories, and to their goals: consistency.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.consistency import main

if __name__ == "__main__":
    run(main)
