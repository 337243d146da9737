"""Every version: where it comes from, what became of it, and its text."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval
from usersim_opt.customer.prompt import pieces_of
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.reading import Reading, depths
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import clip, name
from usersim_opt.results.rules import rule_of
from usersim_opt.results.versions import Version

ALL_TEXTS = 900_000
"""Characters of the texts of all versions together; beyond that each is cut to its part of them."""
MOST_OF_A_FATE = 120
"""Characters of what became of a version: the name of a rule may be of any length."""
STEP, EDGE = 26, 16
"""Pixels between two generations of the figure, and around it."""
_LOOKS = {
    "seed": ("seed", svg.DOT),
    "best": ("winner", svg.DIAMOND),
    "accepted": ("incumbent", svg.DIAMOND),
    "other": ("other", svg.DOT),
}
"""The class and the shape of a version's mark by its role."""


@dataclass(frozen=True)
class VersionRow:
    """A version, its place on the page, what became of it, and the rates that are expected."""

    version: Version
    anchor: str
    role: str
    """`seed`, `best`, `accepted` or `other`."""
    fate: str
    text: str
    pieces: int
    replies: int
    families: Mapping[str, Interval]
    """The pass rate by family that the model of the pieces expects."""


_Rows = Sequence[VersionRow]
_Depths = Mapping[str, int]
"""The generation of each version, 0 for one without a parent."""
_Place = tuple[str, float]
"""Percent of the width, and pixels from the top."""


def version_rows(reading: Reading) -> list[VersionRow]:
    """The versions in the order in which they were made."""
    versions = list(reading.record.versions.values())
    replies = Counter(outcome.version for outcome in reading.record.outcomes)
    families = reading.worths.families if reading.worths else {}
    most = _most_of_a_text(versions)
    return [
        VersionRow(
            version=version,
            anchor=f"version-{number}",
            role=role_of(reading, version),
            fate=_fate(reading, version, measured=version.id in replies),
            text=clip(version.text, most),
            pieces=len(pieces_of(version.text)),
            replies=replies[version.id],
            families=families.get(version.id, {}),
        )
        for number, version in enumerate(versions)
    ]


def _most_of_a_text(versions: Sequence[Version]) -> int:
    """The characters of a text that are shown: all of the longest where there is room."""
    lengths = [len(version.text) for version in versions]
    if sum(lengths) <= ALL_TEXTS:
        return max(lengths, default=0)
    return ALL_TEXTS // len(lengths)


def role_of(reading: Reading, version: Version) -> str:
    """What the version was to the run, as a class of its marks."""
    if version == reading.seed:
        return "seed"
    if version == reading.finalist:
        return "best"
    return "accepted" if version.id in reading.incumbents else "other"


def _fate(reading: Reading, version: Version, *, measured: bool) -> str:
    """What became of a version, in words."""
    if version == reading.seed:
        return "the seed, shipped" if version == reading.shipped else "the seed"
    if version == reading.finalist:
        return _fate_of_finalist(reading)
    return _fate_in_search(reading, version, measured=measured)


def _fate_in_search(reading: Reading, version: Version, *, measured: bool) -> str:
    rounds = [step.number for step in reading.rounds if step.promoted == version.id]
    if rounds:
        return f"incumbent from round {rounds[0]} on"
    refusal = reading.refusals.get(version.id)
    if refusal is not None:
        return clip(rule_of(refusal.rule).fate, MOST_OF_A_FATE)
    return "measured, no decision" if measured else "not measured"


def _fate_of_finalist(reading: Reading) -> str:
    if reading.shipped is None:
        return "incumbent so far"
    if reading.shipped == reading.finalist:
        return "shipped"
    rule = reading.ruling.rule if reading.ruling else SMOKE
    reason = "its gain is not proven" if rule == SMOKE else rule_of(rule).fate
    return f"not shipped: {clip(reason, MOST_OF_A_FATE)}"


def family_tree(reading: Reading, rows: _Rows) -> Markup | None:
    """Versions from left to right as they were made, a generation lower than their parents.

    None for fewer than two.
    """
    if len(rows) < 2:
        return None
    depth = depths(reading.record.versions)
    places = _places(rows, depth)
    nodes = [_node(row, places[row.version.id]) for row in rows]
    height = 2 * EDGE + STEP * max(depth.values()) + 12
    label = f"Lineage of {len(rows)} versions; the table below has the same"
    return svg.frame([*_edges(rows, places, depth), *nodes], height=height, label=label)


def _places(rows: _Rows, depth: _Depths) -> dict[str, _Place]:
    x = svg.Scale(-0.7, len(rows) - 0.3)
    ids = [row.version.id for row in rows]
    return {version: (x.at(i), EDGE + STEP * depth[version]) for i, version in enumerate(ids)}


def _edges(rows: _Rows, places: Mapping[str, _Place], depth: _Depths) -> Iterator[Markup]:
    """A line from each parent; a version without one has depth 0, whatever it names as parent."""
    for row in rows:
        parent = places.get(row.version.parent or "")
        if parent and depth[row.version.id]:
            yield _edge(row, parent, places[row.version.id])


def _edge(row: VersionRow, parent: _Place, place: _Place) -> Markup:
    kind = "edge" if row.role == "other" else "edge led"
    return svg.line(parent, place, kind=kind)


def _node(row: VersionRow, place: _Place) -> Markup:
    """A mark with what became of the version as its title; there is room for few ids."""
    x, y = place
    kind, shape = _LOOKS[row.role]
    version = name(row.version.id)
    mark = svg.mark(shape, x, y, kind=kind, title=f"{version}: {row.fate}")
    if row.role == "other":
        return mark
    return mark + svg.words(version, x, y + 18, kind="tick middle")
