"""One HTML file for a run: no network, no library, nothing executed but the page's own script.

Jinja escapes every text; the Content-Security-Policy names the digests of the page's one style
sheet and one script, so that markup which got past the escaping would not run either. Without the
script everything can be read but the diff of two freely chosen versions.

Not covered: following a run that is under way; the page is of the moment in which it was written.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.basics.files import write_text
from usersim_opt.basics.text import visible
from usersim_opt.basics.version import __version__
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.journal import SCHEMA_VERSION
from usersim_opt.results.reading import SEARCH, Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.report import (
    cases,
    comparison,
    costs,
    diff,
    gaps,
    guards,
    lineage,
    pieces,
    progress,
    rubric,
    rulings,
    terms,
    verdict,
    wording,
)
from usersim_opt.results.report.frame import frame, packaged, templates
from usersim_opt.results.smoke_ledger import note_look
from usersim_opt.scenarios.records import in_task_order

FILE = "report.html"
ROOM = 2_500_000
"""Bytes for everything that grows with a run.

The scenarios to be read get what the other parts leave of them.
"""
_VERSION, _RULING, _PIECE, _FAILURE = 1_500, 2_000, 4_000, 90
"""Bytes of markup around a version, a ruling, a piece, and a link to a failing scenario."""
_PACKAGE = "usersim_opt.results.report"
_Values = dict[str, Any]
"""What a template shows, by the name that it uses."""
_Rows = Sequence[lineage.VersionRow]


def write_report(
    record: RunRecord, path: str | Path | None = None, *, smoke_failures: bool = False
) -> Path:
    """Write the page of a run, whole or not at all, and return its path.

    `report.html` in the run's folder unless another path is given. With `smoke_failures` it shows
    failing replies of the smoke split, and the ledger of the run notes that they were looked at.
    InputError for a folder, JournalError for a ledger that cannot be written.
    """
    file = record.folder / FILE if path is None else Path(path)
    _check_is_no_folder(file)
    page = render(record, smoke_failures=smoke_failures)
    if smoke_failures and record.of_stage(SMOKE):
        note_look(record.folder)
    write_text(file, page)
    return file


def _check_is_no_folder(file: Path) -> None:
    if file.is_dir():
        raise InputError(f"{file}: is a folder; expected the name of an HTML file")


def render(record: RunRecord, *, smoke_failures: bool = False) -> str:
    """The page as text; without `smoke_failures` no reply on it is of the smoke split."""
    template = _environment().get_template("page.html")
    sections = _sections(Reading(record), smoke_failures=smoke_failures)
    # Any text of a log may hold what a browser obeys or a file cannot hold: one pass misses none.
    return visible(template.render(**_frame(), **sections))


def _frame() -> _Values:
    """Style sheet, script, and the policy that lets no other run."""
    return frame(packaged(_PACKAGE, "style.css"), packaged(_PACKAGE, "page.js"))


def _sections(reading: Reading, *, smoke_failures: bool) -> _Values:
    """What the sections show; the scenarios to be read come last, for the room that is left."""
    versions = lineage.version_rows(reading)
    values = {
        **_verdict(reading),
        **_learned(reading),
        **_compared(reading),
        **_versions(reading, versions),
        "decisions": rulings.ruling_table(reading),
        "rubric": rubric.rubric(reading, smoke_failures=smoke_failures),
        **_costs(reading),
        **_made_from(reading),
    }
    values["gaps"] = gaps.gaps(reading, values["pieces"])
    room = ROOM - _weight(values)
    return values | _cases(reading, room, smoke_failures=smoke_failures)


def _verdict(reading: Reading) -> _Values:
    return {
        "reading": reading,
        "record": reading.record,
        "offline": OFFLINE_NOTE if reading.record.offline else "",
        "headline": verdict.headline(reading),
    }


def _learned(reading: Reading) -> _Values:
    return {
        "progress": progress.progress(reading),
        "pieces": pieces.piece_table(reading),
    }


def _compared(reading: Reading) -> _Values:
    return {
        "comparison": comparison.comparison(reading),
        "comparison_axis": comparison.axis(),
        "guards": guards.guard_table(reading),
        "terms": terms.terms(reading),
    }


def _versions(reading: Reading, rows: _Rows) -> _Values:
    return {
        "versions": rows,
        "version_anchors": {row.version.id: row.anchor for row in rows},
        "tree": lineage.family_tree(reading, rows),
        "diff": _diff(reading, rows),
    }


def _diff(reading: Reading, rows: _Rows) -> list[diff.DiffRow]:
    """Seed and finalist side by side, cut as the version table cuts them."""
    if reading.seed is None or reading.finalist is None:
        return []
    texts = {row.version.id: row.text for row in rows}
    return diff.diff(texts[reading.seed.id], texts[reading.finalist.id])


def _costs(reading: Reading) -> _Values:
    return {
        "costs": costs.cost_tables(reading),
        "money_rows": costs.money_rows(reading),
        "failures": costs.failures(reading),
    }


def _made_from(reading: Reading) -> _Values:
    return {
        "options": costs.options(reading),
        "digests": costs.digests(reading),
        "format": SCHEMA_VERSION,
        "made_by": __version__,
    }


def _cases(reading: Reading, room: int, *, smoke_failures: bool) -> _Values:
    split = reading.split if smoke_failures else SEARCH
    readable, no_room = cases.cases(reading, room=room, split=split)
    return {
        "cases_split": split,
        "cases": readable,
        "anchors": {case.id: case.anchor for case in readable},
        "no_room": no_room,
    }


def _weight(values: _Values) -> int:
    """Bytes of the parts that grow with a run, about; a part that is drawn is as long as it is."""
    table, guarded = values["pieces"], values["guards"].rows if values["guards"] else ()
    items = values["rubric"]
    parts = [
        *(cases.weight(row.text) + _VERSION for row in values["versions"]),
        len(values["progress"] or ""),
        len(values["tree"] or ""),
        _FAILURE * sum(map(_links, values["comparison"])),
        _FAILURE * sum(len(row.new.failures or row.old.failures) for row in guarded),
        _RULING * len(values["decisions"].rows),
        _PIECE * len(table.rows if table else ()),
        items.weight if items else 0,
    ]
    return sum(parts)


def _links(row: comparison.ComparisonRow) -> int:
    """The number of scenarios that a row of the comparison names."""
    failures = row.best.failures or row.base.failures
    return len(failures) if row.kind == "dimension" else 0


@cache
def _environment() -> Environment:
    environment = templates(_PACKAGE)
    environment.filters |= {
        "share": wording.share,
        "bare_share": wording.bare_share,
        "shares": wording.shares,
        "change": wording.change,
        "count": wording.count,
        "moment": wording.moment,
        "name": wording.name,
        "clip": wording.clip,
        "option": wording.option,
        "in_order": in_task_order,
    }
    environment.globals["changes"] = wording.changes
    environment.globals["reason_length"] = wording.REASON
    return environment
