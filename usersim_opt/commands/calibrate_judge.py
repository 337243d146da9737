"""Measure a judge on the labelled replies of a dataset."""

import argparse
from pathlib import Path

import dspy

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands import cli
from usersim_opt.measuring.calibration.labels import labelled


def main() -> int:
    """Put the labelled replies of a split to the judge; print and save its card."""
    args = options().parse_args()
    examples = cli.examples_of(args, args.split)
    lms = _judges(args)
    judge = _judge(args, lms)
    if args.dry_run:
        return _show_plan(args, judge, examples)
    card = uso.calibrate_judge(
        judge,
        examples,
        args.labels,
        repeats=args.repeats,
        workers=args.threads,
    )
    print(card)
    if isinstance(judge, uso.JudgePanel):
        print(f"\n{judge.report}")
    if args.save:
        print(f"\nSaved: {card.save(args.save)}")
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("dataset", type=cli.dataset_folder, help="dataset folder")
    cli.add_splits(parser)
    parser.add_argument(
        "--split", choices=("train", "smoke", "test"), default="train", help="scenarios to use"
    )
    parser.add_argument(
        "--labels", type=Path, metavar="FILE", help="labels of people, JSON lines: docs/judges.md"
    )
    cli.add_models(parser, "judge")
    cli.add_judge_batch(parser)
    parser.add_argument(
        "--panel",
        metavar="LM,LM",
        type=cli.names,
        default=[],
        help="more judges, which then are a panel with --judge-lm as its last one",
    )
    parser.add_argument(
        "--rule", choices=("majority", "escalate"), default="majority", help="of a panel"
    )
    parser.add_argument(
        "--repeats", type=int, default=1, help="times more that each reply is judged; 0 for once"
    )
    cli.add_output(
        parser,
        "--save",
        metavar="FILE",
        files=lambda args: [args.save, args.save.with_suffix(".txt")],
        help="JSON file for the card; the same as text goes beside it",
    )
    parser.add_argument("--threads", type=cli.count, default=8, help="calls at the same time")
    cli.add_dry_run(parser)
    return parser


def _judge(args: argparse.Namespace, lms: list[dspy.LM]) -> uso.RubricJudge | uso.JudgePanel:
    """One judge, or a panel of them."""
    if len(lms) == 1:
        return uso.RubricJudge(lms[0], batch=args.judge_batch)
    if args.judge_batch > 1:
        raise InputError("--judge-batch and --panel are given; a panel takes one reply in a call")
    return uso.JudgePanel(lms, rule=args.rule)


def _judges(args: argparse.Namespace) -> list[dspy.LM]:
    """The judges of the panel, the one of --judge-lm last; all with its options."""
    if args.repeats < 0:
        raise InputError(f"--repeats is {args.repeats}; expected 0 or more")
    (last,) = cli.connect_models(args, "judge")
    others = [
        cli.connect_model("judge", name, args.judge_options, option="--panel", dry=args.dry_run)
        for name in args.panel
    ]
    return [*others, last]


def _show_plan(
    args: argparse.Namespace, judge: uso.RubricJudge | uso.JudgePanel, examples: list[dspy.Example]
) -> int:
    replies = [reply for example in examples for reply in labelled(example.record)]
    times = args.repeats + (2 if args.repeats else 1)  # once more with the criteria reversed
    times += args.judge_batch > 1  # and alone, beside the batches
    calls = len(replies) * times * judge.price
    names = ", ".join([*args.panel, args.judge_lm])
    labels = [f"and as often for each reply of {args.labels}"] if args.labels else []
    each = f"{len(replies):,} labelled replies, {times} times each"
    return cli.show_plan(
        {
            "reads": cli.data_line(args.dataset, **{args.split: examples}),
            "asks": f"judge {names}; each once first, to see that it answers",
            "spends": [f"at most {calls:,} calls: {each}", *labels],
            "writes": str(args.save or "nothing"),
        }
    )
