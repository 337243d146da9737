"""What a run cost, and what it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.report.reading import Reading
from usersim_opt.results.report.wording import option


@dataclass(frozen=True)
class CostRow:
    """Calls of one role, or tokens: in the search, for the smoke split, on what was lost and made again, together."""

    what: str
    search: int
    smoke: int
    again: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.search + self.smoke + self.again


def cost_rows(reading: Reading) -> list[CostRow]:
    """Calls of user, judge and proposer, then tokens of user and judge."""
    record = reading.record
    smoke = [outcome for outcome in record.outcomes if outcome.stage == SMOKE]
    search = [outcome for outcome in record.outcomes if outcome.stage != SMOKE]
    fields = {"user": ("user_calls", record.calls["user"]), "judge": ("judge_calls", record.calls["judge"]), "tokens": ("tokens", record.tokens)}
    rows = {what: _row(what, name, total, search=search, smoke=smoke) for what, (name, total) in fields.items()}
    return [rows["user"], rows["judge"], CostRow("proposer", record.calls["proposer"], 0, 0), rows["tokens"]]


def failures(reading: Reading) -> tuple[int, int, int]:
    """Replies, replies that failed for good, and verdicts that the judge did not give."""
    outcomes = reading.record.outcomes
    unscored = sum(v.outcome == "unscored" for o in outcomes if o.grade for v in o.grade.verdicts)
    return len(outcomes), sum(o.status == "error" for o in outcomes), unscored


def options(reading: Reading) -> list[tuple[str, str]]:
    """The options of the run, without models and digests."""
    return [(str(key), option(value)) for key, value in reading.record.inputs.items() if not str(key).startswith("model.") and key not in _DIGESTS]


def digests(reading: Reading) -> list[tuple[str, str]]:
    """The fingerprints of prompt and data."""
    return [(words, option(reading.record.inputs[key])) for key, words in _DIGESTS.items() if key in reading.record.inputs]


_DIGESTS = {"prompt": "seed prompt", "train": "training scenarios", "smoke": "smoke split"}


def _row(what: str, name: str, total: int, *, search: Sequence[Outcome], smoke: Sequence[Outcome]) -> CostRow:
    """`total` is of all lines of the log; what is in it and not in the outcomes was paid for replies that were made again."""
    in_search, in_smoke = (sum(getattr(outcome, name) for outcome in outcomes) for outcomes in (search, smoke))
    return CostRow(what, in_search, in_smoke, max(0, total - in_search - in_smoke))
