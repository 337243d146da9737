"""What came of a reply: a verdict per criterion, the grade of all of them, the outcome of the job.

verdict   pass, fail or unscored for one criterion of one reply
grade     all verdicts of one reply: those that score, and apart from them those on guards
outcome   what came of one job: scored, unscored or error; only `scored` has a pass rate
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from usersim_opt.basics.figures import ByRole, share_text
from usersim_opt.basics.layout import outcome_mark, table, text
from usersim_opt.basics.showing import visibly
from usersim_opt.scenarios.records import Record

Rate = float | None
"""A pass rate, from 0 to 1; None where nothing was scored."""


class Verdict(Record):
    """The ruling on one criterion: its outcome, and the evidence (or why there is none)."""

    criterion: str
    outcome: Literal["pass", "fail", "unscored"]
    evidence: str
    source: Literal["check", "judge", "person", "nobody"]
    """Who had to decide; `nobody` where none was given, or where the one that was given abstains
    on purpose."""

    @property
    def passed(self) -> bool:
        """Whether the reply satisfies the criterion."""
        return self.outcome == "pass"

    @property
    def failed(self) -> bool:
        """Whether the reply breaks the criterion; one that is unscored does neither."""
        return self.outcome == "fail"

    @property
    def scored(self) -> bool:
        """Whether anybody decided: pass or fail."""
        return self.outcome != "unscored"

    @property
    def judged(self) -> bool:
        """Whether a judge had to decide."""
        return self.source == "judge"

    @property
    def missing(self) -> bool:
        """Whether a judge had to decide and gave nothing that could be read as a verdict."""
        return self.judged and not self.scored


def missing_verdict(criterion: str, why: str) -> Verdict:
    """The verdict that a judge had to give and did not, with the reason."""
    return Verdict(criterion=criterion, outcome="unscored", evidence=why, source="judge")


def undecided_verdict(criterion: str, why: str) -> Verdict:
    """The verdict for a criterion that nobody had to decide, with the reason."""
    return Verdict(criterion=criterion, outcome="unscored", evidence=why, source="nobody")


class Grade(Record):
    """All verdicts of one reply, both in the order of the rubric."""

    _unwritten_defaults = frozenset({"guards"})

    scenario: str
    verdicts: Annotated[tuple[Verdict, ...], Field(strict=False)]
    """On the criteria that score."""
    guards: Annotated[tuple[Verdict, ...], Field(strict=False)] = ()
    """On the guards, which are no part of the pass rate: every one of the rubric, and of the
    universal ones those that the reply breaks."""

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """The verdicts on the guards that the reply breaks."""
        return tuple(verdict for verdict in self.guards if verdict.failed)

    @property
    def passed(self) -> int:
        """Number of criteria that passed."""
        return sum(verdict.passed for verdict in self.verdicts)

    @property
    def scored(self) -> int:
        """Number of criteria with a verdict of pass or fail."""
        return sum(verdict.scored for verdict in self.verdicts)

    @property
    def unscored(self) -> int:
        """Number of criteria without a verdict."""
        return len(self.verdicts) - self.scored

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The verdicts of fail."""
        return tuple(verdict for verdict in self.verdicts if verdict.failed)

    @property
    def pass_rate(self) -> Rate:
        """Passed criteria / scored criteria."""
        return self.passed / self.scored if self.scored else None

    def _repr_html_(self) -> str:
        return grade_html(self)


ROLES = ("user", "judge", "proposer")
"""The roles of a run, in the order in which costs are shown."""


class Outcome(Record):
    """What came of one job: a reply of one version to one scenario, and its grade or why not."""

    _unwritten_defaults = frozenset({"written"})

    scenario: str
    version: str
    stage: str
    """Where in the run it was measured, e.g. `003.look`; with `repeat` it fixes the seed."""
    repeat: int
    status: Literal["scored", "unscored", "error"]
    reply: str = ""
    grade: Grade | None = None
    why: str = ""
    """For `unscored` and `error`: the reason, in words."""
    calls: ByRole = Field(default_factory=dict)
    """Calls that it cost, by role; the judge's are what the metric says that grading costs, and
    the repeats of calls whose answer could not be read."""
    tokens: ByRole = Field(default_factory=dict)
    """Tokens that were read and written, by role."""
    written: ByRole | None = None
    """Of the tokens those that were written, by role; None in records that do not tell them."""
    unnamed: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Models that took part in the grading and that the metric does not name."""

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What makes the job unique within a run."""
        return (self.stage, self.version, self.scenario, self.repeat)

    @property
    def task_id(self) -> str:
        """The id of the task that the scenario belongs to."""
        return self.scenario.partition(".")[0]

    @property
    def pass_rate(self) -> Rate:
        """The grade's pass rate, None unless scored."""
        return self.grade.pass_rate if self.grade else None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts of the grade; none without a grade."""
        return self.grade.verdicts if self.grade else ()

    @property
    def scored_verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts of pass or fail."""
        return tuple(verdict for verdict in self.verdicts if verdict.scored)

    @property
    def guards(self) -> tuple[Verdict, ...]:
        """The grade's verdicts on guards; none without a grade."""
        return self.grade.guards if self.grade else ()

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """The verdicts on the guards that the reply breaks."""
        return self.grade.broken if self.grade else ()

    @property
    def missing(self) -> tuple[Verdict, ...]:
        """The verdicts that a judge had to give and did not, those on guards included."""
        return tuple(verdict for verdict in (*self.verdicts, *self.guards) if verdict.missing)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The verdicts of fail."""
        return self.grade.failed if self.grade else ()

    @property
    def passed(self) -> int:
        """Number of criteria that passed."""
        return self.grade.passed if self.grade else 0

    @property
    def scored(self) -> int:
        """Number of criteria with a verdict of pass or fail."""
        return self.grade.scored if self.grade else 0

    @property
    def fails(self) -> bool:
        """Whether the reply failed at least one criterion."""
        return bool(self.failed)


Outcomes = Sequence[Outcome]


@dataclass(frozen=True)
class JudgedVerdicts:
    """How many verdicts a judge had to give, and how many of them it did not."""

    judged: int
    missing: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "JudgedVerdicts":
        """Of the replies that were graded."""
        graded = [(*outcome.verdicts, *outcome.guards) for outcome in outcomes]
        verdicts = [verdict for each in graded for verdict in each if verdict.judged]
        return cls(len(verdicts), sum(verdict.missing for verdict in verdicts))

    @property
    def share(self) -> float:
        """Missing / judged, from 0 to 1."""
        return self.missing / self.judged if self.judged else 0.0

    @visibly
    def __str__(self) -> str:
        """`3 of 80 (3.8 %)`."""
        return f"{self.missing:,} of {self.judged:,} ({share_text(self.share)})"

    @property
    def warning(self) -> str:
        """What has to stand beside a pass rate; empty where no verdict is missing."""
        return f"{self} of the judge's verdicts are missing" if self.missing else ""


def by_scenario(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each scenario, by its id."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.scenario].append(outcome)
    return groups


def grade_html(grade: Grade) -> str:
    """A row per verdict, with the evidence; those on guards come last."""
    counted = f"{grade.passed} of {grade.scored} criteria passed"
    rate = counted if grade.scored else "nothing was scored"
    rows = [_verdict_cells(verdict) for verdict in grade.verdicts]
    rows += [_verdict_cells(verdict, of="guard ") for verdict in grade.guards]
    body = table(["criterion", "verdict", "by", "evidence"], rows)
    return f"<p><b>Scenario {text(grade.scenario)}</b>: {rate}</p>{body}"


def _verdict_cells(verdict: Verdict, *, of: str = "") -> list[str]:
    name = f"{of}<code>{text(verdict.criterion)}</code>"
    return [name, outcome_mark(verdict.outcome), text(verdict.source), text(verdict.evidence)]
