"""Turn stories of your own, or tasks of tau-bench or tau2, into a dataset."""

import argparse
import sys
from pathlib import Path

from tqdm.auto import tqdm

import usersim_opt as uso
from usersim_opt.commands import cli
from usersim_opt.scenarios.authoring.build import BuildReport, Plan, build_dataset, plan_build
from usersim_opt.tau.dialogues import load_dialogues
from usersim_opt.tau.tasks import UNKNOWN, load_tasks

WANTED = ("seed", "smoke", "rewrite", "restore", "types", "with_test")
"""Options of a plan."""


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    tasks = "JSON list of stories or of {id, instruction}; JSON lines; files of tau-bench or tau2"
    parser.add_argument("--tasks", required=True, type=Path, help=tasks)
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        help="dataset folder; scenarios that are there already stay",
    )
    parser.add_argument(
        "--rewrite",
        action="store_true",
        help="write anew what an earlier build wrote and nobody edited since",
    )
    parser.add_argument(
        "--restore",
        action="store_true",
        help="write also what an earlier build wrote and somebody deleted since",
    )
    parser.add_argument(
        "--types",
        type=cli.names,
        default=[],
        help="types to write, with commas between them, or `all`; without it those that were "
        "named for this folder before, else the default ones and those of a kinds.yaml in it",
    )
    cli.add_models(parser, "author")
    cli.add_prices(parser)
    cli.add_observed(parser)
    parser.add_argument(
        "--examples",
        type=cli.dataset_folder,
        help="dataset whose training scenarios the author is shown",
    )
    parser.add_argument(
        "--dialogues",
        type=Path,
        help="dialogues, one JSON object a line, whose agent turns the author is shown",
    )
    parser.add_argument(
        "--domain", default=UNKNOWN, help="domain of tasks that do not say it, such as dental"
    )
    cli.add_language(parser)
    parser.add_argument(
        "--smoke",
        type=int,
        help="tasks held out for the final test; by default half of what is not for test, 2 to 5",
    )
    parser.add_argument(
        "--with-test",
        action="store_true",
        help="write scenarios for the test tasks, too; only evaluate --split test reads them",
    )
    parser.add_argument("--seed", type=int, default=6, help="seed of the split")
    parser.add_argument("--threads", type=cli.count, default=8, help="calls at the same time")
    cli.add_dry_run(parser)
    return parser


def main() -> int:
    """Load, estimate, write, report."""
    args = options().parse_args()
    broken: list[str] = []
    loaded = load_tasks(args.tasks, domain=args.domain, on_fault=broken.append)
    tasks = cli.in_their_language(loaded, args)
    examples = uso.load_dataset(args.examples) if args.examples else None
    dialogues = load_dialogues(args.dialogues) if args.dialogues else []
    for fault in broken:
        print(f"left out: {fault}", file=sys.stderr)
    (lm,) = cli.connect_models(args, "author")
    wanted = {name: getattr(args, name) for name in WANTED}
    plan = plan_build(tasks, args.out, **wanted)
    author = uso.ScenarioAuthor(
        lm, kinds=plan.kinds, observe=observed(args), examples=examples, dialogues=dialogues
    )
    if args.dry_run:
        return cli.show_build(args, plan, author)
    print(plan.estimate(author))
    print(report := carry_out(plan, author, args))
    print(cli.build_costs(report, author, args.prices))
    return 1 if broken or report.failed else 0


def observed(args: argparse.Namespace) -> uso.UserSimulator | None:
    """The simulator that is to be measured, if one is named; it must answer."""
    if args.observe is None:
        return None
    prompt = uso.read_prompt(args.observe_prompt)
    lm = cli.connect_model(
        "user", args.observe, args.observe_options, option="--observe", dry=args.dry_run
    )
    return uso.UserSimulator(prompt, lm)


def carry_out(plan: Plan, author: uso.ScenarioAuthor, args: argparse.Namespace) -> BuildReport:
    """Build with a bar that shows the scenarios as they come."""
    with tqdm(total=len(plan.todo), unit="scenario", disable=None) as bar:
        return build_dataset(
            plan, author, args.out, workers=args.threads, progress=lambda draft: bar.update()
        )
