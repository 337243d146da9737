"""The stages of a run by name: `003.look` is of round 3, `smoke` is the held-out split."""

SMOKE = "smoke"


def round_of(stage: str) -> int | None:
    """The round of a stage, such as 3 for `003.look`; None for `smoke` and the like."""
    number = stage.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
