"""Plain tables for terminals and HTML ones for notebooks; everything in them is text and is escaped."""

from collections.abc import Sequence
from html import escape


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns with a rule under the heads; numbers stand to the right."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    right = [bool(rows) and all(_numeric(row[i]) for row in rows) for i in range(len(head))]
    lines = ["  ".join(cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=True)).rstrip() for row in cells]
    return "\n".join([lines[0], "  ".join("-" * w for w in widths), *lines[1:]])


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same as an HTML table."""
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _numeric(cell: str) -> bool:
    return cell in ("", "-") or cell.rstrip(" %").lstrip("+-").replace(".", "", 1).replace("/", "", 1).isdigit()
