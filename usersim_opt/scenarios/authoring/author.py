"""The loop around the two writers: write, lint, and ask again with the faults named.

Faults of the conversation send it back to its writer, all others send the rubric back. What is
still faulty after three tries is reported and not written; nothing is mended by guessing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random

import dspy

from usersim_opt.basics.asking import tokens_of
from usersim_opt.basics.errors import BadReply, DatasetError, InputError
from usersim_opt.basics.figures import ByRole
from usersim_opt.basics.validation import Fields, parse
from usersim_opt.scenarios.authoring.drafts import History, conversation_data, rubric_data
from usersim_opt.scenarios.authoring.lint import lint_scenario
from usersim_opt.scenarios.authoring.writer import Brief, ConversationWriter, RubricWriter
from usersim_opt.scenarios.dataset import Dataset, unknown_kind
from usersim_opt.scenarios.kinds import STANDARD, Kinds
from usersim_opt.scenarios.records import Scenario, Task, Turn

TRIES = 3
CALLS_PER_TRY = 2
SHOTS = 2
MANNER = 6


@dataclass(frozen=True)
class Draft:
    """What came of one scenario: the scenario, or the faults of the last try; and what it cost."""

    id: str
    scenario: Scenario | None
    faults: tuple[str, ...]
    calls: ByRole
    """Calls by role; an author's are all of the role `author`."""
    tokens: ByRole
    """Tokens that were read and written, by role."""


class ScenarioAuthor(dspy.Module):
    """Writes the scenario of one type for a task.

    `examples` is a data set whose training scenarios show the manner; `dialogues` are logs whose
    agent turns do. `kinds` are the types and dimensions that it may use: those of `examples` if
    none are given, else the standard ones.
    """

    def __init__(
        self,
        lm: dspy.LM | None = None,
        *,
        examples: Dataset | None = None,
        dialogues: Sequence[Sequence[Turn]] = (),
        kinds: Kinds | None = None,
    ) -> None:
        super().__init__()
        self.kinds = kinds or (examples.kinds if examples else STANDARD)
        self.conversation, self.rubric = ConversationWriter(lm), RubricWriter(lm, self.kinds)
        self._shots = _shots(examples, self.kinds) if examples else []
        turns = chain.from_iterable(dialogues)
        self._manner = [turn.text for turn in turns if turn.role == "agent"]

    def forward(self, task: Task, kind: str, number: int | None = None) -> Draft:
        """Up to three tries at a scenario of type `kind`; unusable answers count as tries.

        `number` is the scenario's number among those of its task, the place of the type if none is
        given. InputError if there is no such type.
        """
        brief = self._brief(task, kind)
        name = scenario_id(task, number or self.kinds.number(kind))
        tries = _Tries(self, brief, name)
        with dspy.track_usage() as usage:
            scenario = tries.first_without_fault()
        calls, tokens = {"author": tries.calls}, {"author": tokens_of(usage)}
        return Draft(name, scenario, tuple(tries.faults), calls, tokens)

    def _brief(self, task: Task, kind: str) -> Brief:
        if fault := self.kinds.unknown(kind=kind, families=(), dimensions=()):
            raise InputError(f"task {task.id}: {fault}")
        draw = Random(f"{task.id}:{kind}")  # noqa: S311 - a reproducible draw, nothing secret
        alike = [shot for shot in self._shots if shot.type == kind]
        return Brief(
            task,
            self.kinds.types[kind],
            shots=draw.sample(alike, min(SHOTS, len(alike))),
            manner=draw.sample(self._manner, min(MANNER, len(self._manner))),
        )


@dataclass
class _Tries:
    """The tries at one scenario: what stays of the last one, and the calls so far."""

    author: ScenarioAuthor
    brief: Brief
    name: str
    history: History | None = None
    """The conversation, as long as no fault of its own sends it back."""
    faults: list[str] = field(default_factory=list)
    calls: int = 0

    def first_without_fault(self) -> Scenario | None:
        """The scenario of the first try that the linter lets pass, None if no try is left."""
        for attempt in range(TRIES):
            scenario = self._attempt(attempt)
            if scenario is not None:
                return scenario
            if self._history_is_at_fault:
                self.history = None
        return None

    @property
    def _history_is_at_fault(self) -> bool:
        return any(": history" in fault for fault in self.faults)

    def _attempt(self, seed: int) -> Scenario | None:
        """One try; what is wrong with it stands in `faults` afterwards."""
        try:
            if self.history is None:
                self.history = self._conversation(seed)
            rubric = self._rubric(self.history, seed)
            scenario = self._scenario(self.history, rubric)
        except (BadReply, DatasetError) as error:
            self.faults = [str(error)]
            return None
        faults = lint_scenario(self.brief.task, scenario, self.author.kinds)
        self.faults = [str(fault) for fault in faults]
        return None if faults else scenario

    def _conversation(self, seed: int) -> History:
        self.calls += 1
        draft = self.author.conversation(brief=self.brief, faults=self.faults, seed=seed)
        return conversation_data(draft)

    def _rubric(self, history: History, seed: int) -> Fields:
        self.calls += 1
        draft = self.author.rubric(brief=self.brief, history=history, faults=self.faults, seed=seed)
        return rubric_data(draft)

    def _scenario(self, history: History, rubric: Fields) -> Scenario:
        data = {"id": self.name, "type": self.brief.kind.name, "history": history} | rubric
        return parse(data, Scenario, where=self.name).of_task(self.brief.task)


def scenario_id(task: Task, number: int) -> str:
    """The id of a task's scenario."""
    return f"{task.id}.{number}"


def _shots(examples: Dataset, kinds: Kinds) -> list[Scenario]:
    """The training scenarios of no other kinds than these: a model copies what it sees."""
    scenarios = examples.of("train")
    return [scenario for scenario in scenarios if not unknown_kind(scenario, kinds)]
