"""An item analysis as text for a terminal: what it says of the rubric, then the worst items."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import wrap

from usersim_opt.basics.figures import OFFLINE_LABEL, Interval, many, points, share_text
from usersim_opt.basics.layout import grid
from usersim_opt.measuring.items.records import (
    Choices,
    Headroom,
    Item,
    ItemTable,
    Respondent,
    Share,
)
from usersim_opt.measuring.items.thresholds import THRESHOLDS

MOST = 10
"""Items that a table holds unless more are asked for."""
WIDTH = 100
"""Columns of a terminal that every line fits."""
_NAME, _VERSION = 30, 10
"""The most characters of an item's name, and of a version's name over a column."""
_FEW = 8
"""Versions that are all named."""
ALL = "all"
HEADROOM_HEADS = ("split", "dimension", "items", "seed", "left", "left at most", "provable")


def as_text(analysis: ItemTable, most: int = MOST) -> str:
    """Summary, headroom, what is empty and why, and up to `most` items, the worst first."""
    parts = [
        head(analysis),
        _titled("What is left to gain, in points", headroom_table(analysis.headroom)),
        _titled("Empty or left out", "\n".join(_bullets(analysis.notes))),
        _titled(_title_of_worst(analysis, most), worst_table(analysis, most)),
        OFFLINE_LABEL if analysis.offline else "",
    ]
    return "\n\n".join(part for part in parts if part)


def head(analysis: ItemTable) -> str:
    """Who answered, the number of items by advice and by flag, and whether to start a run."""
    lines = [
        size(analysis),
        f"Answered by: {answered_by(analysis) or 'nobody'}",
        f"Advice: {counted(analysis.by_advice) or 'none'}",
        f"Flags: {counted(analysis.by_flag) or 'none'}",
        *([analysis.start_why] if analysis.start_why else []),
        *_preference(analysis.preference),
        *map(_choices, analysis.choices),
    ]
    return "\n".join("\n  ".join(_wrapped(line, WIDTH - 2)) for line in lines)


def size(analysis: ItemTable) -> str:
    """`978 items of 200 scenarios, 438 of them without a verdict`."""
    scenarios = len({item.scenario for item in analysis.items})
    undecided = sum(not item.scored for item in analysis.items)
    rest = f", {undecided:,} of them without a verdict" if undecided else ""
    return f"{many(len(analysis.items), 'item')} of {many(scenarios, 'scenario')}{rest}"


def _preference(by_dimension: Mapping[str, float]) -> Iterator[str]:
    """How the pass rate goes with the preference, over all items and in each dimension."""
    if by_dimension:
        named = ", ".join(f"{name} {decimal(r)}" for name, r in by_dimension.items())
        yield f"Correlation with the preference: {named}"


def _choices(choices: Choices) -> str:
    """`Pairs: of 9 the rubric prefers the chosen reply in 6 and the other one in 1; ... +0.61`."""
    name = "" if choices.name == "all" else f" {choices.name}"
    return (
        f"Pairs{name}: of {choices.pairs} the rubric prefers the chosen reply in "
        f"{choices.agreeing} and the other one in {choices.opposing}; "
        f"correlation within pairs {decimal(choices.within)}"
    )


def answered_by(analysis: ItemTable) -> str:
    """The respondents with their pass rates: `base 97.8 % (200 replies), ...`."""
    versions = shown_versions(analysis)
    people = [each for each in analysis.respondents if each.kind == "people"]
    named = [_respondent(each) for each in (*versions, *people)]
    robots = [each.name for each in analysis.respondents if each.kind == "robot"]
    more = [f"{many(len(robots), 'robot')} ({', '.join(robots)})"] if robots else []
    return ", ".join([*named, *_brief(analysis, versions), *more])


def shown_versions(analysis: ItemTable) -> list[Respondent]:
    """The versions that have a name in tables: a few all, else the seed and those measured well.

    A search looks at most of its versions once, on a handful of scenarios.
    """
    versions = analysis.versions
    if len(versions) <= _FEW:
        return versions
    least = THRESHOLDS.versions.verdicts
    return [each for each in versions if each is versions[0] or each.scored >= least]


def _brief(analysis: ItemTable, shown: Sequence[Respondent]) -> list[str]:
    """The versions without a name, counted."""
    rest = [each for each in analysis.versions if each not in shown]
    if not rest:
        return []
    replies = many(sum(each.replies for each in rest), "reply")
    return [f"{many(len(rest), 'version')} of a few replies each ({replies})"]


def _respondent(each: Respondent) -> str:
    return f"{each.name} {share_text(each.rate)} ({many(each.replies, 'reply')})"


def counted(counts: Mapping[str, int]) -> str:
    """`drop 12, rewrite 30`; what does not occur is left out."""
    return ", ".join(f"{name} {number:,}" for name, number in counts.items() if number)


# -- headroom --------------------------------------------------------------------------------------


def headroom_table(headroom: Sequence[Headroom]) -> str:
    """A row for each split, then for each dimension: largest possible gain, smallest provable."""
    rows = [headroom_cells(each) for each in whole_rows(headroom)]
    return grid(HEADROOM_HEADS, rows) if rows else ""


def whole_rows(headroom: Sequence[Headroom]) -> list[Headroom]:
    """All items of each split, and each dimension on all splits together."""
    return [each for each in headroom if ALL in (each.dimension, each.split)]


def headroom_cells(each: Headroom) -> list[str]:
    """The cells of a row, in points but for the seed's pass rate."""
    provable = "none" if each.detectable is None else _tenth(each.detectable)
    return [
        each.split,
        each.dimension,
        str(each.items),
        share_text(each.share.rate),
        _tenth(each.largest),
        _tenth(each.largest_likely),
        provable if each.decides else "",
    ]


def _tenth(share: float) -> str:
    return f"{100 * share:.1f}"


# -- the worst items -------------------------------------------------------------------------------


def seed_of(analysis: ItemTable) -> str:
    """The name of the first version; empty where there is none."""
    return analysis.versions[0].name if analysis.versions else ""


def best_of(analysis: ItemTable) -> str:
    """The name of the version with the highest pass rate beside the seed; empty without one."""
    shown = [each for each in shown_versions(analysis)[1:] if each.rate is not None]
    return max(shown, key=lambda each: each.rate or 0.0).name if shown else ""


def worst_table(analysis: ItemTable, most: int = MOST) -> str:
    """Up to `most` items with the rates of the seed and of the best version, of people, and D."""
    names = (seed_of(analysis), best_of(analysis))
    worst = analysis.worst_first[:most]
    people = ["people"] if any(item.people for item in worst) else []
    versions = [_clipped(name, _VERSION) or "-" for name in names]
    heads = ["item", "advice", *versions, *people, "D"]
    rows = [_cells(item, names, with_people=bool(people)) for item in worst]
    room = WIDTH - _width([heads, *rows])
    flags = [_clipped(", ".join(item.flags), room) for item in worst]
    whole = [[*row, cell] for row, cell in zip(rows, flags, strict=True)]
    return grid([*heads, "flags"], whole) if rows else ""


def _width(rows: Sequence[Sequence[str]]) -> int:
    """Columns that cells take with the gap behind each."""
    return sum(max(map(len, column)) + 2 for column in zip(*rows, strict=True))


def _cells(item: Item, names: tuple[str, str], *, with_people: bool) -> list[str]:
    shares = [*(item.shares.get(name) for name in names), *([item.people] if with_people else [])]
    rates = map(_rate, shares)
    advice = item.advice if item.scored else "-"
    return [_clipped(item.name, _NAME), advice, *rates, points_or_dash(item.discrimination)]


def _rate(share: Share | None) -> str:
    """A rate in whole percent; a dash where nothing was scored."""
    return "-" if share is None or share.rate is None else f"{100 * share.rate:.0f} %"


def points_or_dash(value: Interval | None) -> str:
    """A difference in points without its interval; a dash where there is none."""
    return "-" if value is None else points(value.mean).removesuffix(".0")


def decimal(value: float | None) -> str:
    """A correlation; a dash where there is none."""
    return "-" if value is None else f"{value:+.2f}"


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _title_of_worst(analysis: ItemTable, most: int) -> str:
    shown = min(most, len(analysis.items))
    return f"The worst items ({shown:,} of {len(analysis.items):,})"


def _titled(title: str, body: str) -> str:
    return f"{title}\n{body}" if body else ""


def _bullets(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        first, *rest = _wrapped(line, WIDTH - 2)
        yield f"- {first}"
        yield from (f"  {each}" for each in rest)


def _wrapped(line: str, width: int) -> list[str]:
    return wrap(line, width, break_long_words=False, break_on_hyphens=False)
