"""What a run's own verdicts say of its rubric: what tells prompts apart, what is left to gain.

Only items that cannot be kept as they are have a row, and of those a bounded number: the page of a
run is about prompts. `usersim-opt items` on the run's folder shows all of them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.measuring.items.analysis import item_analysis
from usersim_opt.measuring.items.records import ADVICE, Advice, Headroom, Item, Share
from usersim_opt.measuring.items.shown import ItemAnalysis
from usersim_opt.measuring.items.table import ALL, best_of, seed_of
from usersim_opt.results.reading import ByVersion, Reading
from usersim_opt.results.report import svg
from usersim_opt.results.report.cases import weight
from usersim_opt.results.report.wording import REASON, clip
from usersim_opt.results.respondents import respondents_of
from usersim_opt.scenarios.kinds import in_order

MOST_ITEMS = 25
"""Items that are shown, the worst first."""
HEIGHT = 16
"""Pixels of a dimension's bar."""
_TAGS, _AROUND = 400, 650
"""Bytes of markup around an item, and around a dimension with its bar."""
_SHOWN = tuple(reversed(ADVICE))
"""Advice from left to right along a bar, the best first."""


@dataclass(frozen=True)
class DimensionRow:
    """A dimension: its items by advice, what is saturated, and what is left to gain."""

    name: str
    items: Sequence[Item]
    headroom: Headroom | None
    plot: Markup

    @property
    def saturated(self) -> int:
        """The number of items that nearly every reply passes."""
        return sum("saturated" in item.flags for item in self.items)


@dataclass(frozen=True)
class ItemRow:
    """An item with the shares of the seed and of the best version."""

    item: Item
    seed: Share | None
    best: Share | None

    @property
    def text(self) -> str:
        """The criterion's sentence."""
        return clip(self.item.text, REASON)

    @property
    def why(self) -> str:
        """The reason of the advice."""
        return clip(self.item.why, REASON)


@dataclass(frozen=True)
class Rubric:
    """The section: the whole, the dimensions, the items to be looked at."""

    analysis: ItemAnalysis
    dimensions: Sequence[DimensionRow]
    worst: Sequence[ItemRow]
    more: int
    """Items without a row that cannot be kept as they are."""

    @property
    def start(self) -> str:
        """Whether another run can prove anything with this rubric, in words."""
        return self.analysis.start_why

    @property
    def seed(self) -> str:
        """The name of the seed."""
        return seed_of(self.analysis)

    @property
    def best(self) -> str:
        """The name of the version with the highest pass rate; empty where there is one version."""
        return best_of(self.analysis)

    @property
    def saturated(self) -> int:
        """The number of items that nearly every reply passes."""
        return self.analysis.by_flag["saturated"]

    @property
    def weight(self) -> int:
        """Bytes that it takes on the page, about."""
        texts = sum(weight(row.text + row.why) + _TAGS for row in self.worst)
        notes = sum(map(weight, self.analysis.notes))
        return texts + notes + _AROUND * len(self.dimensions)


def rubric(reading: Reading, *, smoke_failures: bool = False) -> Rubric | None:
    """The section; None where no reply with known criteria was graded.

    Without `smoke_failures` no item of the smoke split is named, but all are counted.
    """
    found = respondents_of(reading.record)
    if not found.evaluations:
        return None
    analysis = item_analysis(found.evaluations)
    unnamed = set() if smoke_failures else _scenarios_of(reading.smoke)
    to_mend = [item for item in analysis.worst_first if item.advice != "keep"]
    worst = [item for item in to_mend if item.scenario not in unnamed][:MOST_ITEMS]
    names = (seed_of(analysis), best_of(analysis))
    return Rubric(
        analysis=analysis,
        dimensions=list(_dimensions(analysis)),
        worst=[_row(item, names) for item in worst],
        more=len(to_mend) - len(worst),
    )


def _scenarios_of(replies: ByVersion) -> set[str]:
    return {outcome.scenario for outcomes in replies.values() for outcome in outcomes}


def _row(item: Item, names: tuple[str, str]) -> ItemRow:
    seed, best = (item.shares.get(name) for name in names)
    return ItemRow(item, seed, best)


def _dimensions(analysis: ItemAnalysis) -> Iterator[DimensionRow]:
    headroom = {each.dimension: each for each in analysis.headroom if each.split == ALL}
    by_name: dict[str, list[Item]] = {}
    for item in analysis.items:
        by_name.setdefault(item.dimension, []).append(item)
    for name in in_order(by_name):
        items = by_name[name]
        yield DimensionRow(name, items, headroom.get(name), _bar(items))


def _bar(items: Sequence[Item]) -> Markup:
    """The items by advice, as one bar from side to side."""
    counts = Counter(item.advice for item in items)
    label = ", ".join(f"{advice} {counts[advice]}" for advice in _SHOWN if counts[advice])
    return svg.frame(_parts(counts, len(items)), height=HEIGHT, label=label)


def _parts(counts: Counter[Advice], whole: int) -> Iterator[Markup]:
    start = 0.0
    for advice in _SHOWN:
        share = counts[advice] / whole
        if share:
            title = f"{advice}: {counts[advice]} of {whole}"
            yield svg.block(start, share, height=HEIGHT, kind=advice, title=title)
        start += share
