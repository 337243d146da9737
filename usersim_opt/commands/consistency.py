"""Whether customers keep to their stories, and to their goals."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import dspy

import usersim_opt as uso
from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.files import write_text
from usersim_opt.commands import cli
from usersim_opt.realism.contradictions.measures import MEASURES


def main() -> int:
    """Read the conversations, say the price, measure, print the tables."""
    args = options().parse_args()
    check(args)
    talks = uso.read_conversations(args.conversations)
    tasks = cli.dataset_of(args).tasks
    if args.price:
        print(price_of(args, talks))
        return 0
    judge = judge_of(args)
    if judge is not None:
        print(f"Price: {price_of(args, talks)}\n")
    if args.goals:
        goals = uso.realism.track_goals(talks, tasks, judge=judge, answers=args.answers)
        print("\n\n".join(map(str, [*goals.talks, goals])))
        rows = goals.rows
    else:
        found = uso.realism.consistency(
            talks, tasks, judge=judge, measures=args.measures, answers=args.answers
        )
        print(found)
        rows = found.rows
    if args.json:
        write_text(args.json, strict_json.dumps(rows, indent=1) + "\n")
        print(f"\nWritten: {args.json}")
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument(
        "conversations", type=Path, help="a file of converse, tau-bench or tau2, or a run folder"
    )
    cli.add_dataset(parser)
    parser.add_argument(
        "--judge-lm", metavar="LM", help="asked for what code cannot find; without it code alone"
    )
    parser.add_argument(
        "--judge-options",
        default={},
        type=cli.sampling_options,
        help="name=value,... such as temperature=0,num_ctx=16384",
    )
    parser.add_argument(
        "--measures",
        type=cli.names,
        default=list(MEASURES),
        help="what the judge is asked: some of these, with commas between them",
    )
    parser.add_argument(
        "--goals", action="store_true", help="follow the goals of the story instead, turn by turn"
    )
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help="keep the judge's answers there, paid once"
    )
    parser.add_argument(
        "--price", "--dry-run", action="store_true", help="say what it costs, and ask nothing"
    )
    cli.add_output(parser, "--json", metavar="FILE", help="write the rows there")
    return parser


def check(args: argparse.Namespace) -> None:
    """InputError, before anything is read, for options that do not go together."""
    if args.goals and not args.judge_lm:
        raise InputError("--goals is given without --judge-lm; only a judge can follow goals")


def judge_of(args: argparse.Namespace) -> dspy.LM | None:
    """The judge, connected; None without one."""
    if not args.judge_lm:
        return None
    return cli.connect_model("judge", args.judge_lm, args.judge_options, option="--judge-lm")


def price_of(args: argparse.Namespace, talks: Sequence[uso.Conversation]) -> str:
    """The judge's calls, in words."""
    if args.goals:
        calls = uso.realism.goals_price(talks)
        return f"{many(calls, 'call')}, at most {2 * calls:,}"
    return str(uso.realism.consistency_price(talks, measures=args.measures))
