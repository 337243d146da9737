"""What was measured of a simulator, as a page for a terminal."""

from collections.abc import Iterator, Sequence

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.figures import OFFLINE_NOTE, Interval, many
from usersim_opt.basics.layout import grid
from usersim_opt.realism.card import CARD
from usersim_opt.realism.comparison import SUCCESS, FigureRow
from usersim_opt.realism.corrected import CORRECTIONS
from usersim_opt.realism.floors import Floor
from usersim_opt.realism.lines import METRICS
from usersim_opt.realism.report import Likeness, Measured
from usersim_opt.realism.table import FEATURES
from usersim_opt.realism.units import bounds, number, signed
from usersim_opt.realism.usi import Figure, UsiScore

_HEAD = ("figure", "simulator", "95 % interval", "people", "from", "difference", "floor", "flag")
INDEX_HEAD = (
    "part",
    "simulator",
    "sd",
    "95 % interval",
    "people",
    "sd",
    "two samples of people reach",
    "flag",
)
"""The columns of the index."""
_FLAGS = {True: "differs", False: "within noise", None: ""}


@checks_arguments
def as_text(measured: Measured) -> str:
    """The whole page: figures, the other simulator, index, notes."""
    return "\n\n".join(_sections(measured))


def _sections(measured: Measured) -> Iterator[str]:
    yield _title(measured)
    yield _rows(measured.rows, (*FEATURES, SUCCESS), measured, people="people")
    yield "Corrected features (what they fix: docs/realism.md)\n" + _rows(
        measured.rows, tuple(CORRECTIONS), measured, people="people"
    )
    if measured.changes:
        title = f"Beside {measured.against}\n"
        yield title + _rows(measured.changes, (*FEATURES, SUCCESS), measured, people="other")
        yield _likeness(measured)
    yield _index(measured.score, measured) if measured.score else _no_index()
    yield "\n".join(f"note: {note}" for note in notes_of(measured))


def _title(measured: Measured) -> str:
    counts = (
        many(measured.conversations, "conversation"),
        many(measured.tasks, "task"),
        many(measured.runs, "run"),
    )
    return f"{measured.name}: {', '.join(counts)}"


def _rows(
    rows: Sequence[FigureRow], names: Sequence[str], measured: Measured, *, people: str
) -> str:
    head = [people if name == "people" else name for name in _HEAD]
    return grid(head, [_cells(row, measured) for row in rows if row.name in names])


def _cells(row: FigureRow, measured: Measured) -> list[str]:
    show = "descriptive" if measured.is_descriptive else _FLAGS[row.differs]
    known = row.reference is not None
    return [
        row.name,
        number(row.value.mean, row.unit),
        bounds(row.value, row.unit),
        number(row.reference, row.unit) if known else "unknown",
        row.origin if known else "",
        signed(row.difference, row.unit),
        number(row.floor, row.unit),
        show if known else "",
    ]


def _likeness(measured: Measured) -> str:
    rows = [_like(name, each) for name, each in measured.likeness.items()]
    head = ("alike", "0 to 100", "two samples of the other reach")
    return grid(head, rows)


def _like(name: str, each: Likeness) -> list[str]:
    return [name, f"{each.value:.1f}", _floor(each.floor, name)]


def _index(score: UsiScore, measured: Measured) -> str:
    rows = [index_line(name, score, show=not measured.is_descriptive) for name in METRICS]
    return f"{index_labels(score)}\n{grid(INDEX_HEAD, rows)}"


def index_labels(score: UsiScore) -> str:
    """Which index each side has, and on how much."""
    on = f"{many(score.conversations, 'conversation')} of {many(score.tasks, 'task')}"
    return f"{score.label} of the simulator, {score.human_label} of people, on {on} of people"


def index_line(name: str, score: UsiScore, *, show: bool) -> list[str]:
    """A part of the index, or the index itself, in the columns of INDEX_HEAD.

    Without `show` nothing is said to differ.
    """
    floor, value = score.floors.get(name), score.intervals.get(name)
    return [
        score.label.lower() if name == "usi" else name,
        *_figure(score.model[name], name),
        _range(value, name),
        *_figure(score.human[name], name),
        _floor(floor, name) if floor else "-",
        _worse(score.model[name], floor, name) if show else "descriptive",
    ]


def _worse(figure: Figure, floor: Floor | None, name: str) -> str:
    """Whether a part lies beyond what noise makes of two samples of people."""
    if figure is None or floor is None:
        return ""
    beyond = figure[0] > floor.bound if name == "ece" else figure[0] < floor.bound
    return "differs" if beyond else "within noise"


def _figure(figure: Figure, name: str) -> list[str]:
    return ["-", "-"] if figure is None else [_points(each, name) for each in figure]


def _points(value: float, name: str) -> str:
    return f"{value:.3f}" if name == "ece" else f"{value:.1f}"


def _range(value: Interval | None, name: str) -> str:
    if value is None:
        return "-"
    if value.bounds is None:
        return "too few tasks"
    return " to ".join(_points(bound, name) for bound in value.bounds)


def _floor(floor: Floor, name: str) -> str:
    side = "at most" if name == "ece" else "at least"
    return f"{_points(floor.mean, name)}, 19 of 20 {side} {_points(floor.bound, name)}"


def _no_index() -> str:
    (mean, sd), *simulators = [line.usi for line in CARD.lines if line.usi]
    known = sorted(usi[0] for usi in simulators)
    return (
        "No index: USI and D1 to D4 need people's conversations (--human FILE). Published: people "
        f"{mean:.1f} (sd {sd:.1f}), simulators {known[0]:.1f} to {known[-1]:.1f}; USI5 of people "
        f"{CARD.usi5.values['people']:.1f}."
    )


def notes_of(measured: Measured) -> Iterator[str]:
    """What a reader of the figures has to know, a sentence each."""
    if measured.offline:
        yield OFFLINE_NOTE
    yield from measured.notes
    yield from measured.score.notes if measured.score else ()
    least = CARD.thresholds.descriptive_below
    if measured.is_descriptive:
        yield f"fewer than {least} tasks: descriptive only, nothing is said to differ"
    else:
        yield "of 20 figures that do not differ one is flagged by chance"
    if measured.score is None:
        yield f"people's figures: published means of {CARD.of}; other tasks and agents shift them"
        yield (
            "floors come from an assumed spread of people or from the simulator's own, whichever "
            "is larger: people's own is not published"
        )
