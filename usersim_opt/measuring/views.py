"""How evaluations and comparisons look in a notebook; each function gives one line of HTML."""

from collections import defaultdict
from typing import TYPE_CHECKING

from usersim_opt.basics.figures import OFFLINE_LABEL, points
from usersim_opt.basics.layout import BAD, GOOD, bar, details, note, outcome_mark, table, text, tinted, turn
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.scenarios.kinds import DIMENSIONS
from usersim_opt.scenarios.records import Scenario

if TYPE_CHECKING:
    from usersim_opt.measuring.comparison import Comparison
    from usersim_opt.measuring.evaluation import Evaluation, Tally

MOST_SCENARIOS = 30


MOST_REPLIES = 2


_IDS = 4


def evaluation_html(found: "Evaluation") -> str:
    """The head, a row per dimension, and the failing scenarios to open."""
    rows = [[text(name), bar(tally.pass_rate), f"{tally.passed}/{tally.scored}", _ids(tally)] for name, tally in found.by_dimension.items()]
    head = f"<p><b>{text(found.head)}</b></p>{note(OFFLINE_LABEL) if found.offline else ''}"
    return f"{head}{table(['dimension', 'pass rate', 'criteria', 'fails in'], rows)}{_failures(found)}"


def comparison_html(found: "Comparison") -> str:
    """The gain in words, a row per dimension, and what still fails."""
    offline = note(OFFLINE_LABEL) if found.old.offline or found.new.offline else ""
    return f"<p><b>{text(found.sentence)}</b></p>{offline}{sides_html(found.old, found.new, heads=('old', 'new'))}{_failures(found.new)}"


def sides_html(old: "Evaluation", new: "Evaluation", *, heads: tuple[str, str]) -> str:
    """Both pass rates by dimension, and the change."""
    before, after = old.by_dimension, new.by_dimension
    rows = []
    for name in DIMENSIONS:
        if name in before or name in after:
            a, b = (side[name].pass_rate if name in side else None for side in (before, after))
            rows.append([text(name), bar(a), bar(b), _change(a, b), _ids(after[name]) if name in after else ""])
    means = [side.pass_rate.mean if side.pass_rate else None for side in (old, new)]
    rows.append(["<b>all</b>", bar(means[0]), bar(means[1]), _change(means[0], means[1]), f"{len(new.failing)} of {len(new.records)} scenarios"])
    return table(["dimension", heads[0], heads[1], "points", f"{heads[1]} fails in"], rows)


def _failures(found: "Evaluation") -> str:
    """Each scenario with a failed criterion, to open: the agent's turn, the replies, what they broke."""
    failed: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found.outcomes:
        if outcome.grade and outcome.grade.passed < outcome.grade.scored:
            failed[outcome.scenario].append(outcome)
    shown = [details(f"{text(name)}: {len(failed[name])} failing", _replies(found.records[name], failed[name])) for name in sorted(failed)]
    more = note(f"and {len(shown) - MOST_SCENARIOS} more scenarios") if len(shown) > MOST_SCENARIOS else ""
    return details(f"{len(shown)} scenarios with a failing reply", "".join(shown[:MOST_SCENARIOS]) + more) if shown else ""


def _replies(record: Scenario, outcomes: list[Outcome]) -> str:
    criteria = {criterion.id: criterion.text for criterion in record.criteria}
    parts = [turn(record.history[-1].role, record.history[-1].text)]
    for outcome in outcomes[:MOST_REPLIES]:
        parts.append(turn("customer", outcome.reply))
        verdicts = outcome.grade.verdicts if outcome.grade else ()
        parts.append(
            table(
                ["verdict", "criterion", "evidence"],
                [[outcome_mark(v.outcome), text(criteria.get(v.criterion, v.criterion)), text(v.evidence)] for v in verdicts],
            )
        )
    return "".join(parts) + (note(f"and {len(outcomes) - MOST_REPLIES} more replies") if len(outcomes) > MOST_REPLIES else "")


def _ids(tally: "Tally") -> str:
    more = f" +{len(tally.failing) - _IDS}" if len(tally.failing) > _IDS else ""
    return text(", ".join(tally.failing[:_IDS]) + more)


def _change(old: float | None, new: float | None) -> str:
    if old is None or new is None:
        return ""
    return tinted(points(new - old), GOOD if new > old else BAD if new < old else "none")
