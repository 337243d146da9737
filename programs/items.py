"""What each criterion of a rubric is worth, from replies: python programs/items.py --help."""

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import _cli

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import check_writable
from usersim_opt.measuring.items.table import as_text
from usersim_opt.measuring.recorded.replies import usable
from usersim_opt.results.respondents import read_respondents

KINDS = "run folder, saved evaluation (evaluate.py --save) or file of replies; the seed first"


def main() -> int:
    """Read what was answered, analyse the items, print the summary and the worst of them."""
    args = arguments()
    outputs = [file for file in (args.csv, args.json, args.html) if file]
    for file in outputs:
        check_writable(file)
    dataset = uso.load_dataset(args.dataset) if args.dataset else None
    metric = uso.RubricMetric(judge_of(args))
    found = read_respondents(args.sources, dataset=dataset, metric=metric)
    people = people_of(args, dataset, metric) if args.people else None
    preferences = preferences_of(args, found.evaluations.values()) if args.preferences else None
    analysis = uso.item_analysis(found.evaluations, people=people, preferences=preferences)
    analysis = replace(analysis, notes=[*analysis.notes, *found.notes])
    shown = analysis.of_dimensions(args.dimension) if args.dimension else analysis
    print(as_text(shown, args.most))
    print(f"\n{rest(args, shown)}")
    for write, file in ((shown.to_csv, args.csv), (shown.to_json, args.json)):
        if file:
            print(f"Written: {write(file)}")
    if args.html:
        print(f"Written: {shown.to_html(args.html, most=max(args.most, 100))}")
    return 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = _cli.parser(__doc__)
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help=KINDS)
    parser.add_argument("--dataset", type=Path, help="dataset folder, to grade replies on")
    parser.add_argument("--people", type=Path, metavar="FILE", help="replies of people")
    parser.add_argument("--preferences", type=Path, metavar="FILE", help="preferences or scores")
    parser.add_argument("--judge-lm", help="model that grades replies where no check does")
    parser.add_argument("--judge-options", default={}, type=_cli.sampling_options)
    parser.add_argument("--dimension", action="append", help="only items of this one; repeatable")
    parser.add_argument("--most", type=_cli.count, default=20, help="items in the table")
    for form in ("csv", "json", "html"):
        parser.add_argument(f"--{form}", type=Path, metavar="FILE", help=f"all items as {form}")
    return parser.parse_args()
