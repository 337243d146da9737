"""Have a simulated customer rate conversations that people had.

What it answers is for `usersim-opt measure-realism --human FILE --survey OUT`, a part of the
User-Sim Index.
"""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.commands import cli
from usersim_opt.results.card import warn_if_changed
from usersim_opt.tau.tasks import load_tasks

LIKE = "airline=tasks_test.py"


def main() -> int:
    """Ask what has not been answered yet, and say how much was read."""
    args = options().parse_args()
    if args.out == args.human:
        raise InputError(f"{args.out}: has two uses; name another file")
    prompt = uso.read_prompt(args.prompt)
    human = strict_json.load(args.human, expected="people's conversations by id", halves=True)
    rated = uso.realism.rated_entries(human, stories_of(args.tasks))
    (user,) = cli.connect_models(args, "user")
    if args.dry_run:
        return cli.show_plan(
            {
                "reads": [f"{args.human}", cli.prompt_line(args.prompt, prompt)],
                "asks": cli.asked({"user": user}),
                "spends": f"{len(rated):,} conversations, less those with answers there already",
                "writes": str(args.out),
            }
        )
    warn_if_changed(args.prompt, prompt, user)
    simulator = uso.UserSimulator(prompt, user)
    asked = uso.realism.ask_survey(simulator, rated, args.out, workers=args.threads)
    print(asked)
    if asked.offline:
        print(OFFLINE_NOTE)
    print(f"Written: {args.out}")
    return 1 if asked.failed else 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("human", type=Path, metavar="HUMAN", help="people's conversations")
    parser.add_argument(
        "--tasks",
        required=True,
        nargs="+",
        type=domain_and_file,
        metavar="DOMAIN=FILE",
        help=f"the task files of tau-bench, such as {LIKE}: what the customers wanted",
    )
    parser.add_argument(
        "--prompt", required=True, type=cli.prompt_file, help="prompt file of the customer"
    )
    cli.add_models(parser, "user")
    parser.add_argument("--out", required=True, type=Path, help="the answers; goes on with it")
    parser.add_argument("--threads", type=cli.count, default=8, help="calls at the same time")
    cli.add_dry_run(parser)
    return parser


def domain_and_file(text: str) -> tuple[str, Path]:
    """`airline=tasks_test.py` as domain and file."""
    domain, equals, file = text.partition("=")
    if not domain or not equals or not file:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a domain and its file, as in {LIKE}")
    return domain, Path(file)


def stories_of(files: list[tuple[str, Path]]) -> dict[str, str]:
    """The stories by task as people's data name them, airline_0."""
    return {
        f"{domain}_{int(task.id)}": task.story
        for domain, file in files
        for task in load_tasks(file, domain=domain)
    }
