"""Grade one prompt, or compare two, on a split of a dataset."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dspy

import usersim_opt as uso
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.commands import cli
from usersim_opt.measuring.judge_cost import JudgeCost
from usersim_opt.results.card import warn_if_changed


def main() -> int:
    """Evaluate --prompt; with --against compare it with that one."""
    args = options().parse_args()
    files = _files_to_save(args)
    examples = _examples(args)
    prompts = cli.prompts_of(args)
    user, judge = cli.connect_models(args, "user", "judge")
    for path, prompt in prompts:
        warn_if_changed(path, prompt, user)
    simulators = [uso.UserSimulator(prompt, user) for _, prompt in prompts]
    if args.dry_run:
        metric = uso.RubricMetric(uso.RubricJudge(judge), judge_card=args.judge_card)
        spends = cli.replies_line(examples, metric, times=len(prompts) * args.seeds)
        lms = {"user": user, "judge": judge}
        return cli.show_measuring(args, prompts, lms, spends=spends, writes=files)
    measured = _measured(args, simulators, examples, judge)
    print(measured)
    sides = [measured.old, measured.new] if isinstance(measured, uso.Comparison) else [measured]
    if cost := JudgeCost.of([outcome for side in sides for outcome in side.outcomes]).sentence:
        print(f"\n{cost}")
    if args.show:
        print("\n" + sides[-1].failures(args.show))
    for file, side, (path, _) in zip(files, sides, prompts, strict=False):
        print(f"Saved: {side.save(file, name=path.stem)}")
    if any(lm.model.startswith("offline/") for lm in (user, judge)):
        print(f"\n{OFFLINE_NOTE}")
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    splits = ("train", "smoke", "test")
    use = "scenarios to use; by default test, which is for final reports, or smoke without any"
    cli.add_dataset(parser)
    parser.add_argument("--split", choices=splits, help=use)
    parser.add_argument("--prompt", required=True, type=cli.prompt_file, help="prompt file")
    parser.add_argument(
        "--against", type=cli.prompt_file, help="prompt file to compare with, the old one"
    )
    cli.add_models(parser, "user", "judge")
    cli.add_judge_card(parser)
    cli.add_judge_batch(parser)
    parser.add_argument("--seeds", type=cli.count, default=3, help="replies per scenario")
    parser.add_argument("--show", type=int, default=0, help="failing replies to print")
    cli.add_output(
        parser,
        "--save",
        metavar="FILE",
        files=_files_to_save,
        help="keep all replies and verdicts, for items; those of --against in FILE's .old",
    )
    parser.add_argument("--threads", type=cli.count, default=8, help="calls at the same time")
    cli.add_dry_run(parser)
    return parser


def _examples(args: argparse.Namespace) -> list[dspy.Example]:
    """The scenarios of the split that is named, else of test, else of smoke."""
    if args.split:
        return cli.examples_of(args, args.split)
    split = "test" if cli.dataset_of(args).test else "smoke"
    print(f"Split: {split}")
    return cli.examples_of(args, split)


def _files_to_save(args: argparse.Namespace) -> list[Path]:
    """Where the evaluations are kept, the old one first."""
    if args.save is None:
        return []
    new = args.save
    return [new.with_name(f"{new.stem}.old{new.suffix}"), new] if args.against else [new]


def _measured(
    args: argparse.Namespace,
    simulators: Sequence[uso.UserSimulator],
    examples: Sequence[dspy.Example],
    judge: dspy.LM,
) -> uso.Evaluation | uso.Comparison:
    """An evaluation of one simulator, a comparison of two."""
    grader = uso.RubricJudge(judge, batch=args.judge_batch)
    metric = uso.RubricMetric(grader, judge_card=args.judge_card)
    options: dict[str, Any] = {"seeds": args.seeds, "workers": args.threads}
    if len(simulators) == 1:
        return uso.evaluate(simulators[0], examples, metric, **options)
    base, other = simulators
    return uso.compare(base, other, examples, metric, **options)
