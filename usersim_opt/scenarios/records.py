"""The records that everything else passes around: frozen, strict, checked when made.

    task      one private customer story, hidden from the agent
    scenario  a task + a conversation so far that ends on an agent turn + a rubric + example replies

A scenario's type and its criteria's dimensions are names here; kinds.py says which names a data set
has, and loading a data set compares the two. A scenario that was loaded with its task knows the
task's story, which some checks look at; its file does not hold it.

Not covered: whether a scenario is any good. That is the linter's and the reader's business.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    field_validator,
    model_validator,
)

from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.layout import outcome_mark, table, text, turn
from usersim_opt.basics.text import sha256
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.kinds import DIMENSION, NAME, family_of
from usersim_opt.scenarios.languages import CODE, ENGLISH
from usersim_opt.scenarios.record import Record as Record  # noqa: PLC0414 - taken from here
from usersim_opt.scenarios.record import Text as Text  # noqa: PLC0414 - taken from here

TASK_ID = r"[0-9]{3,6}"
SCENARIO_ID = rf"{TASK_ID}\.[1-9][0-9]{{0,2}}"
CRITERION_ID = r"[a-z][a-z0-9_]{0,47}"


class Task(Record):
    """One private customer story; `story` is what the simulator reads and the agent never sees."""

    _unwritten_defaults = frozenset({"language"})

    id: Annotated[str, StringConstraints(pattern=rf"^{TASK_ID}$")]
    domain: Text
    source: Text
    """The task's origin, with its id there: `usersim-opt`, `tau-bench:12`, `tau2:3`."""
    story: Text
    language: Annotated[str, StringConstraints(pattern=rf"^{CODE}$")] = ENGLISH
    """The code of the language that is spoken. A data set says it for all of its tasks."""


class Turn(Record):
    """One message of the visible conversation."""

    role: Literal["agent", "customer"]
    text: Text


class Revision(Record):
    """How a criterion read until somebody found it wrong."""

    _unwritten_defaults = frozenset({"check"})

    text: Text
    check: checks.Check | None = None
    who: Text
    when: Text
    """The date (ISO 8601)."""
    note: Text
    """What was wrong with it."""


class Criterion(Record):
    """One atomic, binary, verifiable sentence about a reply.

    Code decides it where `check` is given, else the judge.
    """

    _unwritten_defaults = frozenset({"role", "sees", "revisions"})

    id: Annotated[str, StringConstraints(pattern=rf"^{CRITERION_ID}$")]
    dimension: Annotated[str, StringConstraints(pattern=rf"^{DIMENSION}$")]
    text: Text
    check: checks.Check | None = None
    role: Literal["score", "guard"] = "score"
    """A guard must not get worse: it is no part of the pass rate and of what a search climbs, and
    a significant loss of it turns a version down."""
    sees: Literal["chat", "story"] = "chat"
    """Whether the judge is shown the private story, too: what is made up cannot be told without."""
    revisions: Annotated[tuple[Revision, ...], Field(strict=False)] = ()
    """How it read before, and who found that wrong; the oldest first."""

    @property
    def wording(self) -> str:
        """A short digest of what it asks for; labels of people hold for one wording."""
        told = [self.text, self.check, self.sees]
        return sha256(json.dumps(told, sort_keys=True))[:12]

    @property
    def scores(self) -> bool:
        """Whether it is part of the pass rate."""
        return self.role == "score"

    @field_validator("check")
    @classmethod
    def _check_is_valid(cls, value: checks.Check | None) -> checks.Check | None:
        if value is not None:
            checks.validate(value)
        return value

    @model_validator(mode="after")
    def _is_decided_once(self) -> "Criterion":
        if self.check is not None and self.sees == "story":
            raise ValueError("has a check and `sees: story`; code decides it, so leave one out")
        return self


class FailingExample(Record):
    """A reply that breaks exactly the named criteria."""

    reply: Text
    fails: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class NearFailure(FailingExample):
    """A natural reply with one fault added to it, which is named."""

    fault: Text
    """What was added, in a few words: `recites the story`, `thanks for a refusal`."""


class Examples(Record):
    """Replies that prove the rubric verifiable.

    Natural replies satisfy every criterion. All others break those that they name: near failures
    by one fault, contrary replies by being too curt or too contrary, `failing` in any way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    _unwritten_defaults = frozenset({"passing", "failing", "plain", "near", "contrary"})

    passing: Annotated[tuple[Text, ...], Field(alias="pass", strict=False)] = ()
    """Natural replies as the first form of the file has them."""
    failing: Annotated[FailingExample | None, Field(alias="fail")] = None
    plain: Annotated[tuple[Text, ...], Field(alias="natural", strict=False)] = ()
    near: Annotated[tuple[NearFailure, ...], Field(strict=False)] = ()
    contrary: Annotated[tuple[FailingExample, ...], Field(strict=False)] = ()

    @property
    def natural(self) -> tuple[str, ...]:
        """Every reply that satisfies all criteria."""
        return (*self.passing, *self.plain)

    @property
    def failures(self) -> tuple[FailingExample, ...]:
        """Every reply that breaks a criterion."""
        first = (self.failing,) if self.failing else ()
        return (*first, *self.near, *self.contrary)

    @property
    def replies(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.natural, *(failure.reply for failure in self.failures))

    @model_validator(mode="after")
    def _prove_something(self) -> "Examples":
        if not self.natural:
            raise ValueError("examples: no reply that passes; give one or more under `natural`")
        if not self.failures:
            raise ValueError("examples: no reply that fails; give one or more under `near`")
        return self


class Scenario(Record):
    """A conversation so far and what the next customer turn is held to."""

    id: Annotated[str, StringConstraints(pattern=rf"^{SCENARIO_ID}$")]
    type: Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]
    stresses: Annotated[tuple[Text, ...], Field(min_length=1, max_length=2, strict=False)]
    history: Annotated[tuple[Turn, ...], Field(min_length=1, strict=False)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, strict=False)]
    examples: Examples

    _story: str = PrivateAttr("")
    _language: str = PrivateAttr(ENGLISH)

    def of_task(self, task: Task) -> "Scenario":
        """The scenario with its task's story and language, which some checks look at.

        DatasetError for a check that needs a lexicon which the language does not have.
        """
        if (self._story, self._language) == (task.story, task.language):
            return self
        _check_lexicons(self, task.language)
        told = self.model_copy()
        told._story = task.story  # noqa: SLF001 - of the same class
        told._language = task.language  # noqa: SLF001
        return told

    @property
    def language(self) -> str:
        """The code of the language that is spoken, as its task says it."""
        return self._language

    @property
    def moment(self) -> checks.Moment:
        """What a check may look at beside the reply."""
        turns = tuple((turn.role, turn.text) for turn in self.history)
        return checks.Moment(self._story, turns, may_stop=self.may_stop, language=self._language)

    @property
    def may_stop(self) -> bool:
        """Whether a criterion lets the customer leave here with a bare stop token."""
        return any(c.check is not None and checks.allows_stop(c.check) for c in self.criteria)

    @property
    def task_id(self) -> str:
        """The id of the task that the scenario belongs to."""
        return self.id.partition(".")[0]

    @property
    def number(self) -> int:
        """Which of its task's scenarios it is, from 1."""
        return int(self.id.partition(".")[2])

    @property
    def chat(self) -> list[str]:
        """The texts of the conversation so far, without their roles."""
        return [turn.text for turn in self.history]

    @property
    def scored_criteria(self) -> list[Criterion]:
        """The criteria that the pass rate counts, in order."""
        return [criterion for criterion in self.criteria if criterion.scores]

    @property
    def guard_criteria(self) -> list[Criterion]:
        """The criteria that must not get worse and are no part of the pass rate, in order."""
        return [criterion for criterion in self.criteria if not criterion.scores]

    @property
    def dimensions(self) -> list[str]:
        """The dimension of each criterion, in order."""
        return [criterion.dimension for criterion in self.criteria]

    @property
    def families(self) -> set[str]:
        """The families of its criteria."""
        return set(map(family_of, self.dimensions))

    @property
    def dimension_by_criterion(self) -> dict[str, str]:
        """The dimension of each criterion by the criterion's id."""
        return {criterion.id: criterion.dimension for criterion in self.criteria}

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation so far as a simulator takes it.

        Each message is `{"role": "agent" | "customer", "content": ...}`.
        """
        return [{"role": turn.role, "content": turn.text} for turn in self.history]

    @field_validator("history", mode="before")
    @classmethod
    def _short_turns(cls, value: Any) -> Any:
        """Read `- agent: text` as a turn."""
        if isinstance(value, list | tuple):
            return [_long_turn(turn) for turn in value]
        return value

    @model_validator(mode="after")
    def _hangs_together(self) -> "Scenario":
        _check_ends(self.history)
        ids = [criterion.id for criterion in self.criteria]
        _check_single(ids)
        if not self.scored_criteria:
            raise ValueError("criteria: all are guards; expected at least one that scores")
        for failure in self.examples.failures:
            _check_failing(failure, ids)
        return self

    def _repr_html_(self) -> str:
        return scenario_html(self)


Tasks = Mapping[str, Task]
"""Tasks by id."""
Scenarios = Mapping[str, Scenario]
"""Scenarios by id."""


def _long_turn(turn: Any) -> Any:
    """`{"agent": "Hi"}` as `{"role": "agent", "text": "Hi"}`; anything else as it is."""
    if not isinstance(turn, dict) or len(turn) != 1:
        return turn
    ((role, message),) = turn.items()
    return {"role": role, "text": message}


def _check_ends(history: Sequence[Turn]) -> None:
    if history[0].role != "agent" or history[-1].role != "agent":
        raise ValueError(
            "history must begin and end with an agent turn; the customer's reply comes next"
        )


def _check_single(ids: list[str]) -> None:
    doubles = [name for name in ids if ids.count(name) > 1]
    if doubles:
        raise ValueError(
            f"criteria: id {min(doubles)!r} is used twice; give each criterion its own id"
        )


def _check_lexicons(scenario: Scenario, language: str) -> None:
    for criterion in scenario.criteria:
        for name in checks.lexicons_in(criterion.check or {}):
            if name not in checks.BY_LANGUAGE.get(language, ()):
                raise DatasetError(
                    f"scenarios/{scenario.id}.yaml: criteria.{criterion.id}: check: "
                    f"{checks.missing_in(language, name)}"
                )


def _check_failing(example: FailingExample, ids: list[str]) -> None:
    unknown = set(example.fails) - set(ids)
    if unknown:
        raise ValueError(
            f"examples: fails names {min(unknown)!r}, "
            f"which is no criterion of this scenario ({', '.join(ids)})"
        )


def valid_id(value: str, pattern: str) -> bool:
    """Whether an id has the right shape; checked before an id becomes part of a path."""
    return re.fullmatch(pattern, value) is not None


def in_task_order(scenarios: Iterable[str]) -> list[str]:
    """Scenario ids in order of task and number: `001.2` before `001.10`.

    A log may name scenarios that no data set could hold; those follow in the order of text.
    """
    names = list(scenarios)
    numbered = [name for name in names if valid_id(name, SCENARIO_ID)]
    others = [name for name in names if not valid_id(name, SCENARIO_ID)]
    return [*sorted(numbered, key=_task_and_number), *sorted(others)]


def _task_and_number(name: str) -> tuple[str, int]:
    task, _, number = name.partition(".")
    return task, int(number)


def scenario_html(scenario: Scenario) -> str:
    """The conversation so far, the criteria, and the example replies."""
    turns = "".join(turn(each.role, each.text) for each in scenario.history)
    criteria = table(
        ["criterion", "dimension", "what the reply is held to", "decided by"],
        (_criterion_row(criterion) for criterion in scenario.criteria),
    )
    examples = table(["example", "reply", ""], _example_rows(scenario.examples))
    return _head(scenario) + turns + criteria + examples


def _head(scenario: Scenario) -> str:
    name = f"<b>Scenario {text(scenario.id)}</b>"
    stresses = text(", ".join(scenario.stresses))
    return f"<p>{name}, {text(scenario.type)}; stresses {stresses}</p>"


def _criterion_row(criterion: Criterion) -> list[str]:
    decided_by = _code(criterion.check) if criterion.check else "judge"
    if not criterion.scores:
        decided_by += ", as a guard"
    return [_code(criterion.id), text(criterion.dimension), text(criterion.text), decided_by]


def _example_rows(examples: Examples) -> Iterator[list[str]]:
    for reply in examples.natural:
        yield [outcome_mark("pass"), text(reply), ""]
    yield from map(_failing_row, examples.failures)


def _failing_row(example: FailingExample) -> list[str]:
    fails = ", ".join(map(_code, example.fails))
    fault = f"; {text(example.fault)}" if isinstance(example, NearFailure) else ""
    return [outcome_mark("fail"), text(example.reply), f"fails {fails}{fault}"]


def _code(value: object) -> str:
    return f"<code>{text(value)}</code>"
