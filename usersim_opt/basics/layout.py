"""The few HTML elements that notebooks are shown: everything from outside is escaped, and colours suit light and dark.

Fragments are one line each: a blank line would end an HTML block where a notebook is rendered as Markdown. Nothing sets the
colour of text or page; tints are half transparent.
"""

from collections.abc import Iterable, Sequence
from html import escape

from usersim_opt.basics.text import visible

GOOD, BAD, OTHER, PIECE = (
    "rgba(0,158,115,.28)",
    "rgba(213,94,0,.28)",
    "rgba(128,128,128,.22)",
    "rgba(86,180,233,.3)",
)
_TINTS = {"pass": GOOD, "fail": BAD, "unscored": OTHER}
_MARKS = {"pass": "\u2713 pass", "fail": "\u2717 fail", "unscored": "? unscored"}


def text(value: object) -> str:
    """Anything as escaped text; line ends become breaks, what cannot be shown a mark."""
    return "<br>".join(escape(line) for line in visible(str(value)).split("\n"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of fragments; the heads are texts."""
    heads = "".join(f'<th style="text-align:left">{text(cell)}</th>' for cell in head)
    body = "".join(
        "<tr>"
        + "".join(f'<td style="text-align:left;vertical-align:top">{cell}</td>' for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def details(summary: str, body: str) -> str:
    """What opens on a click; both are fragments."""
    return f"<details><summary>{summary}</summary>{body}</details>"


def note(value: str) -> str:
    """A remark in italics."""
    return f"<p><em>{text(value)}</em></p>"


def bar(share: float | None) -> str:
    """A share from 0 to 1 as a short bar and in percent; a dash for None."""
    if share is None:
        return "-"
    return tinted(
        f"{100 * share:.1f} %",
        f"linear-gradient(90deg,{PIECE} {100 * share:.0f}%,transparent {100 * share:.0f}%)",
        width="6em",
    )


def tinted(value: str, background: str, *, width: str = "auto") -> str:
    """A text on a tint."""
    return f'<span style="display:inline-block;white-space:nowrap;min-width:{width};padding:0 .4em;border-radius:.2em;background:{background}">{text(value)}</span>'


def outcome_mark(outcome: str) -> str:
    """Pass, fail or unscored by sign, word and tint."""
    return tinted(_MARKS[outcome], _TINTS[outcome])


def turn(role: str, said: str) -> str:
    """One message of a conversation; the customer's stand further in."""
    indent = "2em" if role == "customer" else "0"
    return f'<div style="margin:.2em 0 .2em {indent};padding-left:.5em;border-left:3px solid {OTHER}"><b>{text(role)}:</b> {text(said)}</div>'


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns with a rule under the heads; numbers stand to the right."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    right = [bool(rows) and all(_numeric(row[i]) for row in rows) for i in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(w) if r else cell.ljust(w)
            for cell, w, r in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "  ".join("-" * w for w in widths), *lines[1:]])


def _numeric(cell: str) -> bool:
    return (
        cell in ("", "-")
        or cell.rstrip(" %").lstrip("+-").replace(".", "", 1).replace("/", "", 1).isdigit()
    )


def some(names: Sequence[str], most: int = 3) -> str:
    """The first names of a list, and how many more there are: `a, b, c +2`."""
    more = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(names[:most]) + more
