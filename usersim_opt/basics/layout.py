"""How things are laid out: the few HTML elements for notebooks, and columns for a terminal.

Text from outside is escaped. Each fragment is one line: a blank line would end an HTML block where
a notebook is rendered as Markdown. Nothing sets the colour of text or page, and tints are half
transparent, so both light and dark themes stay readable.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from usersim_opt.basics.text import visible

GOOD, BAD, OTHER, PIECE = (
    "rgba(0,158,115,.28)",
    "rgba(213,94,0,.28)",
    "rgba(128,128,128,.22)",
    "rgba(86,180,233,.3)",
)
_CELL = "text-align:left;vertical-align:top"
_TINTS = {"pass": GOOD, "fail": BAD, "unscored": OTHER}
_MARKS = {"pass": "\u2713 pass", "fail": "\u2717 fail", "unscored": "? unscored"}


Cells = Sequence[str]
"""The cells of a row, or of a column."""


def text(value: object) -> str:
    """Anything as escaped text; line ends become breaks, characters that cannot be shown a mark."""
    return "<br>".join(escape(line) for line in visible(str(value)).split("\n"))


def table(head: Cells, rows: Iterable[Cells]) -> str:
    """A table of fragments; the heads are texts."""
    body = "".join(map(_row, rows))
    return f"<table><thead>{_head(head)}</thead><tbody>{body}</tbody></table>"


def _head(names: Cells) -> str:
    cells = "".join(f'<th style="text-align:left">{text(name)}</th>' for name in names)
    return f"<tr>{cells}</tr>"


def _row(cells: Cells) -> str:
    return "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells) + "</tr>"


def details(summary: str, body: str) -> str:
    """A body that opens on a click on its summary; both are fragments."""
    return f"<details><summary>{summary}</summary>{body}</details>"


def note(value: str) -> str:
    """A remark in italics."""
    return f"<p><em>{text(value)}</em></p>"


def bar(share: float | None) -> str:
    """A share from 0 to 1 as a short bar and in percent; a dash for None."""
    if share is None:
        return "-"
    percent = 100 * share
    fill = f"linear-gradient(90deg,{PIECE} {percent:.0f}%,transparent {percent:.0f}%)"
    return tinted(f"{percent:.1f} %", fill, width="6em")


def tinted(value: str, background: str, *, width: str = "auto") -> str:
    """A text on a tint."""
    style = (
        f"display:inline-block;white-space:nowrap;min-width:{width};padding:0 .4em;"
        f"border-radius:.2em;background:{background}"
    )
    return f'<span style="{style}">{text(value)}</span>'


def outcome_mark(outcome: str) -> str:
    """Pass, fail or unscored by sign, word and tint."""
    return tinted(_MARKS[outcome], _TINTS[outcome])


def turn(role: str, message: str) -> str:
    """One message of a conversation; the customer's stand further in."""
    indent = "2em" if role == "customer" else "0"
    style = f"margin:.2em 0 .2em {indent};padding-left:.5em;border-left:3px solid {OTHER}"
    return f'<div style="{style}"><b>{text(role)}:</b> {text(message)}</div>'


def grid(head: Cells, rows: Sequence[Cells]) -> str:
    """Columns with a rule under the heads; numbers stand to the right."""
    columns = [_Column.of([row[i] for row in rows], name) for i, name in enumerate(head)]
    rule = "  ".join("-" * column.width for column in columns)
    return "\n".join([_line(head, columns), rule, *(_line(row, columns) for row in rows)])


@dataclass(frozen=True)
class _Column:
    width: int
    is_numeric: bool

    @classmethod
    def of(cls, cells: Cells, head: str) -> "_Column":
        width = max(map(len, (head, *cells)))
        return cls(width, is_numeric=bool(cells) and all(map(_numeric, cells)))

    def pad(self, cell: str) -> str:
        return cell.rjust(self.width) if self.is_numeric else cell.ljust(self.width)


def _line(cells: Cells, columns: Sequence[_Column]) -> str:
    padded = [column.pad(cell) for column, cell in zip(columns, cells, strict=True)]
    return "  ".join(padded).rstrip()


def _numeric(cell: str) -> bool:
    if cell in ("", "-"):
        return True
    digits = cell.rstrip(" %").lstrip("+-")
    # One point and one slash: 12.5 and 3/4 are numbers, dates and versions are not.
    return digits.replace(".", "", 1).replace("/", "", 1).isdigit()


def some(names: Sequence[str], most: int = 3) -> str:
    """The first names of a list, and how many more there are: `a, b, c +2`."""
    more = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(names[:most]) + more
