"""An item analysis as HTML: for a notebook, and as a page of its own.

Not covered: sorting and filtering; `to_pandas` and the CSV file are for that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from usersim_opt.basics.figures import OFFLINE_LABEL, Interval
from usersim_opt.basics.layout import (
    BAD,
    GOOD,
    OTHER,
    PIECE,
    bar,
    details,
    note,
    table,
    text,
    tinted,
)
from usersim_opt.measuring.items.records import Item, ItemTable, Reply, Share
from usersim_opt.measuring.items.table import (
    HEADROOM_HEADS,
    answered_by,
    best_of,
    counted,
    decimal,
    headroom_cells,
    points_or_dash,
    seed_of,
    size,
    whole_rows,
)

MOST = 30
"""Items that are shown, the worst first."""
_REPLIES, _LENGTH = 3, 300
"""Replies of a side, and characters of each, under an item."""
_TINTS = {"keep": GOOD, "guard": PIECE, "rewrite": OTHER, "drop": BAD}
_STYLE = (
    "body{margin:2rem auto;max-width:80rem;padding:0 1rem;font:15px/1.5 system-ui,sans-serif}"
    "table{border-collapse:collapse;margin:.5rem 0}"
    "td,th{padding:.25rem .6rem;border-bottom:1px solid rgba(128,128,128,.3)}"
    "summary{cursor:pointer}"
)


def as_html(analysis: ItemTable, most: int = MOST) -> str:
    """One line of HTML: the summary, what is left to gain, up to `most` items to be opened."""
    parts = [
        _head(analysis),
        note(OFFLINE_LABEL) if analysis.offline else "",
        _headroom(analysis),
        _notes(analysis.notes),
        *_items(analysis, most),
    ]
    return "".join(parts)


def page(analysis: ItemTable, most: int) -> str:
    """The same as an HTML file that loads and runs nothing."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Item analysis</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Item analysis</h1>\n{as_html(analysis, most)}\n</body>\n</html>\n"
    )


def _head(analysis: ItemTable) -> str:
    rows = [
        ["answered by", text(answered_by(analysis) or "nobody")],
        ["advice", text(counted(analysis.by_advice) or "none")],
        ["flags", text(counted(analysis.by_flag) or "none")],
    ]
    start = f"<p>{text(analysis.start_why)}</p>" if analysis.start_why else ""
    return f"<p><b>{text(size(analysis))}</b></p>{start}{table(['', ''], rows)}"


def _headroom(analysis: ItemTable) -> str:
    if not analysis.headroom:
        return ""
    whole = whole_rows(analysis.headroom)
    rows = [[text(cell) for cell in headroom_cells(each)] for each in whole]
    return details("What is left to gain, in points", table(HEADROOM_HEADS, rows))


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    lines = "".join(f"<li>{text(each)}</li>" for each in notes)
    return details("Empty or left out", f"<ul>{lines}</ul>")


# -- items -----------------------------------------------------------------------------------------


def _items(analysis: ItemTable, most: int) -> Iterator[str]:
    """The worst items, each with a line and its figures and replies below."""
    names = (seed_of(analysis), best_of(analysis))
    worst = analysis.worst_first
    yield f"<p><b>The worst items</b> ({min(most, len(worst)):,} of {len(worst):,})</p>"
    for item in worst[:most]:
        yield details(_summary(item), _body(item, names))


def _summary(item: Item) -> str:
    name = f"{text(item.scenario)} <code>{text(item.criterion)}</code>"
    flags = f" ({text(', '.join(item.flags))})" if item.flags else ""
    return f"{tinted(item.advice, _TINTS[item.advice])} {name}{flags}"


def _body(item: Item, names: tuple[str, str]) -> str:
    return "".join([_sentence(item), _figures(item, names), *_side_by_side(item)])


def _sentence(item: Item) -> str:
    """The criterion, and the reason of the advice."""
    who = f"{text(item.dimension)}, decided by {text(item.decided_by)}"
    role = ", a guard" if item.role == "guard" else ""
    return f"<p>{text(item.text)}<br><small>{who}{role}</small></p><p>{text(item.why)}</p>"


def _figures(item: Item, names: tuple[str, str]) -> str:
    shares = {name: item.shares[name] for name in names if name in item.shares}
    if item.people is not None:
        shares["people"] = item.people
    rows = [[text(name), _share(share)] for name, share in shares.items()]
    rows += [[text(name), text(value)] for name, value in _other_figures(item)]
    return table(["", ""], rows) if rows else ""


def _share(share: Share) -> str:
    counted = f"{share.fraction}" if share.scored else ""
    bounds = _bounds(share.low, share.high)
    return f"{bar(share.rate)} {text(counted)} {text(bounds)}"


def _bounds(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f"(90 %: {100 * low:.0f} to {100 * high:.0f} %)"


def _other_figures(item: Item) -> Iterator[tuple[str, str]]:
    """Every other figure that the item has, with its name."""
    if item.discrimination is not None:
        yield f"D, points over the seed ({item.against})", _difference(item.discrimination)
    correlations = {"correlation with the rest": item.rest, "with the preference": item.preference}
    for name, value in correlations.items():
        if value is not None:
            yield name, decimal(value)
    if item.flips is not None:
        yield "judged the same twice", item.flips.fraction
    if item.information is not None:
        yield "information", f"{item.information:.3f} bits"
    yield from _relations(item)


def _difference(value: Interval) -> str:
    return points_or_dash(value) if value.bounds is None else str(value)


def _relations(item: Item) -> Iterator[tuple[str, str]]:
    related: Mapping[str, Iterable[str]] = {
        "implied by": item.implied_by,
        "implies": item.implies,
        "says the same as": item.twins,
        "seen to fail it": item.failed_by,
    }
    for name, others in related.items():
        if others:
            yield name, ", ".join(others)


def _side_by_side(item: Item) -> Iterator[str]:
    """Replies that passed beside those that a criterion has to let pass."""
    if not item.passing and not item.wanted:
        return
    pairs = zip_longest(item.passing[:_REPLIES], item.wanted[:_REPLIES])
    rows = [[_reply(left), _reply(right)] for left, right in pairs]
    yield table(["replies that pass", "replies of people, or natural examples"], rows)


def _reply(reply: Reply | None) -> str:
    if reply is None:
        return ""
    said = reply.text if len(reply.text) <= _LENGTH else f"{reply.text[:_LENGTH]} …"
    return f"<small>{text(reply.respondent)}:</small> {text(said)}"
