"""What a prompt's card says of realism terms, where its run had some.

"realism_terms": {"on": "smoke", "margin": 0.05, "terms": {"features": {"seed": 0.71,
  "candidate": 0.74, "gain": 0.03, "low": -0.01, "high": 0.07, "p": 0.004, "required": true}}}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from usersim_opt.basics.figures import points, rounded, share_text
from usersim_opt.results.record import RunRecord
from usersim_opt.results.term_tables import TermRow, term_table

KEY = "realism_terms"


def figures(record: RunRecord, seed: str, finalist: str) -> dict[str, Any]:
    """The entry of a card; nothing where no term was measured of both."""
    shown = term_table(record, seed, finalist)
    if not shown.rows or shown.plan is None:
        return {}
    terms = {row.name: _fields(row) for row in shown.rows}
    return {KEY: {"on": shown.stage, "margin": shown.plan.margin, "terms": terms}}


def _fields(row: TermRow) -> dict[str, Any]:
    gain = row.change.gain
    return {
        "seed": rounded(row.old.mean),
        "candidate": rounded(row.new.mean),
        "gain": rounded(gain.mean),
        "low": rounded(gain.low),
        "high": rounded(gain.high),
        "p": rounded(row.change.p),
        "required": row.required,
    }


def rows(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of the card's table, one for each term."""
    for name, each in (card.get(KEY) or {}).get("terms", {}).items():
        figures = f"seed {share_text(each['seed'])}, candidate {share_text(each['candidate'])}"
        yield f"whole conversations: {name}", f"{figures} ({points(each['gain'])} points)"
