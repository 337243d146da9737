"""The parts of the index on a page of realism, each with its plot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.realism.report import Measured
from usersim_opt.realism.shown import INDEX_HEAD, index_labels, index_line
from usersim_opt.realism.usi import UsiScore
from usersim_opt.results.likeness.scale import Ruler, ruler
from usersim_opt.results.report import svg

PARTS = {
    "D1_conv": "how it talks",
    "D2_info": "how much it tells",
    "D3_clarif": "how sure it is, and what it asks",
    "D4_react": "how it reacts",
    "eval_agree": "it judges the agent as people do",
    "ece": "the agent succeeds where it does with people; 0 is best",
    "usi": "the mean of the parts, ECE as 100 (1 \u2212 ECE)",
}
"""The parts in words."""
_BAND, _HEIGHT, _TICKS = 20, 34, 32


@dataclass(frozen=True)
class Part:
    """A part of the index."""

    words: str
    plot: Markup
    cells: Sequence[str]


@dataclass(frozen=True)
class Index:
    """The index with its parts."""

    labels: str
    head: Sequence[str]
    parts: Sequence[Part]


def index_of(measured: Measured) -> Index | None:
    """The index; None without people's conversations."""
    score = measured.score
    if score is None:
        return None
    show = not measured.is_descriptive
    parts = [
        Part(words, _plot(name, score), index_line(name, score, show=show))
        for name, words in PARTS.items()
    ]
    return Index(index_labels(score), INDEX_HEAD, parts)


def _plot(name: str, score: UsiScore) -> Markup:
    cells = dict(zip(INDEX_HEAD, index_line(name, score, show=True), strict=True))
    aloud = f"{cells['part']}: simulator {cells['simulator']} ({cells['95 % interval']}), "
    aloud += f"people {cells['people']}"
    return svg.frame(_marks(name, score), height=_HEIGHT, label=aloud)


def _marks(name: str, score: UsiScore) -> Iterator[Markup]:
    """What people reach as a band, their mean, and the simulator."""
    end = 1.0 if name == "ece" else 100.0
    scale = ruler(end, "count")
    yield from _grid(scale)
    if floor := score.floors.get(name):
        bounds = (0.0, floor.bound) if name == "ece" else (floor.bound, end)
        yield svg.band(scale.scale, *bounds, height=_BAND)
    if people := score.human[name]:
        yield svg.upright(scale.at(people[0]), top=0, bottom=_BAND, kind="people")
    if value := score.intervals.get(name):
        yield svg.estimate(scale.scale, value, _BAND / 2, shape=svg.DOT, kind="best")


def _grid(scale: Ruler) -> Iterator[Markup]:
    for place, text in scale.ticks:
        yield svg.upright(scale.at(place), top=0, bottom=_BAND)
        yield svg.words(text, scale.at(place), _TICKS, kind="tick middle")
