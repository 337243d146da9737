"""The loop around the two writers: write, lint, and ask again with the faults named.

Faults of the conversation send it back to its writer, all others send the rubric back, and so does
the linter's advice as long as tries are left. What is still faulty after three tries is reported
and not written; nothing is mended by guessing. Of the tries with nothing but advice left, the one
with the least of it is kept.

Where a simulator is observed, the model that is to be measured answers each conversation first. The
rubric is written against its replies, and goes back once if they pass all of it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any

import dspy

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.asking import RedactedModule, forward_in_thread, tokens_of, written_of
from usersim_opt.basics.errors import BadReply, DatasetError, InputError
from usersim_opt.basics.figures import ByRole
from usersim_opt.basics.validation import Fields, parse
from usersim_opt.scenarios.authoring.agents import draw_agent
from usersim_opt.scenarios.authoring.drafts import History, conversation_data, rubric_data
from usersim_opt.scenarios.authoring.lint import lint_scenario
from usersim_opt.scenarios.authoring.observing import REPLIES, Observed, Observer
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.authoring.rules.observed import observed_faults
from usersim_opt.scenarios.authoring.writer import Brief, ConversationWriter, RubricWriter, Seen
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
    """Calls by role: `author`, and `user` where a simulator was observed."""
    tokens: ByRole
    """Tokens that were read and written, by role."""
    advice: tuple[str, ...] = ()
    """The linter's advice that is left for a scenario."""
    written: ByRole = field(default_factory=dict)
    """Of the tokens those that were written, by role."""


class ScenarioAuthor(RedactedModule):
    """Writes the scenario of one type for a task.

    `examples` is a data set whose training scenarios show the manner; `dialogues` are logs whose
    agent turns do. `kinds` are the types and dimensions that it may use: those of `examples` if
    none are given, else the standard ones. `observe` is the simulator that is to be measured,
    called as a UserSimulator is.
    """

    @checks_arguments
    def __init__(
        self,
        lm: dspy.LM | None = None,
        *,
        examples: Dataset | None = None,
        dialogues: Sequence[Sequence[Turn]] = (),
        kinds: Kinds | None = None,
        observe: Observed | None = None,
    ) -> None:
        super().__init__()
        self.kinds = kinds or (examples.kinds if examples else STANDARD)
        self.conversation, self.rubric = ConversationWriter(lm), RubricWriter(lm, self.kinds)
        self.observer = Observer(observe) if observe else None
        self._shots = _shots(examples, self.kinds) if examples else []
        turns = chain.from_iterable(dialogues)
        self._manner = [turn.text for turn in turns if turn.role == "agent"]

    @checks_arguments
    def forward(self, task: Task, kind: str, number: int | None = None) -> Draft:
        """Up to three tries at a scenario of type `kind`; unusable answers count as tries.

        `number` is the scenario's number among those of its task, the place of the type if none is
        given. InputError if there is no such type.
        """
        self._check(task, kind)
        name = scenario_id(task, number or self.kinds.number(kind))
        tries = _Tries(self, self._brief(task, kind, name), name)
        with dspy.track_usage() as usage:
            best = tries.best()
        # What is observed meanwhile is tracked here as well.
        tries.tokens["author"] = tokens_of(usage) - tries.tokens["user"]
        tries.written["author"] = written_of(usage) - tries.written["user"]
        return Draft(
            name,
            best.scenario if best else None,
            () if best else tuple(tries.faults),
            calls=dict(tries.calls),
            tokens=dict(tries.tokens),
            written=dict(tries.written),
            advice=best.advice if best else (),
        )

    async def aforward(self, *args: Any, **inputs: Any) -> Draft:
        """The same as a call, for asynchronous programs: `await author.acall(task, kind)`."""
        draft: Draft = await forward_in_thread(self, *args, **inputs)
        return draft

    @property
    def calls_per_try(self) -> ByRole:
        """The calls that one try at a scenario costs, by role."""
        return {"author": CALLS_PER_TRY} | ({"user": REPLIES} if self.observer else {})

    def _check(self, task: Task, kind: str) -> None:
        if fault := self.kinds.unknown(kind=kind, families=(), dimensions=()):
            raise InputError(f"task {task.id}: {fault}")

    def _brief(self, task: Task, kind: str, scenario: str) -> Brief:
        draw = Random(f"{task.id}:{kind}")  # noqa: S311 - a reproducible draw, nothing secret
        alike = [shot for shot in self._shots if shot.type == kind]
        return Brief(
            task,
            self.kinds.types[kind],
            draw_agent(scenario),
            shots=draw.sample(alike, min(SHOTS, len(alike))),
            manner=draw.sample(self._manner, min(MANNER, len(self._manner))),
        )


@dataclass(frozen=True)
class _Kept:
    """A scenario without fault, and the advice that there is on it."""

    scenario: Scenario
    advice: tuple[str, ...]


@dataclass
class _Tries:
    """The tries at one scenario: what stays of the last one, and the calls so far."""

    author: ScenarioAuthor
    brief: Brief
    name: str
    seen: Seen | None = None
    """The conversation and the replies to it, as long as no fault of its own sends it back."""
    faults: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    was_too_easy: bool = False
    """Whether a rubric has gone back because the observed replies passed it."""

    def best(self) -> _Kept | None:
        """The first try without fault and advice, else the one with least advice, if there is one.

        None if each try has a fault.
        """
        kept: list[_Kept] = []
        for attempt in range(TRIES):
            kept += self._attempt(attempt)
            if not self.faults:
                break
            if self._history_is_at_fault:
                self.seen = None
        return min(kept, key=lambda each: len(each.advice), default=None)

    @property
    def _history_is_at_fault(self) -> bool:
        return any(": history" in fault for fault in self.faults)

    def _attempt(self, seed: int) -> list[_Kept]:
        """One try: the scenario if it has no fault; what was found stands in `faults` then."""
        try:
            if self.seen is None:
                self.seen = self._conversation(seed)
            scenario = self._scenario(self.seen.history, self._rubric(self.seen, seed))
        except (BadReply, DatasetError) as error:
            self.faults = [str(error)]
            return []
        found = [*self._linted(scenario), *self._too_easy(scenario, self.seen.replies)]
        self.faults = [str(fault) for fault in found]
        if any(fault.counts for fault in found):
            return []
        return [_Kept(scenario, tuple(self.faults))]

    def _linted(self, scenario: Scenario) -> list[Fault]:
        return lint_scenario(self.brief.task, scenario, self.author.kinds, strict=True)

    def _too_easy(self, scenario: Scenario, replies: Sequence[str]) -> list[Fault]:
        """What is said, once, of a rubric that the observed replies pass."""
        faults = [] if self.was_too_easy else list(observed_faults(scenario, replies))
        self.was_too_easy = self.was_too_easy or bool(faults)
        return faults

    def _conversation(self, seed: int) -> Seen:
        self.calls["author"] += 1
        draft = self.author.conversation(brief=self.brief, faults=self.faults, seed=seed)
        history = conversation_data(draft)
        return Seen(history, self._observed(history))

    def _observed(self, history: History) -> tuple[str, ...]:
        """What the observed simulator answers, nothing if there is none."""
        if self.author.observer is None:
            return ()
        seen = self.author.observer.look(self.brief.task.story, history)
        self.calls["user"] += REPLIES
        self.tokens["user"] += seen.tokens
        self.written["user"] += seen.written
        return seen.replies

    def _rubric(self, seen: Seen, seed: int) -> Fields:
        self.calls["author"] += 1
        draft = self.author.rubric(brief=self.brief, seen=seen, faults=self.faults, seed=seed)
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
