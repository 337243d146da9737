"""How tallies and replies look in a notebook; each function gives one line of HTML."""

from collections.abc import Mapping, Sequence

from usersim_opt.basics.figures import OFFLINE_LABEL, points
from usersim_opt.basics.layout import (
    BAD,
    GOOD,
    bar,
    details,
    note,
    outcome_mark,
    some,
    table,
    text,
    tinted,
    turn,
)
from usersim_opt.measuring.by_dimension import Tallies, Tally
from usersim_opt.measuring.outcome import Outcome, Outcomes, Rate, Verdict, by_scenario
from usersim_opt.scenarios.records import Scenario, Scenarios

MOST_SCENARIOS = 30
MOST_REPLIES = 2


def offline_html(head: str, *, offline: bool) -> str:
    """The head of a view, and the label of stand-ins where they took part."""
    return f"<p><b>{text(head)}</b></p>{note(OFFLINE_LABEL) if offline else ''}"


def note_html(words: str) -> str:
    """A remark below a table; nothing where there is none."""
    return note(words) if words else ""


def tallies_html(tallies: Tallies) -> str:
    """A row per dimension of one prompt."""
    rows = [_tally_row(name, tally) for name, tally in tallies.items()]
    return table(["dimension", "pass rate", "criteria", "fails in"], rows)


def _tally_row(name: str, tally: Tally) -> list[str]:
    return [text(name), bar(tally.pass_rate), tally.fraction, text(some(tally.failing))]


def sides_table_html(rows: Sequence[tuple[str, Rate, Rate, str]], *, heads: tuple[str, str]) -> str:
    """A row per dimension of two prompts: both pass rates, the change, what fails; last, all."""
    cells = [_sides_cells(*row) for row in rows]
    cells[-1][0] = f"<b>{cells[-1][0]}</b>"
    return table(["dimension", heads[0], heads[1], "points", f"{heads[1]} fails in"], cells)


def _sides_cells(name: str, old: Rate, new: Rate, failing: str) -> list[str]:
    return [text(name), bar(old), bar(new), _change(old, new), text(failing)]


def failures_html(outcomes: Outcomes, scenarios: Scenarios) -> str:
    """Each failing scenario, to be opened: the agent's turn, replies, what they broke.

    A reply that breaks a guard is one that fails.
    """
    failing = by_scenario(outcome for outcome in outcomes if outcome.fails or outcome.broken)
    if not failing:
        return ""
    names = sorted(failing)
    # A page of hundreds of scenarios is slow to draw and nobody opens them all.
    parts = [_failing_scenario(scenarios[name], failing[name]) for name in names[:MOST_SCENARIOS]]
    body = "".join(parts) + _rest(len(names) - MOST_SCENARIOS, "scenarios")
    return details(f"{len(names)} scenarios with a failing reply", body)


def _failing_scenario(scenario: Scenario, outcomes: Outcomes) -> str:
    return details(f"{text(scenario.id)}: {len(outcomes)} failing", _replies(scenario, outcomes))


def _replies(scenario: Scenario, outcomes: Outcomes) -> str:
    """The agent's last turn and the first replies to it, each with its verdicts."""
    criteria = {criterion.id: criterion.text for criterion in scenario.criteria}
    last = scenario.history[-1]
    parts = [turn(last.role, last.text)]
    for outcome in outcomes[:MOST_REPLIES]:
        parts += [turn("customer", outcome.reply), _verdicts(outcome, criteria)]
    return "".join(parts) + _rest(len(outcomes) - MOST_REPLIES, "replies")


def _verdicts(outcome: Outcome, criteria: Mapping[str, str]) -> str:
    rows = [_verdict_cells(verdict, criteria) for verdict in outcome.verdicts]
    rows += [_verdict_cells(verdict, criteria, of="guard: ") for verdict in outcome.guards]
    return table(["verdict", "criterion", "evidence"], rows)


def _verdict_cells(verdict: Verdict, criteria: Mapping[str, str], *, of: str = "") -> list[str]:
    rule = criteria.get(verdict.criterion, verdict.criterion)
    return [outcome_mark(verdict.outcome), text(of + rule), text(verdict.evidence)]


def _rest(number: int, what: str) -> str:
    return note(f"and {number} more {what}") if number > 0 else ""


def _change(old: Rate, new: Rate) -> str:
    """The difference in points on a tint that says whether it is good."""
    if old is None or new is None:
        return ""
    return tinted(points(new - old), _tint(new - old))


def _tint(change: float) -> str:
    if change == 0:
        return "none"
    return GOOD if change > 0 else BAD
