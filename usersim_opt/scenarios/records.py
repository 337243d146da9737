"""The records that everything else passes around: frozen, strict, checked when made.

    task      one private customer story, hidden from the agent
    scenario  a task + a conversation so far that ends on an agent turn + a rubric + example replies

A scenario's type and its criteria's dimensions are names here; kinds.py says which names a data set has, and loading a data
set compares the two.

Not covered: whether a scenario is any good. That is the linter's and the reader's business.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from usersim_opt.basics.layout import outcome_mark, table, text, turn
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.kinds import DIMENSION, NAME

TASK_ID = r"[0-9]{3,6}"
SCENARIO_ID = rf"{TASK_ID}\.[1-9][0-9]{{0,2}}"
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
    dimension: Annotated[str, StringConstraints(pattern=rf"^{DIMENSION}$")]
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
    type: Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]
    stresses: Annotated[tuple[Text, ...], Field(min_length=1, max_length=2, strict=False)]
    history: Annotated[tuple[Turn, ...], Field(min_length=1, strict=False)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, strict=False)]
    examples: Examples

    @property
    def task_id(self) -> str:
        """The id of the task that the scenario belongs to."""
        return self.id.partition(".")[0]

    @property
    def number(self) -> int:
        """Which of its task's scenarios it is, from 1."""
        return int(self.id.partition(".")[2])

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation so far as a simulator takes it: `{"role": "agent" | "customer", "content": ...}`."""
        return [{"role": turn.role, "content": turn.text} for turn in self.history]

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
        if self.history[0].role != "agent" or self.history[-1].role != "agent":
            raise ValueError(
                "history must begin and end with an agent turn; the customer's reply comes next"
            )
        ids = [criterion.id for criterion in self.criteria]
        if doubles := sorted(name for name, n in Counter(ids).items() if n > 1):
            raise ValueError(
                f"criteria: id {doubles[0]!r} is used twice; give each criterion its own id"
            )
        if unknown := sorted(set(self.examples.failing.fails) - set(ids)):
            raise ValueError(
                f"examples.fail.fails names {unknown[0]!r}, which is no criterion of this scenario ({', '.join(ids)})"
            )
        return self

    def _repr_html_(self) -> str:
        return scenario_html(self)


def valid_id(value: str, pattern: str) -> bool:
    """Whether an id has the right shape; checked before an id becomes part of a path."""
    return re.fullmatch(pattern, value) is not None


def in_task_order(scenarios: Iterable[str]) -> list[str]:
    """Scenario ids in order of task and number: `001.2` before `001.10`."""
    return sorted(scenarios, key=lambda name: (name.partition(".")[0], int(name.partition(".")[2])))


def scenario_html(scenario: Scenario) -> str:
    """The conversation so far, the criteria, and the example replies."""
    criteria = [
        [
            f"<code>{text(c.id)}</code>",
            text(c.dimension),
            text(c.text),
            f"<code>{text(c.check)}</code>" if c.check else "judge",
        ]
        for c in scenario.criteria
    ]
    failing = scenario.examples.failing
    examples = [
        *([outcome_mark("pass"), text(reply), ""] for reply in scenario.examples.passing),
        [
            outcome_mark("fail"),
            text(failing.reply),
            "fails " + ", ".join(f"<code>{text(name)}</code>" for name in failing.fails),
        ],
    ]
    head = f"<p><b>Scenario {text(scenario.id)}</b>, {text(scenario.type)}; stresses {text(', '.join(scenario.stresses))}</p>"
    turns = "".join(turn(one.role, one.text) for one in scenario.history)
    return f"{head}{turns}{table(['criterion', 'dimension', 'what the reply is held to', 'decided by'], criteria)}{table(['example', 'reply', ''], examples)}"
