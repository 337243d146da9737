"""What each criterion of a rubric is worth, from replies."""

import argparse
from dataclasses import replace
from pathlib import Path

import usersim_opt as uso
from usersim_opt.commands import cli
from usersim_opt.measuring.items.table import as_text
from usersim_opt.measuring.recorded.replies import usable
from usersim_opt.results.respondents import Respondents, read_respondents

SOURCES = "run folders, saved evaluations (evaluate --save), files of replies; the seed first"


def main() -> int:
    """Read what was answered, analyse the items, print the summary and the worst of them."""
    args = options().parse_args()
    dataset = cli.dataset_of(args) if args.dataset else None
    metric = uso.RubricMetric(judge_of(args))
    found = read_respondents(args.sources, dataset=dataset, metric=metric)
    analysis = analysed(args, found, metric, dataset)
    if args.dimension:
        analysis = analysis.of_dimensions(args.dimension)
    print(as_text(analysis, args.most))
    print("\n" + "\n".join(written(args, analysis) or [rest(args, analysis)]))
    return 0


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = cli.command(__name__)
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help=SOURCES)
    parser.add_argument(
        "--dataset", type=cli.dataset_folder, help="dataset folder that replies are graded on"
    )
    cli.add_splits(parser)
    parser.add_argument("--people", type=Path, metavar="FILE", help="replies of people")
    parser.add_argument("--preferences", type=Path, metavar="FILE", help="preferences or scores")
    parser.add_argument("--judge-lm", help="grades replies where no check does; by default nobody")
    parser.add_argument("--judge-options", default={}, type=cli.sampling_options)
    parser.add_argument(
        "--dimension", action="append", metavar="NAME", help="only its items; a family does, too"
    )
    parser.add_argument("--most", type=cli.count, default=20, help="items in the table")
    cli.add_output(parser, "--csv", metavar="FILE", help="all items, a row each")
    cli.add_output(parser, "--json", metavar="FILE", help="everything")
    cli.add_output(parser, "--html", metavar="FILE", help="a page, with replies to read")
    return parser


def judge_of(args: argparse.Namespace) -> uso.RubricJudge | None:
    """The judge for recorded replies, where one was named."""
    if args.judge_lm is None:
        return None
    (lm,) = cli.connect_models(args, "judge")
    return uso.RubricJudge(lm)


def analysed(
    args: argparse.Namespace,
    found: Respondents,
    metric: uso.RubricMetric,
    dataset: uso.Dataset | None,
) -> uso.ItemAnalysis:
    """The analysis, with what was left out of the files."""
    notes, people, preferences = list(found.notes), None, None
    if args.people:
        people, problems = found.grade(uso.read_replies(args.people), metric, name="people")
        notes += problems
    if args.preferences:
        sifted = usable(uso.read_preferences(args.preferences), found.scenarios)
        preferences = sifted.lines
        notes += sifted.problems
    analysis = uso.item_analysis(
        found.evaluations, people=people, preferences=preferences, data=dataset
    )
    return replace(analysis, notes=[*analysis.notes, *notes])


def written(args: argparse.Namespace, analysis: uso.ItemAnalysis) -> list[str]:
    """Write the files that were asked for; a line for each."""
    forms = {args.csv: analysis.to_csv, args.json: analysis.to_json, args.html: analysis.to_html}
    return [f"Written: {write(file)}" for file, write in forms.items() if file]


def rest(args: argparse.Namespace, analysis: uso.ItemAnalysis) -> str:
    """How to see the items that the table does not show."""
    more = len(analysis.items) - args.most
    if more <= 0:
        return "--html FILE writes the items with the replies that passed, --csv FILE as a table."
    return (
        f"{more:,} more items: --most {len(analysis.items)} prints them, --csv FILE writes them,\n"
        "--html FILE shows them with the replies that passed, --dimension NAME picks some."
    )
