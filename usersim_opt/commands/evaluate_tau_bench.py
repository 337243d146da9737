"""Let agents serve customers by your prompts in a checkout of tau-bench or tau-trait."""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands import cli
from usersim_opt.commands.evaluate_tau2 import task_ids
from usersim_opt.tau.scripted import SCRIPTS


def main() -> int:
    """Play the tasks under each prompt and print what the agent scored."""
    args = options().parse_args()
    files = args.prompt or [cli.prompt_file(name) for name in ("base", "calibrated")]
    prompts = {file.stem: uso.read_prompt(file) for file in files}
    if len(prompts) < len(files):
        raise InputError("--prompt: two files have the same name; rename one of them")
    user = uso.connect(args.user_lm, **args.user_options)
    scripted = args.agent in SCRIPTS
    agent = args.agent if scripted else uso.connect(args.agent, **args.agent_options)
    bench = uso.tau.checkout(
        args.checkout, domain=args.domain, split=args.split, task_ids=args.task_ids
    )
    found = bench.evaluate(
        prompts,
        agent,
        lm=user,
        trials=args.trials,
        workers=args.threads,
        run_dir=args.run_dir,
        max_calls=args.max_calls,
    )
    print(found)
    if args.html:
        print(f"\nWritten: {uso.tau.write_page(found, args.html)}")
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument(
        "--checkout",
        type=Path,
        metavar="FOLDER",
        help="a checkout of sierra-research/tau-bench or collinear-ai/tau-trait, whose code is "
        "run; without it the one on Python's path",
    )
    cli.add_customers(parser)
    parser.add_argument("--domain", default="airline", help="airline or retail; more in tau-trait")
    parser.add_argument("--split", default="test", help="test; train and dev where it has them")
    parser.add_argument("--task-ids", type=task_ids, metavar="0-4,7", help="numbers of tasks")
    cli.add_trials(parser)
    cli.add_agent(parser)
    cli.add_output(parser, "--html", metavar="FILE", help="write a page with all of it")
    return parser
