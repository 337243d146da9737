"""Put telecom tasks together from tau2's small faults: python programs/compose_tasks.py --help."""

from usersim_opt.commands.cli import run
from usersim_opt.commands.compose_tasks import main

if __name__ == "__main__":
    run(main)
