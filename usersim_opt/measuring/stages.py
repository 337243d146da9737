"""The stages of a run by name: `003.look` is of round 3, `smoke` is the held-out split."""

SMOKE = "smoke"
"""The stage of the held-out split, and the name of that split."""
_LAST = ("regression", "close")
"""The steps of a round after which no other gate can say no."""
_MOST_DIGITS = 9
"""A journal written by hand may name a stage of any length; `int` balks at thousands of digits."""


def round_of(stage: str) -> int | None:
    """The round of a stage, such as 3 for `003.look`; None for `smoke` and the like."""
    number = stage.partition(".")[0]
    return int(number) if _is_number(number) else None


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= _MOST_DIGITS


def ends_round(stage: str) -> bool:
    """Whether the ruling of a stage is the last one of its round."""
    return stage.rpartition(".")[2] in _LAST
