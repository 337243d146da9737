"""Options of commands that let agents serve customers in a benchmark."""

import argparse
from pathlib import Path

from usersim_opt.commands.cli.models import add_models
from usersim_opt.commands.cli.values import count, prompt_file, sampling_options


def add_customers(to: argparse.ArgumentParser) -> None:
    """--prompt."""
    to.add_argument(
        "--prompt",
        action="append",
        type=prompt_file,
        metavar="FILE",
        help="prompt file of a customer; may be given again; without it the airline prompts",
    )


def add_agent(to: argparse.ArgumentParser) -> None:
    """--agent and --agent-options."""
    to.add_argument("--agent", default="oracle", help="idle, oracle, or a model string")
    to.add_argument("--agent-options", default={}, type=sampling_options)


def add_trials(to: argparse.ArgumentParser) -> None:
    """--trials, the customer's model, --threads, --max-calls and --run-dir."""
    to.add_argument("--trials", type=count, default=1, help="runs of each task")
    add_models(to, "user")
    to.add_argument("--threads", type=count, default=8, help="runs at the same time")
    to.add_argument("--max-calls", type=count, help="calls of both sides, for each agent")
    to.add_argument("--run-dir", type=Path, help="keeps them; the same command goes on with it")
