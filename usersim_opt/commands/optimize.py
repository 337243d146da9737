"""Tune a simulator's prompt on a dataset and write the winner."""

import argparse
from typing import Any

import usersim_opt as uso
from usersim_opt.commands import cli
from usersim_opt.tuning.estimate import longest_texts

ROLES = ("user", "judge", "proposer")


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    cli.add_dataset(parser, default="airline")
    parser.add_argument(
        "--prompt",
        default="base",
        type=cli.prompt_file,
        help="prompt to start from",
    )
    line = "text file for the winning prompt"
    cli.add_prompt_output(
        parser, record=lambda args: args.run_dir if args.resume else None, line=line
    )
    cli.add_run_dir(parser)
    cli.add_models(parser, *ROLES)
    cli.add_judge_card(parser)
    cli.add_judge_batch(parser)
    cli.add_budget(parser)
    cli.add_prices(parser)
    parser.add_argument("--minibatch-size", type=cli.count, default=10, help="tasks per round")
    parser.add_argument("--seed", type=int, default=6, help="seed of all draws")
    parser.add_argument(
        "--despite-ceiling",
        action="store_true",
        help="search even where the prompt leaves less to gain than could be proven",
    )
    parser.add_argument(
        "--another-grader",
        action="store_true",
        help="go on with a run that another version of usersim-opt has graded so far",
    )
    cli.add_ledger(parser)
    cli.add_workers(parser)
    cli.add_dry_run(parser)
    return parser


def main() -> int:
    """Connect, estimate, optimize, export."""
    args = options().parse_args()
    run_dir = cli.run_dir_of(args)
    data, prompt = cli.dataset_of(args), uso.read_prompt(args.prompt)
    longest = longest_texts([*data.train, *data.smoke])
    user, judge, proposer = cli.connect_models(args, *ROLES, longest=longest)
    sim = uso.UserSimulator(prompt, user)
    grader = uso.RubricJudge(judge, batch=args.judge_batch)
    metric = uso.RubricMetric(grader, judge_card=args.judge_card)
    if not args.dry_run:
        print(
            f"Run: {run_dir}   (after a break: the same command with --run-dir {run_dir} --resume)"
        )
    with cli.workers_of(args) as workers:
        optimizer = uso.RubricOptimizer(
            metric=metric, proposer_lm=proposer, run_dir=run_dir, workers=workers, **asked(args)
        )
        set_up(optimizer, args)
        optimizer.check(sim, trainset=data.train, valset=data.smoke)
        if args.dry_run:
            lms = {"user": user, "judge": judge, "proposer": proposer}
            return cli.show_search(args, optimizer, sim, data, lms=lms)
        cost = None if args.resume else cli.foretell(args, sim, data, optimizer)
        best = optimizer.compile(sim, trainset=data.train, valset=data.smoke)
    print(f"{best.result}\n")
    if cost and (compared := cost.beside(sum(best.result.tokens.values()))):
        print(f"{compared}\n")
    print(f"Prompt: {uso.export_prompt(best, args.out)}\nReport: {best.result.to_html()}")
    return 0


def asked(args: argparse.Namespace) -> dict[str, Any]:
    """What the command line says of a search, as the optimizer's arguments."""
    return {
        "max_calls": args.max_calls,
        "max_tokens": args.max_tokens,
        "max_minutes": args.max_minutes,
        "minibatch_size": args.minibatch_size,
        "seed": args.seed,
    }


def set_up(optimizer: uso.RubricOptimizer, args: argparse.Namespace) -> None:
    """Set what is no part of what a run is made from."""
    optimizer.despite_ceiling, optimizer.ledger = args.despite_ceiling, args.ledger
    optimizer.prices = args.prices
    optimizer.another_grader = args.another_grader
