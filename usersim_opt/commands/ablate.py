"""Measure what each piece of a prompt is worth, and write a shorter prompt."""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.commands import cli
from usersim_opt.models.naming import is_offline
from usersim_opt.results.card import warn_if_changed

ROLES = ("user", "judge")


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("prompt", type=cli.prompt_file, help="prompt file; any text will do")
    cli.add_dataset(parser)
    parser.add_argument(
        "--split", choices=("train", "smoke", "test"), default="train", help="scenarios to use"
    )
    line = "text file for the shorter prompt"
    cli.add_prompt_output(parser, record=lambda args: args.run_dir, line=line)
    parser.add_argument(
        "--run-dir", type=Path, help="folder for the record; the same command goes on with it"
    )
    cli.add_models(parser, *ROLES)
    parser.add_argument(
        "--max-calls", type=cli.count, default=1200, help="calls of user and judge together"
    )
    parser.add_argument(
        "--margin", type=float, default=0.02, help="loss of pass rate that does not matter, 0 to 1"
    )
    parser.add_argument("--seed", type=int, default=6, help="seed of all draws")
    cli.add_workers(parser)
    cli.add_dry_run(parser)
    return parser


def main() -> int:
    """Run the design on a split, print the table, write the prompt."""
    args = options().parse_args()
    examples = cli.examples_of(args, args.split)
    prompt = uso.read_prompt(args.prompt)
    user, judge = cli.connect_models(args, *ROLES)
    if args.dry_run:
        prompts, lms = [(args.prompt, prompt)], {"user": user, "judge": judge}
        spends = f"at most {args.max_calls:,} calls of both roles together"
        files = [*([args.run_dir] if args.run_dir else []), *cli.prompt_files(args.out)]
        return cli.show_measuring(args, prompts, lms, spends=spends, writes=files)
    warn_if_changed(args.prompt, prompt, user)
    sim, metric = uso.UserSimulator(prompt, user), uso.RubricMetric(uso.RubricJudge(judge))
    with cli.workers_of(args) as workers:
        ablation = uso.ablate(
            sim,
            examples,
            metric,
            max_calls=args.max_calls,
            margin=args.margin,
            run_dir=args.run_dir,
            seed=args.seed,
            workers=workers,
        )
    print(ablation)
    if is_offline(user) or is_offline(judge):
        print(f"\n{OFFLINE_NOTE}")
    print(f"\nPrompt: {uso.export_prompt(sim.with_prompt(ablation.short), args.out)}")
    return 0
