"""`usersim-opt compose-tasks` in a checkout: python programs/compose_tasks.py --help."""

from usersim_opt.commands.entry.start import start

if __name__ == "__main__":
    start("compose-tasks")
