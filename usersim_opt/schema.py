"""The records that everything else passes around: frozen, strict, checked when made.

    task      one private customer story, hidden from the agent
    scenario  a task + a conversation so far that ends on an agent turn + a rubric + example replies
    verdict   pass, fail or unscored for one criterion of one reply
    grade     all verdicts of one reply
    outcome   what came of one job: scored, unscored or error; only `scored` has a pass rate

Not covered: whether a scenario is any good. That is the linter's and the reader's business.
"""

import re
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from usersim_opt import checks

SCENARIO_TYPES = (
    "initial_request",
    "detail_elicitation",
    "wrong_assumption",
    "uncertainty_or_sensitive_info",
    "error_or_repair",
)
"""The five types; scenario `TTT.n` is of the n-th type."""

AGENT_TURNS = {
    "initial_request": (1, 1),
    "detail_elicitation": (2, 4),
    "wrong_assumption": (3, 5),
    "uncertainty_or_sensitive_info": (2, 4),
    "error_or_repair": (4, 7),
}
"""Smallest and largest number of agent turns in the history of each type."""

_FAMILIES = {
    "communication_style": (
        "shortness",
        "politeness",
        "formality",
        "repetition",
        "identity_confusion",
        "acknowledgement",
        "stylistic_variation",
    ),
    "information_pattern": ("front_loading", "identity_density", "opening_word_count", "words_per_turn"),
    "clarification": (
        "uncertainty_expression",
        "certainty_expression",
        "pushback",
        "clarifying_questions",
        "info_seeking_questions",
    ),
    "error_reaction": ("emotional_pattern", "accusatory_language", "pivot_behavior"),
    "guard": ("non_leakage",),
}
FAMILIES = tuple(_FAMILIES)
DIMENSIONS = tuple(f"{family}.{name}" for family, names in _FAMILIES.items() for name in names)
"""The 20 dimensions, each as `family.name`."""

TASK_ID = r"[0-9]{3,6}"
SCENARIO_ID = rf"{TASK_ID}\.[1-5]"
CRITERION_ID = r"[a-z][a-z0-9_]{0,47}"

Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]


class Record(BaseModel):
    """Base of the records: frozen, no unknown fields, no silent type conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Task(Record):
    """One private customer story; `story` is what the simulator reads and the agent never sees."""

    id: Annotated[str, StringConstraints(pattern=rf"^{TASK_ID}$")]
    domain: Text
    source: Text
    """Where the task comes from, with its id there: `usersim-opt`, `tau-bench:12`, `tau2:3`."""
    story: Text


class Turn(Record):
    """One message of the visible conversation."""

    role: Literal["agent", "customer"]
    text: Text


class Criterion(Record):
    """One atomic, binary, verifiable sentence about a reply; code decides it where `check` is given."""

    id: Annotated[str, StringConstraints(pattern=rf"^{CRITERION_ID}$")]
    dimension: Literal[DIMENSIONS]  # type: ignore[valid-type]
    text: Text
    check: dict[str, Any] | None = None

    @field_validator("check")
    @classmethod
    def _check_parses(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value is not None:
            checks.validate(value)
        return value


class FailingExample(Record):
    """A reply that breaks exactly the named criteria."""

    reply: Text
    fails: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class Examples(Record):
    """Replies that prove the rubric verifiable: `passing` satisfy every criterion, `failing` does not."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    passing: Annotated[tuple[Text, ...], Field(alias="pass", min_length=1, strict=False)]
    failing: Annotated[FailingExample, Field(alias="fail")]


class Scenario(Record):
    """A conversation so far and what the next customer turn is held to."""

    id: Annotated[str, StringConstraints(pattern=rf"^{SCENARIO_ID}$")]
    type: Literal[SCENARIO_TYPES]  # type: ignore[valid-type]
    stresses: Annotated[tuple[Literal[FAMILIES], ...], Field(min_length=1, max_length=2, strict=False)]  # type: ignore[valid-type]
    history: Annotated[tuple[Turn, ...], Field(min_length=1, strict=False)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, strict=False)]
    examples: Examples

    @property
    def task_id(self) -> str:
        """The id of the task that the scenario belongs to."""
        return self.id.partition(".")[0]

    @field_validator("history", mode="before")
    @classmethod
    def _short_turns(cls, value: Any) -> Any:
        """Read `- agent: text` as a turn."""
        if not isinstance(value, list | tuple):
            return value
        short = [isinstance(turn, dict) and len(turn) == 1 for turn in value]
        return [
            dict(zip(("role", "text"), next(iter(turn.items())), strict=True)) if is_short else turn
            for turn, is_short in zip(value, short, strict=True)
        ]

    @model_validator(mode="after")
    def _hangs_together(self) -> "Scenario":
        number = int(self.id.partition(".")[2])
        if self.type != SCENARIO_TYPES[number - 1]:
            raise ValueError(f"type is {self.type!r}; number {number} of a task is {SCENARIO_TYPES[number - 1]!r}")
        if self.history[0].role != "agent" or self.history[-1].role != "agent":
            raise ValueError("history must begin and end with an agent turn; the customer's reply comes next")
        ids = [criterion.id for criterion in self.criteria]
        if doubles := sorted(name for name, n in Counter(ids).items() if n > 1):
            raise ValueError(f"criteria: id {doubles[0]!r} is used twice; give each criterion its own id")
        if unknown := sorted(set(self.examples.failing.fails) - set(ids)):
            raise ValueError(f"examples.fail.fails names {unknown[0]!r}, which is no criterion of this scenario ({', '.join(ids)})")
        return self

    def _repr_html_(self) -> str:
        from usersim_opt.views import scenario_html  # noqa: PLC0415 - views know records, not the other way round

        return scenario_html(self)


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
        from usersim_opt.views import grade_html  # noqa: PLC0415 - views know records, not the other way round

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


Origin = Literal["seed", "proposal", "composed", "draft"]
"""Where a prompt comes from: the first one, a model, the search's own composition of pieces, a person."""


class Version(Record):
    """One prompt text of a run, with its lineage."""

    id: str
    """`v000` is the seed; the others count up in the order in which they were made."""
    text: str
    sha256: str
    parent: str | None
    origin: Origin

    def _repr_html_(self) -> str:
        from usersim_opt.views import version_html  # noqa: PLC0415 - views know records, not the other way round

        return version_html(self)


class Evidence(Record):
    """The figures that a decision was made on; see `statistics.PairedDifference`. Bounds are of 95 % intervals."""

    gain: float
    low: float | None
    high: float | None
    task_low: float | None
    task_high: float | None
    p_better: float
    p_worse: float
    scenarios: int
    tasks: int
    dropped: int
    lost: float


NO_VERSION = "-"


class Decision(Record):
    """One ruling on a candidate, in the order in which they were made."""

    stage: str
    candidate: str
    """A version; `-` where a proposal did not become one."""
    incumbent: str
    rule: Literal["proposal", "guard", "collapse", "improvement", "regression", "smoke"]
    accepted: bool
    reason: str
    evidence: Evidence | None = None


def valid_id(value: str, pattern: str) -> bool:
    """Whether an id has the right shape; checked before an id becomes part of a path."""
    return re.fullmatch(pattern, value) is not None
