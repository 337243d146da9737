"""One HTML file of realism: what is near people, what is not, and how sure that is.

It has the style and the escaping of a run's page, and no script at all: nothing on it runs, nothing
is loaded. Each plot says in words what it shows.

Not covered: more than two simulators on one page.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.text import visible
from usersim_opt.basics.version import __version__
from usersim_opt.realism.card import CARD, PublishedLine
from usersim_opt.realism.comparison import SUCCESS, FigureRow
from usersim_opt.realism.corrected import CORRECTIONS
from usersim_opt.realism.lines import METRICS
from usersim_opt.realism.report import Measured
from usersim_opt.realism.shown import notes_of
from usersim_opt.realism.table import FEATURES
from usersim_opt.realism.units import bounds, number, signed, size
from usersim_opt.results.likeness.dots import SHAPES, groups
from usersim_opt.results.likeness.headline import facts, sentences
from usersim_opt.results.likeness.index import index_of
from usersim_opt.results.likeness.sides import line_of, sides_of
from usersim_opt.results.report.frame import frame, packaged, templates
from usersim_opt.results.report.wording import DASH, MINUS, clip

_PACKAGE, _STYLE = "usersim_opt.results.likeness", "usersim_opt.results.report"
_FLAGS = {True: "differs", False: "within noise", None: ""}


@checks_arguments
def write_realism(measured: Measured, path: str | Path) -> Path:
    """Write what `uso.realism.measure` found as a page, whole or not at all; return its path.

    InputError for what is no such finding, and for a path that is a folder.
    """
    file = Path(path)
    check_writable(file)
    write_text(file, render(measured))
    return file


def render(measured: Measured) -> str:
    """The page as text."""
    if not isinstance(measured, Measured):
        raise InputError(
            f"got a {type(measured).__name__}; expected what uso.realism.measure returns"
        )
    template = _environment().get_template("page.html")
    # A name may hold what a browser obeys or a file cannot hold: one pass misses none.
    return visible(template.render({**_frame(), **_sections(measured)}))


def _frame() -> dict[str, Any]:
    style = Markup("").join([packaged(_STYLE, "style.css"), packaged(_PACKAGE, "page.css")])
    return frame(style)


def _sections(measured: Measured) -> dict[str, Any]:
    sides = sides_of(measured)
    return {
        "measured": measured,
        "sentences": list(sentences(measured)),
        "facts": list(facts(measured)),
        "sides": [(side.name, *kind) for side, kind in zip(sides, SHAPES, strict=False)],
        "groups": groups(sides, descriptive=measured.is_descriptive),
        "index": index_of(measured),
        "changes": [_change(row, measured) for row in measured.changes if _is_published(row)],
        "corrected": [_corrected(row) for row in measured.rows if row.name in CORRECTIONS],
        "card": CARD,
        "published": [_published(line) for line in CARD.lines],
        "metrics": METRICS,
        "notes": [note for note in notes_of(measured) if note != OFFLINE_NOTE],
        "offline": OFFLINE_NOTE if measured.offline else "",
        "made_by": __version__,
    }


def _is_published(row: FigureRow) -> bool:
    return row.name in FEATURES or row.name == SUCCESS


def _change(row: FigureRow, measured: Measured) -> Mapping[str, str]:
    """A figure beside that of the other simulator."""
    return {
        "name": row.name,
        "words": line_of(row.name),
        "value": number(row.value.mean, row.unit),
        "other": number(row.reference, row.unit),
        "difference": signed(row.difference, row.unit).replace("-", MINUS),
        "floor": size(row.floor, row.unit),
        "flag": DASH if measured.is_descriptive else _FLAGS[row.differs],
    }


def _corrected(row: FigureRow) -> Mapping[str, str]:
    """A corrected figure with what it mends."""
    mended = CORRECTIONS[row.name]
    known = row.reference is not None
    return {
        "name": row.name,
        "of": mended.of,
        "fixes": mended.fixes,
        "value": number(row.value.mean, row.unit),
        "interval": bounds(row.value, row.unit),
        "people": number(row.reference, row.unit) if known else "unknown",
    }


def _published(line: PublishedLine) -> list[str]:
    """A published line by metric, mean and sd."""
    return [line.name, *(_cell(line, name) for name in METRICS), line.certainty, line.source]


def _cell(line: PublishedLine, name: str) -> str:
    figure: list[float] | None = getattr(line, name)
    if figure is None:
        return DASH
    return " ± ".join(f"{value:.3f}" if name == "ece" else f"{value:.1f}" for value in figure)


@cache
def _environment() -> Environment:
    environment = templates(_PACKAGE)
    environment.filters["clip"] = clip
    environment.globals["name_length"] = 80
    return environment
