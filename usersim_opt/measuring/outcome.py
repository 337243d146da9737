"""What came of a reply: a verdict for each criterion, the grade of all of them, and the outcome of the job."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from usersim_opt.basics.layout import outcome_mark, table, text
from usersim_opt.basics.text import fold
from usersim_opt.scenarios.records import Record


class Verdict(Record):
    """What was found for one criterion: the outcome, and the evidence (or why there is none)."""

    criterion: str
    outcome: Literal["pass", "fail", "unscored"]
    evidence: str
    source: Literal["check", "judge"]


class Grade(Record):
    """All verdicts of one reply, in the order of the rubric."""

    scenario: str
    verdicts: Annotated[tuple[Verdict, ...], Field(strict=False)]

    @property
    def passed(self) -> int:
        """Number of criteria that passed."""
        return sum(verdict.outcome == "pass" for verdict in self.verdicts)

    @property
    def scored(self) -> int:
        """Number of criteria with a verdict of pass or fail."""
        return sum(verdict.outcome != "unscored" for verdict in self.verdicts)

    @property
    def pass_rate(self) -> float | None:
        """Passed criteria / scored criteria, from 0 to 1; None where nothing was scored."""
        return self.passed / self.scored if self.scored else None

    def _repr_html_(self) -> str:

        return grade_html(self)


class Outcome(Record):
    """What came of one job: one reply of one version to one scenario, with its grade, or why there is none."""

    scenario: str
    version: str
    stage: str
    """Where in the run it was measured, e.g. `003.fresh`; together with `repeat` it fixes the seed."""
    repeat: int
    status: Literal["scored", "unscored", "error"]
    reply: str = ""
    grade: Grade | None = None
    why: str = ""
    """For `unscored` and `error`: the reason, in words."""
    user_calls: int = 0
    judge_calls: int = 0
    tokens: int = 0
    """Read and written, by user model and judge."""

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What makes the job unique within a run."""
        return (self.stage, self.version, self.scenario, self.repeat)

    @property
    def task_id(self) -> str:
        """The id of the task that the scenario belongs to."""
        return self.scenario.partition(".")[0]

    @property
    def pass_rate(self) -> float | None:
        """The grade's pass rate, None unless scored."""
        return self.grade.pass_rate if self.grade else None


def grade_html(grade: Grade) -> str:
    """A row per verdict, with the evidence."""
    rate = "nothing was scored" if grade.pass_rate is None else f"{grade.passed} of {grade.scored} criteria passed"
    rows = [[f"<code>{text(v.criterion)}</code>", outcome_mark(v.outcome), text(v.source), text(v.evidence)] for v in grade.verdicts]
    return f"<p><b>Scenario {text(grade.scenario)}</b>: {rate}</p>{table(['criterion', 'verdict', 'by', 'evidence'], rows)}"


MAX_SAME = 0.5
"""Share of the scenarios that may get one and the same reply."""


MIN_REPLIES, FEW_REPLIES = 4, 8
"""Below the first nothing is said; below the second only if all replies are the same: terse people say "no" twice in five times."""


def collapsed(outcomes: Sequence[Outcome]) -> str:
    """Why the replies do not depend on the conversation any more; empty if they do.

    A prompt that always answers "no, what?" breaks few rules and plays nobody.
    """
    counts = Counter(fold(outcome.reply) for outcome in outcomes if outcome.repeat == 0 and outcome.reply)
    if len(counts) < 1 or counts.total() < MIN_REPLIES:
        return ""
    reply, times = counts.most_common(1)[0]
    most = MAX_SAME * counts.total() if counts.total() >= FEW_REPLIES else counts.total() - 1
    return f"the same reply, {reply[:40]!r}, was given to {times} of {counts.total()} scenarios" if times > most else ""
