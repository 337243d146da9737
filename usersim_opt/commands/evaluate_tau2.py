"""Let agents serve customers by your prompts in tau2."""

import argparse
from pathlib import Path

import dspy

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands import cli
from usersim_opt.realism.interview import check_judge
from usersim_opt.results.card import warn_if_changed
from usersim_opt.tau.scripted import SCRIPTS
from usersim_opt.tau.timing import seconds_of

AIRLINE = ("base", "calibrated")


def main() -> int:
    """Say what it takes, play the tasks under each prompt, print what the agent scored."""
    args = options().parse_args()
    check(args)
    prompts = {file.stem: uso.read_prompt(file) for file in prompt_files(args)}
    user = uso.connect(args.user_lm, **args.user_options)
    for file in prompt_files(args):
        warn_if_changed(file, prompts[file.stem], user)
    agent = args.agent if args.agent in SCRIPTS else uso.connect(args.agent, **args.agent_options)
    what = {"lm": user, "domain": args.domain, "task_ids": args.task_ids or args.split}
    what |= {"trials": args.trials, "workers": args.threads, "run_dir": args.run_dir}
    if args.price:
        print(price_of(args, uso.tau.price(prompts, agent, **what)))
        return 0
    models = {"user": user, "agent": agent, "judge": (judge := judge_of(args))}
    seconds = seconds_of(models, next(iter(prompts.values())).text)
    print(price_of(args, uso.tau.price(prompts, agent, **what, seconds=seconds)), end="\n\n")
    found = uso.tau.evaluate(prompts, agent, **what, max_calls=args.max_calls)
    tell(found, features=args.features)
    errors = None
    if judge is not None:
        answers = args.run_dir / "user_errors.jsonl" if args.run_dir else None
        errors = uso.tau.judge_customers(found, prompts, judge=judge, answers=answers)
        print(f"\n{errors}")
    if args.html:
        print(f"\nWritten: {uso.tau.write_page(found, args.html, errors=errors)}")
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    cli.add_customers(parser)
    parser.add_argument("--domain", default="airline", help="airline, retail, telecom or mock")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--task-ids", type=task_ids, metavar="0-4,7", help="ids of tasks")
    which.add_argument("--split", default="base", help="split of tau2: base, train, test, small")
    cli.add_trials(parser)
    cli.add_agent(parser)
    parser.add_argument("--judge-lm", metavar="LM", help="looks for faults of the customers")
    parser.add_argument("--judge-options", default={}, type=cli.sampling_options)
    parser.add_argument("--price", "--dry-run", action="store_true", help="say the cost alone")
    cli.add_output(parser, "--html", metavar="FILE", help="write all of it as a page")
    parser.add_argument("--features", action="store_true", help="print the features of realism")
    return parser


def check(args: argparse.Namespace) -> None:
    """InputError, before anything is asked, for equal names."""
    files = prompt_files(args)
    if len({file.stem for file in files}) < len(files):
        raise InputError("--prompt: two files have the same name; rename one of them")


def prompt_files(args: argparse.Namespace) -> list[Path]:
    """The files of the prompts."""
    return args.prompt or [cli.prompt_file(name) for name in AIRLINE]


def judge_of(args: argparse.Namespace) -> dspy.LM | None:
    """The judge of the customers; None without one."""
    judge = uso.connect(args.judge_lm, **args.judge_options) if args.judge_lm else None
    if judge is not None:
        check_judge(judge)
    return judge


def price_of(args: argparse.Namespace, price: "uso.tau.Price") -> "uso.tau.Price":
    """The price, with the judge's calls where there is one."""
    return price.judged() if args.judge_lm else price


def tell(found: "uso.tau.Downstream", *, features: bool) -> None:
    """Print the table, and the features where they are asked for."""
    print(found)
    for name in found.simulations if features else ():
        values = ", ".join(f"{key} {value:.3f}" for key, value in found.features(name).items())
        print(f"Features under {name}: {values}")


def task_ids(text: str) -> list[str]:
    """`0-4,7` as ids; only a part that is two numbers is a range."""
    ids: list[str] = []
    for part in cli.names(text):
        first, dash, last = part.partition("-")
        is_range = dash and first.isdecimal() and last.isdecimal()
        ids += map(str, range(int(first), int(last) + 1)) if is_range else [part]
    return ids
