"""The card of a prompt to be read: NAME.md.

What stands in a card goes into Markdown as text, whatever it holds.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from usersim_opt.basics.figures import points, share_text
from usersim_opt.measuring.outcome import JudgedVerdicts
from usersim_opt.results import card_costs, card_guards, card_judge, card_terms, card_use
from usersim_opt.results.card import NOT_MEASURED, Card

Row = tuple[str, Any]
"""A label and a value of the card's table."""
Bounds = tuple[float | None, float | None]
"""The ends of an interval; None where there is none."""
TITLE = "# Prompt card: "
INTRODUCTION = (
    "The instructions of a language model that plays the customer towards a service agent."
)

_ONE_REPLY = "Whole conversations: a scenario holds one reply of the customer."
ANOTHER_MODEL = (
    "Any other model, temperature or other sampling option than the ones above: "
    "a change asks for measuring again."
)


def markdown(card: Card, name: str, *, use: str) -> str:
    """The card to be read; `name` is the prompt's file, `use` says how to use it."""
    gaps = "\n".join(f"- {line}" for line in _gaps(card))
    parts = [
        TITLE + cell(name),
        *([f"**{card['note']}**"] if card.get("offline") else []),
        INTRODUCTION,
        _table([*_what_it_is(card, name), *_figure_rows(card)]),
        f"## What it is worth\n\n{_worth(card)}",
        *_reservations(card),
        *_before_the_search(card),
        f"## What was not measured\n\n{gaps}",
        f"## How to use it\n\n{use}",
    ]
    return "\n\n".join(parts) + "\n"


def _before_the_search(card: Card) -> Iterator[str]:
    """What was left to gain, what could be proven, and what would prove half of that."""
    lines = card.get("before_the_search") or []
    if lines:
        told = "\n".join(f"- {cell(line)}" for line in lines)
        yield f"## What could be proven\n\n{told}"


def _reservations(card: Card) -> Iterator[str]:
    """What is to be held against the figures, in the record's own words."""
    unread = [f"Not readable in the record: {line}" for line in card.get("not_readable") or []]
    lines = [*(card.get("graders") or []), *unread]
    if lines:
        told = "\n".join(f"- {cell(line)}" for line in lines)
        yield f"## What is to be held against it\n\n{told}"


def _table(rows: list[Row]) -> str:
    return "\n".join(["| what | value |", "|---|---|", *map(_table_row, rows)])


def _table_row(row: Row) -> str:
    label, value = row
    return f"| {cell(label)} | {cell(value)} |"


def cell(value: Any) -> str:
    """A value as text on one line that Markdown and HTML take as text."""
    words = " ".join(str(value).split())
    return re.sub(r"([\\`*\[\]|~#]|(?<!\w)_|_(?!\w))", r"\\\1", escape(words, quote=False))


def _what_it_is(card: Card, name: str) -> list[Row]:
    rows: list[Row] = [("file", name), ("sha256 of the prompt", card["sha256"])]
    if card.get("file_sha256"):
        rows.append(("sha256 of this file", card["file_sha256"]))
    rows.append(("characters", f"{card.get('characters', 0):,}"))
    rows += [(f"{role} model", model) for role, model in card["models"].items()]
    if card.get("num_ctx"):
        rows.append(("num_ctx", card["num_ctx"]))
    return rows


def _figure_rows(card: Card) -> list[Row]:
    rate = card.get("pass_rate_on_smoke")
    if rate is None:
        return card_costs.rows(card)
    low, high = card.get("pass_rate_interval") or (None, None)
    shown = _with_bounds(share_text(rate), (low, high), show=_in_percent)
    rows: list[Row] = [("pass rate on the smoke split", shown)]
    if card.get("replies"):
        extent = f"{card['scenarios']} scenarios of {card['tasks']} tasks"
        rows.append(("measured on", f"{extent}, {card['replies']} replies"))
    if card.get("missing_verdicts"):
        verdicts = JudgedVerdicts(card.get("judged_verdicts", 0), card["missing_verdicts"])
        rows.append(("missing verdicts of the judge", verdicts))
    return [
        *rows,
        *card_guards.rows(card),
        *card_judge.rows(card),
        *card_terms.rows(card),
        *card_use.rows(card),
        *card_costs.rows(card),
    ]


def _worth(card: Card) -> str:
    if not card.get("models"):
        return cell(card.get("note") or NOT_MEASURED)
    if card.get("stopped"):
        return str(card["stopped"])
    compared = card.get("compared_with_seed")
    if not compared:
        return (
            "It is the seed prompt of its run; no other prompt was accepted, "
            "so there is no gain to tell."
        )
    bounds = compared.get("low"), compared.get("high")
    gain = _with_bounds(f"{points(compared['gain'])} points", bounds, show=points)
    extent = f"{compared['scenarios']} scenarios of {compared['tasks']} tasks"
    on = f"on {extent} that the search had never seen"
    # A card by hand may name the seed alone.
    if card["sha256"] != compared.get("seed_sha256"):
        interval = f"in brackets the {card_use.interval_name(card)} interval"
        told = f"Gain over the seed prompt: {gain} {on}; {interval}.{card_use.expected(compared)}"
        return told + _not_shipped(compared)
    return (
        f"It is the seed prompt of its run. The best other prompt gained {gain} {on} "
        f"and was not shipped{cell(card_guards.why_held_back(compared))}."
    )


def _in_percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _not_shipped(compared: Mapping[str, Any]) -> str:
    """That the run did not ship this prompt, and why."""
    why = compared.get("not_shipped")
    return f" **It was not shipped: {cell(why)}.**" if why else ""


def _with_bounds(text: str, bounds: Bounds, *, show: Callable[[float], object]) -> str:
    low, high = bounds
    if low is None or high is None:
        return f"{text} (no interval)"
    return f"{text} [{show(low)}, {show(high)}]"


def _gaps(card: Card) -> list[str]:
    if not card.get("models"):
        return ["Everything: measure it with usersim-opt evaluate."]
    return [
        ANOTHER_MODEL,
        "Other tasks, domains and languages than those of the data set.",
        *([] if card.get(card_terms.KEY) else [_ONE_REPLY]),
        "Whether people find the replies human, and what agents score against this customer.",
        *(["Any real model: the stand-ins are rules."] if card.get("offline") else []),
    ]
