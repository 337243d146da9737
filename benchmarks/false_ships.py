"""Tries ways to make the library ship a prompt that is no better: false_ships.py --help.

Each way is tried for real, with models by code; docs/honesty.md has the table and says what it
means.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import _command_line
import _false_ships_after
import _false_ships_biased
import _false_ships_data
import _false_ships_judges
import _false_ships_luck
import _false_ships_record
import _false_ships_replies
import _false_ships_runs
import _false_ships_statistics
import _false_ships_verdicts
from _bench_page import write_section
from _false_ships_ways import Family, Outcome, outcome_of, section

PAGE = Path(__file__).resolve().parent.parent / "docs" / "honesty.md"
FAMILIES: tuple[Family, ...] = (
    _false_ships_judges.WAYS,
    _false_ships_biased.WAYS,
    _false_ships_verdicts.WAYS,
    _false_ships_replies.WAYS,
    _false_ships_statistics.WAYS,
    _false_ships_luck.WAYS,
    _false_ships_runs.WAYS,
    _false_ships_data.WAYS,
    _false_ships_record.WAYS,
    _false_ships_after.WAYS,
)
Place = tuple[int, int]
"""A way by the numbers of its family and of itself."""


def main() -> int:
    """Try the ways, print them, and write the page's section where all were tried."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--only", default="", help="ways whose names hold this text; no page")
    parser.add_argument("--out", type=Path, default=PAGE, help="page whose section is written")
    args = parser.parse_args()
    places = list(_places(args.only))
    found = _tried(places)
    if args.only:
        return 0
    outcomes = iter(found)
    tables = [(family.name, [next(outcomes) for _ in family.ways]) for family in FAMILIES]
    write_section(args.out, "false ships", section(tables))
    return 0


def _places(only: str) -> Iterator[Place]:
    for number, family in enumerate(FAMILIES):
        for place, way in enumerate(family.ways):
            if only in way.name:
                yield number, place


def _tried(places: Sequence[Place]) -> list[Outcome]:
    """The outcomes in order, each printed as it is there; as many at a time as there are cores."""
    found = []
    # A fresh interpreter for each: threads of the parent do not survive a fork.
    context = get_context("spawn")
    with ProcessPoolExecutor(min(len(places), os.cpu_count() or 1), mp_context=context) as pool:
        for outcome in pool.map(_outcome, places):
            print(outcome.row, flush=True)
            found.append(outcome)
    return found


def _outcome(place: Place) -> Outcome:
    family, number = place
    return outcome_of(FAMILIES[family].ways[number])


if __name__ == "__main__":
    _command_line.run(main)
