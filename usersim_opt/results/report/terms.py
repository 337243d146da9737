"""Realism terms on the page: whole conversations of base and finalist; nothing without them."""

from usersim_opt.results.reading import Reading
from usersim_opt.results.term_tables import TermTable, term_table


def terms(reading: Reading) -> TermTable | None:
    """The table of the terms; None where none was measured of base and finalist."""
    if reading.seed is None or reading.finalist is None:
        return None
    shown = term_table(reading.record, reading.seed.id, reading.finalist.id)
    return shown if shown.rows else None
