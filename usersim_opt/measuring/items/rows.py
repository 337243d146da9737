"""An item analysis as plain data: a row per item for tables, all of it for other programs."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.frames import Row, frame
from usersim_opt.measuring.items.records import Item, ItemTable, Share
from usersim_opt.measuring.items.table import shown_versions
from usersim_opt.scenarios.kinds import family_of

if TYPE_CHECKING:
    import pandas as pd

FORMAT, VERSION = "usersim-opt item analysis", 1
_FIRST = (
    "scenario",
    "criterion",
    "split",
    "family",
    "dimension",
    "role",
    "decided_by",
    "advice",
    "flags",
)
_LAST = (
    "discrimination",
    "discrimination_low",
    "discrimination_high",
    "against",
    "rest",
    "preference",
    "judged_twice",
    "judged_the_same",
    "information",
    "implied_by",
    "implies",
    "twins",
    "failed_by",
    "why",
    "text",
)
_OF_SHARE = ("rate", "verdicts", "shrunk", "low", "high")
_PEOPLE = "people"


def columns(analysis: ItemTable) -> tuple[str, ...]:
    """The columns of a row: those of each version are `NAME rate`, `NAME verdicts` and so on.

    Of a search's many versions only those have columns that were measured well.
    """
    names = [*(version.name for version in shown_versions(analysis)), _PEOPLE]
    shares = [f"{name} {figure}" for name in names for figure in _OF_SHARE]
    return (*_FIRST, *shares, *_LAST)


def item_rows(analysis: ItemTable) -> list[Row]:
    """One row per item, in the order of the rubrics; lists are texts with commas."""
    known = columns(analysis)
    rows = [_row(item) for item in analysis.items]
    return [{name: row[name] for name in known if name in row} for row in rows]


def _row(item: Item) -> Row:
    row: Row = {
        "scenario": item.scenario,
        "criterion": item.criterion,
        "split": item.split,
        "family": family_of(item.dimension),
        "dimension": item.dimension,
        "role": item.role,
        "decided_by": item.decided_by,
        "advice": item.advice,
        "flags": ", ".join(item.flags),
    }
    shares = {**item.shares, _PEOPLE: item.people}
    for name, share in shares.items():
        row |= {f"{name} {figure}": value for figure, value in _of_share(share)}
    return row | _of_discrimination(item.discrimination) | _of_rest(item)


def _of_share(share: Share | None) -> Iterator[tuple[str, float | None]]:
    values = (share.rate, share.scored, share.shrunk, share.low, share.high) if share else ()
    return zip(_OF_SHARE, values, strict=bool(values))


def _of_discrimination(value: Interval | None) -> Row:
    if value is None:
        return {}
    return {
        "discrimination": value.mean,
        "discrimination_low": value.low,
        "discrimination_high": value.high,
    }


def _of_rest(item: Item) -> Row:
    return {
        "against": item.against,
        "rest": item.rest,
        "preference": item.preference,
        "judged_twice": item.flips.scored if item.flips else None,
        "judged_the_same": item.flips.passed if item.flips else None,
        "information": item.information,
        "implied_by": ", ".join(item.implied_by),
        "implies": ", ".join(item.implies),
        "twins": ", ".join(item.twins),
        "failed_by": ", ".join(item.failed_by),
        "why": item.why,
        "text": item.text,
    }


def item_frame(analysis: ItemTable) -> "pd.DataFrame":
    """The rows as a DataFrame; InputError where pandas is missing."""
    return frame(item_rows(analysis), columns(analysis))


# -- files -----------------------------------------------------------------------------------------


def write_csv(analysis: ItemTable, path: str | Path) -> Path:
    """Write the rows as CSV in UTF-8, whole or not at all, and return the path.

    A text that a spreadsheet would run as a formula has an apostrophe before it.

    InputError where no file can be written.
    """
    table = io.StringIO(newline="")
    # A lone carriage return ends a line to a reader of CSV, and the writer does not quote it.
    writer = csv.DictWriter(
        table, columns(analysis), lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC
    )
    writer.writeheader()
    writer.writerows([_harmless(row) for row in item_rows(analysis)])
    return _written(path, table.getvalue())


_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet takes for a formula."""


def _harmless(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in which no text is run by a spreadsheet: an apostrophe stands before it."""
    return {
        name: f"'{value}" if isinstance(value, str) and value.startswith(_RUN) else value
        for name, value in row.items()
    }


def write_json(analysis: ItemTable, path: str | Path) -> Path:
    """Write everything as JSON, whole or not at all, and return the path.

    Beside the fields of the records it holds `summary`, and `offline`, which says whether
    stand-ins took part. InputError where no file can be written.
    """
    head = {"format": FORMAT, "version": VERSION, "summary": analysis.summary}
    data = json.dumps(head | asdict(analysis), indent=1, allow_nan=False)
    return _written(path, data + "\n")


def _written(path: str | Path, text: str) -> Path:
    file = Path(path)
    check_writable(file)
    write_text(file, text)
    return file
