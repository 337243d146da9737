"""What a run cost, and what it was made from."""

from dataclasses import dataclass

from usersim_opt.measuring.outcome import summed
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.reading import Reading
from usersim_opt.results.report.wording import option

PROPOSER = "proposer"


@dataclass(frozen=True)
class CostRow:
    """Calls or tokens of one role: in the search, for the smoke split, on what was made again."""

    what: str
    search: int
    smoke: int
    again: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.search + self.smoke + self.again


def cost_rows(reading: Reading) -> list[CostRow]:
    """Calls of each role, then tokens of each role that reported any."""
    record = reading.record
    calls = [_row(reading, "calls", role, total) for role, total in record.calls.items()]
    tokens = [_row(reading, "tokens", role, n) for role, n in record.tokens.items() if n]
    return [*calls, *tokens]


def _row(reading: Reading, unit: str, role: str, total: int) -> CostRow:
    """One role's calls or tokens.

    `total` is of all lines of the log; what is in it and not in the outcomes was paid for replies
    that were made again. Proposals are all of the search.
    """
    what = f"{role}, {unit}"
    if role == PROPOSER:
        return CostRow(what, total, 0, 0)
    outcomes = reading.record.outcomes
    search = summed(getattr(o, unit) for o in outcomes if o.stage != SMOKE).get(role, 0)
    smoke = summed(getattr(o, unit) for o in outcomes if o.stage == SMOKE).get(role, 0)
    return CostRow(what, search, smoke, max(0, total - search - smoke))


def failures(reading: Reading) -> tuple[int, int, int]:
    """Replies, replies that failed for good, and verdicts that the judge did not give."""
    outcomes = reading.record.outcomes
    unscored = sum(outcome.grade.unscored for outcome in outcomes if outcome.grade)
    return len(outcomes), sum(o.status == "error" for o in outcomes), unscored


def options(reading: Reading) -> list[tuple[str, str]]:
    """The options of the run, without models and digests."""
    return [
        (str(key), option(value))
        for key, value in reading.record.inputs.items()
        if not str(key).startswith("model.") and key not in _DIGESTS
    ]


def digests(reading: Reading) -> list[tuple[str, str]]:
    """The fingerprints of prompt and data."""
    return [
        (words, option(reading.record.inputs[key]))
        for key, words in _DIGESTS.items()
        if key in reading.record.inputs
    ]


_DIGESTS = {"prompt": "seed prompt", "train": "training scenarios", "smoke": "smoke split"}
