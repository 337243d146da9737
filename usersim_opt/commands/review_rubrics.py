"""Look at the verdicts that are most worth a person's minute, and grade anew by what she says."""

import argparse
from pathlib import Path

import usersim_opt as uso
from usersim_opt.basics.files import file_name
from usersim_opt.commands import cli
from usersim_opt.results.review.page import write_page
from usersim_opt.results.review.settings import SETTINGS
from usersim_opt.results.review.sheet import check_files, files_of

SOURCES = "a run folder, or saved evaluations (evaluate --save), the first prompt's first"
LABELS = "labels.jsonl"


def main() -> int:
    """Export a worksheet, or import one."""
    args = options().parse_args()
    return export(args) if args.command == "export" else take_in(args)


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    commands = parser.add_subparsers(
        dest="command",
        required=True,
        metavar="export | import",
        parser_class=argparse.ArgumentParser,
    )
    add_export(commands.add_parser("export", help="write a worksheet"))
    add_import(commands.add_parser("import", help="take one in"))
    return parser


def add_export(to: argparse.ArgumentParser) -> None:
    """The arguments of export."""
    to.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help=SOURCES)
    cli.add_output(
        to,
        "--sheet",
        default=Path("worksheet"),
        files=lambda args: files_of(args.sheet),
        check=lambda args: check_files(args.sheet),
        help="name of the two files, no ending",
    )
    to.add_argument("--most", type=cli.count, default=SETTINGS.most, help="verdicts in it")
    add_judge(to, "gives a second opinion on the replies, a call or two for each")
    to.add_argument("--share", type=float, default=1.0, help="of the replies, for --judge-lm")
    to.add_argument(
        "--smoke",
        action="store_true",
        help="show replies of the smoke split as well; its ledger notes that they were looked at",
    )


def add_import(to: argparse.ArgumentParser) -> None:
    """The arguments of import."""
    to.add_argument("sheet", type=Path, help="the YAML file, or what the page saved")
    to.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help=SOURCES)
    to.add_argument(
        "--dataset", type=cli.dataset_folder, help="dataset folder, whose criteria are reworded"
    )
    line = f"where labels are added; {LABELS} in the dataset folder, or beside the worksheet"
    to.add_argument("--labels", type=Path, metavar="FILE", help=line)
    to.add_argument("--who", default="", help="who labelled, where the worksheet does not say")
    cli.add_output_folder(to, "--save", help="the replies with their new grades")
    add_judge(to, "decides reworded criteria; without it they are unscored")


def add_judge(to: argparse.ArgumentParser, what: str) -> None:
    """--judge-lm, --judge-options and --threads."""
    to.add_argument("--judge-lm", help=f"model string of a judge that {what}")
    to.add_argument("--judge-options", default={}, type=cli.sampling_options)
    to.add_argument("--threads", type=cli.count, default=8, help="calls at the same time")


def judge_of(args: argparse.Namespace) -> uso.RubricJudge | None:
    """The judge that was named, if any."""
    if args.judge_lm is None:
        return None
    (lm,) = cli.connect_models(args, "judge")
    return uso.RubricJudge(lm)


def export(args: argparse.Namespace) -> int:
    """Write the worksheet as YAML and as a page."""
    files = files_of(args.sheet)
    sheet = uso.make_worksheet(
        *args.sources,
        judge=judge_of(args),
        share=args.share,
        most=args.most,
        smoke=args.smoke,
        workers=args.threads,
    )
    print(f"Written: {sheet.save(files[0])}\nWritten: {write_page(sheet, files[1])}")
    print(f"{len(sheet.entries)} verdicts to look at. Open the page, decide, save, then import.")
    return 0


def take_in(args: argparse.Namespace) -> int:
    """Store labels, reword criteria, grade anew, print what came of it."""
    review = uso.apply_worksheet(
        args.sheet,
        args.sources,
        labels=args.labels or (args.dataset or args.sheet.parent) / LABELS,
        dataset=args.dataset,
        judge=judge_of(args),
        who=args.who,
        workers=args.threads,
    )
    print(review)
    for name, evaluation in review.source.evaluations.items() if args.save else ():
        print(f"Saved: {evaluation.save(args.save / f'{file_name(name)}.jsonl', name=name)}")
    return 0
