"""Put a prompt that a person wrote through the guard, the gates and the smoke split."""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.commands import cli
from usersim_opt.tuning.draft import draft_folder

ROLES = ("user", "judge")


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument(
        "draft", type=cli.prompt_file, help="prompt file, written or edited by hand"
    )
    parser.add_argument("--prompt", required=True, type=cli.prompt_file, help="the prompt to beat")
    cli.add_dataset(parser)
    line = "text file for the prompt that holds its ground"
    cli.add_prompt_output(parser, record=record_of, line=line)
    parser.add_argument(
        "--run-dir",
        type=Path,
        default=Path("runs"),
        help="the record is kept below this folder; the same command goes on with it",
    )
    cli.add_models(parser, *ROLES)
    cli.add_budget(parser)
    parser.add_argument("--seed", type=int, default=6, help="seed of all draws")
    cli.add_ledger(parser)
    cli.add_workers(parser)
    cli.add_dry_run(parser)
    return parser


def main() -> int:
    """Compare DRAFT with --prompt on fresh replies, and write the one that holds its ground."""
    args = options().parse_args()
    data = cli.dataset_of(args)
    user, judge = cli.connect_models(args, *ROLES)
    sim = uso.UserSimulator(uso.read_prompt(args.prompt), user)
    metric = uso.RubricMetric(uso.RubricJudge(judge))
    with cli.workers_of(args) as workers:
        optimizer = uso.RubricOptimizer(
            metric=metric,
            proposer_lm=user,  # a draft is reviewed without a proposal, so nobody asks it
            run_dir=args.run_dir,
            max_calls=args.max_calls,
            max_tokens=args.max_tokens,
            max_minutes=args.max_minutes,
            seed=args.seed,
            workers=workers,
        )
        optimizer.ledger = args.ledger
        if args.dry_run:
            draft, lms = uso.read_prompt(args.draft), {"user": user, "judge": judge}
            return cli.show_search(args, optimizer, sim, data, lms=lms, draft=draft)
        best = optimizer.consider(args.draft, sim, trainset=data.train, valset=data.smoke)
    for ruling in best.result.decisions:
        print(f"{ruling.stage}  {'yes' if ruling.accepted else 'no'}: {ruling.reason}")
    print(f"\n{best.result}\n")
    print(f"Prompt: {uso.export_prompt(best, args.out)}\nReport: {best.result.to_html()}")
    return 0


def record_of(args: argparse.Namespace) -> Path:
    """The folder of the draft's record."""
    return draft_folder(args.run_dir, uso.read_prompt(args.draft))
