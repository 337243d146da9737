"""What a run cost, and what it was made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.figures import summed
from usersim_opt.measuring.judge_cost import JudgeCost
from usersim_opt.measuring.outcome import JudgedVerdicts, Outcome
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.prices import Price, dollars
from usersim_opt.results.reading import Reading
from usersim_opt.results.realism_terms import Look, Measured
from usersim_opt.results.record import RunRecord
from usersim_opt.results.report.wording import option

PROPOSER = "proposer"
ALL_ROLES = "all roles"
CALLS, TOKENS = "calls", "tokens, read and written"
WRITTEN = "of these tokens, written"
_Numbers = Mapping[str, int]
"""Calls or tokens by role."""
_Paid = Outcome | Measured | Look
"""What calls were made for: a reply, the conversations of a prompt, a look at one of them."""
_DIGESTS = {"prompt": "seed prompt", "train": "training scenarios", "smoke": "smoke split"}
"""What the fingerprints in the inputs of a run are of."""


@dataclass(frozen=True)
class CostRow:
    """Calls or tokens of one role: in the search, for the smoke split, for replies made again."""

    role: str
    search: int
    smoke: int
    again: int

    @property
    def parts(self) -> tuple[int, int, int]:
        """The three, in the order of the columns."""
        return self.search, self.smoke, self.again

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.parts)


@dataclass(frozen=True)
class CostTable:
    """What was spent of one unit, by role in the order of the record."""

    unit: str
    roles: Sequence[CostRow]

    @property
    def rows(self) -> list[CostRow]:
        """The roles, and under them their sum where there is more than one."""
        return [*self.roles, self._sum] if len(self.roles) > 1 else list(self.roles)

    @property
    def _sum(self) -> CostRow:
        parts = [row.parts for row in self.roles]
        return CostRow(ALL_ROLES, *map(sum, zip(*parts, strict=True)))


def cost_tables(reading: Reading) -> list[CostTable]:
    """Calls, then tokens and those written of them; no table of what the log has none of."""
    record = reading.record
    calls = _table(record, CALLS, record.calls, lambda paid: paid.calls)
    tokens = _table(record, TOKENS, record.tokens, lambda paid: paid.tokens)
    written = _table(record, WRITTEN, record.written, lambda paid: paid.written or {})
    return [table for table in (calls, tokens, written) if table.roles]


def money_rows(reading: Reading) -> list[tuple[str, str, str]]:
    """Role, price and dollars of each role that used tokens; a dash where they are not known."""
    record, spent = reading.record, reading.record.money
    return [
        (role, _price(record.prices.get(role)), _dollars(spent.by_role.get(role)))
        for role, number in record.tokens.items()
        if number
    ]


def _price(price: Price | None) -> str:
    if price is None:
        return "not known"
    return f"{price.read:g} read, {price.written:g} written ({price.source})"


def _dollars(amount: float | None) -> str:
    return "\u2013" if amount is None else dollars(amount)


def _table(
    record: RunRecord, unit: str, totals: _Numbers, of: Callable[[_Paid], _Numbers]
) -> CostTable:
    """The costs in one unit; `of` gives what one reply cost, or the conversations of a prompt."""
    paid = [*record.outcomes, *(record.terms.paid if record.terms else ())]
    search = summed(of(each) for each in paid if each.stage != SMOKE)
    smoke = summed(of(each) for each in paid if each.stage == SMOKE)
    return CostTable(unit, _roles(totals, search, smoke))


def _roles(totals: _Numbers, search: _Numbers, smoke: _Numbers) -> list[CostRow]:
    """The roles that spent any."""
    return [
        _row(role, total, search.get(role, 0), smoke.get(role, 0))
        for role, total in totals.items()
        if total
    ]


def _row(role: str, total: int, search: int, smoke: int) -> CostRow:
    """One role's share of a total over all lines of the log.

    What is in the total and not in the outcomes was paid for replies that were made again. Outcomes
    hold no proposals; those are all of the search.
    """
    if role == PROPOSER:
        return CostRow(role, total, 0, 0)
    return CostRow(role, search, smoke, max(0, total - search - smoke))


@dataclass(frozen=True)
class Failures:
    """How much of a run has no score."""

    replies: int
    """All of them."""
    errors: int
    """Replies that failed for good."""
    unscored: int
    """Criteria that nobody decided."""
    judged: JudgedVerdicts
    """The verdicts that a judge had to give, and the missing ones among them."""
    judge_cost: JudgeCost
    """The judge's calls for each verdict that it gave."""


def failures(reading: Reading) -> Failures:
    """The failures of the whole run, the smoke split included."""
    outcomes = reading.record.outcomes
    errors = sum(outcome.status == "error" for outcome in outcomes)
    unscored = sum(outcome.grade.unscored for outcome in outcomes if outcome.grade)
    return Failures(
        len(outcomes), errors, unscored, JudgedVerdicts.of(outcomes), JudgeCost.of(outcomes)
    )


def options(reading: Reading) -> list[tuple[str, str]]:
    """The options of the run, without models and digests."""
    inputs = reading.record.inputs
    return [(key, option(value)) for key, value in inputs.items() if _is_option(key)]


def _is_option(key: str) -> bool:
    return not key.startswith("model.") and key not in _DIGESTS


def digests(reading: Reading) -> list[tuple[str, str]]:
    """The fingerprints of prompt and data."""
    inputs = reading.record.inputs
    return [(words, option(inputs[key])) for key, words in _DIGESTS.items() if key in inputs]
