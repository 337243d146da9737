"""Let agents serve customers by your prompts in tau2."""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands import cli
from usersim_opt.results.card import warn_if_changed
from usersim_opt.tau.scripted import SCRIPTS

AIRLINE = ("base", "calibrated")


def main() -> int:
    """Play the tasks under each prompt and print what the agent scored."""
    args = options().parse_args()
    files = args.prompt or [cli.prompt_file(name) for name in AIRLINE]
    prompts = {file.stem: uso.read_prompt(file) for file in files}
    if len(prompts) < len(files):
        raise InputError("--prompt: two files have the same name; rename one of them")
    user = uso.connect(args.user_lm, **args.user_options)
    for file in files:
        warn_if_changed(file, prompts[file.stem], user)
    scripted = args.agent in SCRIPTS
    agent = args.agent if scripted else uso.connect(args.agent, **args.agent_options)
    found = uso.tau.evaluate(
        prompts,
        agent,
        lm=user,
        domain=args.domain,
        task_ids=args.task_ids or args.split,
        trials=args.trials,
        workers=args.threads,
        run_dir=args.run_dir,
        max_calls=args.max_calls,
    )
    print(found)
    for name in prompts if args.features else ():
        values = ", ".join(f"{key} {value:.3f}" for key, value in found.features(name).items())
        print(f"Features under {name}: {values}")
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument(
        "--prompt",
        action="append",
        type=cli.prompt_file,
        metavar="FILE",
        help="prompt file of a customer; may be given again; without it the airline prompts",
    )
    parser.add_argument("--domain", default="airline", help="airline, retail, telecom or mock")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--task-ids", type=task_ids, metavar="0-4,7", help="ids of tasks")
    which.add_argument("--split", default="base", help="split of tau2: base, train, test, small")
    parser.add_argument("--trials", type=cli.count, default=1, help="runs of each task")
    cli.add_models(parser, "user")
    parser.add_argument("--agent", default="oracle", help="idle, oracle, or a model string")
    parser.add_argument("--agent-options", default={}, type=cli.sampling_options)
    parser.add_argument("--threads", type=cli.count, default=8, help="runs at the same time")
    parser.add_argument("--max-calls", type=cli.count, help="calls of both sides")
    parser.add_argument("--run-dir", type=Path, help="keeps them; the same command goes on with it")
    parser.add_argument("--features", action="store_true", help="print the features of realism")
    return parser


def task_ids(text: str) -> list[str]:
    """`0-4,7` as ids; only a part that is two numbers is a range."""
    ids: list[str] = []
    for part in cli.names(text):
        first, dash, last = part.partition("-")
        is_range = dash and first.isdecimal() and last.isdecimal()
        ids += map(str, range(int(first), int(last) + 1)) if is_range else [part]
    return ids
