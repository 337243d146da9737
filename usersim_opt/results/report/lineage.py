"""Every version: where it comes from, what became of it, and its text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval
from usersim_opt.customer.prompt import pieces_of
from usersim_opt.results.attribution import Attribution
from usersim_opt.results.reading import Reading, depths
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import clip, name
from usersim_opt.results.rules import rule_of
from usersim_opt.results.versions import Version

ALL_TEXTS = 900_000
"""Characters that the texts of all versions together may take; beyond that each is cut to its part of them."""
STEP, EDGE = 26, 16
"""Pixels between two generations of the figure, and around it."""


@dataclass(frozen=True)
class VersionRow:
    """A version, its place on the page, what became of it, and the pass rates that the model expects of it."""

    version: Version
    anchor: str
    role: str
    """`seed`, `best`, `accepted` or `other`."""
    fate: str
    text: str
    pieces: int
    replies: int
    families: Mapping[str, Interval]


def version_rows(reading: Reading, model: Attribution | None) -> list[VersionRow]:
    """The versions in the order in which they were made."""
    replies = Counter(outcome.version for outcome in reading.record.outcomes)
    lengths = [len(version.text) for version in reading.record.versions.values()]
    most = max(lengths, default=0) if sum(lengths) <= ALL_TEXTS else ALL_TEXTS // len(lengths)
    families = model.families if model else {}
    return [
        VersionRow(
            version=version,
            anchor=f"version-{number}",
            role=role_of(reading, version),
            fate=_fate(reading, version, measured=bool(replies[version.id])),
            text=clip(version.text, most),
            pieces=len(pieces_of(version.text)),
            replies=replies[version.id],
            families=families.get(version.id, {}),
        )
        for number, version in enumerate(reading.record.versions.values())
    ]


def role_of(reading: Reading, version: Version) -> str:
    """What the version was to the run, as a class of its marks."""
    if version == reading.seed:
        return "seed"
    if version == reading.finalist:
        return "best"
    return "accepted" if version.id in reading.incumbents else "other"


def family_tree(reading: Reading, rows: Sequence[VersionRow]) -> Markup | None:
    """Versions from left to right as they were made, a generation lower than their parents; None for fewer than two."""
    if len(rows) < 2:
        return None
    depth = depths(reading.record.versions)
    x = svg.Scale(-0.7, len(rows) - 0.3)
    place = {
        row.version.id: (x.at(i), EDGE + STEP * depth[row.version.id]) for i, row in enumerate(rows)
    }
    edges = [
        svg.line(
            place[row.version.parent],
            place[row.version.id],
            kind="edge" if row.role == "other" else "edge led",
        )
        for row in rows
        if row.version.parent in place and depth[row.version.id]
    ]
    marks = [_node(row, *place[row.version.id]) for row in rows]
    height = 2 * EDGE + STEP * max(depth.values()) + 12
    return svg.frame(
        [*edges, *marks],
        height=height,
        label=f"Lineage of {len(rows)} versions; the table below has the same",
    )


def _node(row: VersionRow, x: str, y: float) -> Markup:
    shape = svg.DIAMOND if row.role in ("best", "accepted") else svg.DOT
    kind = {"seed": "seed", "best": "winner", "accepted": "incumbent", "other": "other"}[row.role]
    label = (
        svg.words(name(row.version.id), x, y + 18, kind="tick middle")
        if row.role != "other"
        else Markup()
    )
    return svg.mark(shape, x, y, kind=kind, title=f"{name(row.version.id)}: {row.fate}") + label


def _fate(reading: Reading, version: Version, *, measured: bool) -> str:
    if version == reading.seed:
        return "the seed" + (", shipped" if version == reading.shipped else "")
    if version == reading.finalist:
        return (
            {True: "shipped", False: "not shipped: its gain is not proven"}[
                version == reading.shipped
            ]
            if reading.shipped
            else "incumbent so far"
        )
    promoted = next((step.number for step in reading.rounds if step.promoted == version.id), None)
    if promoted is not None:
        return f"incumbent from round {promoted} on"
    rulings = [
        decision
        for decision in reading.record.decisions
        if decision.candidate == version.id and not decision.accepted
    ]
    if rulings:
        return rule_of(rulings[-1].rule).fate
    return "measured, no decision" if measured else "not measured"
