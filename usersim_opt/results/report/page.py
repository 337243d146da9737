"""One HTML file for a run: no network, no library, nothing executed but the page's own script.

Jinja escapes every text; the Content-Security-Policy names the digests of the page's one style sheet and one script, so
that markup which got past the escaping would not run either. Without the script everything can be read but the diff of two
freely chosen versions.

Not covered: following a run that is under way; the page is of the moment in which it was written.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.basics.files import write_text
from usersim_opt.basics.version import __version__
from usersim_opt.results.journal import SCHEMA_VERSION
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.report import (
    cases,
    comparison,
    costs,
    diff,
    gaps,
    lineage,
    pieces,
    progress,
    rulings,
    verdict,
    wording,
)
from usersim_opt.results.versions import Version

FILE = "report.html"
ROOM = 2_500_000
"""Bytes for everything that grows with a run; the scenarios to be read get what versions, decisions and pieces leave of them."""


def write_report(record: RunRecord, path: str | Path | None = None) -> Path:
    """Write the page of a run, whole or not at all; `report.html` in the run's folder unless another path is given. Returns the path."""
    file = record.folder / FILE if path is None else Path(path)
    if file.is_dir():
        raise InputError(f"{file}: is a folder; expected the name of an HTML file")
    write_text(file, render(record))
    return file


def render(record: RunRecord) -> str:
    """The page as text."""
    style, script = (Markup(_packaged(name)) for name in ("style.css", "page.js"))  # noqa: S704 - the package's own files
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    page = (
        _environment()
        .get_template("page.html")
        .render(style=style, script=script, policy=policy, **_sections(Reading(record)))
    )
    return wording.visible(page)


def _sections(reading: Reading) -> dict[str, Any]:
    """Everything that the template shows."""
    model = reading.worths
    table = pieces.piece_table(reading, model)
    versions = lineage.version_rows(reading, model)
    decisions, decision_axis, decisions_left = rulings.ruling_rows(reading)
    taken = (
        sum(cases.weight(row.text) for row in versions)
        + 1_500 * len(versions)
        + 2_000 * len(decisions)
        + 4_000 * len(table.rows if table else ())
    )
    shown, no_room = cases.cases(reading, room=ROOM - taken)
    return {
        "reading": reading,
        "record": reading.record,
        "offline": OFFLINE_NOTE if reading.record.offline else "",
        "headline": verdict.headline(reading),
        "progress": progress.progress(reading),
        "pieces": table,
        "comparison": comparison.comparison(reading),
        "comparison_axis": comparison.axis(),
        "cases": shown,
        "anchors": {case.id: case.anchor for case in shown},
        "no_room": no_room,
        "versions": versions,
        "version_anchors": {row.version.id: row.anchor for row in versions},
        "tree": lineage.family_tree(reading, versions),
        "diff": diff.diff(
            *(_text_of(versions, version) for version in (reading.seed, reading.finalist))
        )
        if versions
        else [],
        "decisions": decisions,
        "decision_axis": decision_axis,
        "decisions_left": decisions_left,
        "costs": costs.cost_rows(reading),
        "failures": costs.failures(reading),
        "options": costs.options(reading),
        "digests": costs.digests(reading),
        "gaps": gaps.gaps(reading, table),
        "format": SCHEMA_VERSION,
        "made_by": __version__,
    }


def _text_of(rows: Sequence[lineage.VersionRow], version: Version | None) -> str:
    """A version's text as the page shows it."""
    return next((row.text for row in rows if row.version == version), "")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("usersim_opt.results.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "share": wording.share,
        "shares": wording.shares,
        "change": wording.change,
        "count": wording.count,
        "moment": wording.moment,
        "name": wording.name,
        "clip": wording.clip,
        "option": wording.option,
    }
    made.globals["changes"] = wording.changes
    made.globals["reason_length"] = wording.REASON
    return made


def _packaged(name: str) -> str:
    return (
        resources.files("usersim_opt.results.report")
        .joinpath("templates", name)
        .read_text(encoding="utf-8")
    )


def _digest(text: str) -> str:
    """A source of the Content-Security-Policy for an inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
