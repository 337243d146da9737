"""The loop around the two writers: write, lint, and ask again with the faults named, at most three times.

Faults of the conversation send it back to its writer, all others send the rubric back. What is still faulty after
three tries is reported and not written; nothing is mended by guessing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import dspy

from usersim_opt.basics.errors import BadReply, DatasetError
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.authoring.drafts import conversation_data, rubric_data
from usersim_opt.scenarios.authoring.lint import lint_scenario
from usersim_opt.scenarios.authoring.writer import Brief, ConversationWriter, RubricWriter
from usersim_opt.scenarios.dataset import Dataset
from usersim_opt.scenarios.kinds import STANDARD
from usersim_opt.scenarios.records import Scenario, Task, Turn

TRIES = 3
CALLS_PER_TRY = 2
SHOTS = 2
MANNER = 6


@dataclass(frozen=True)
class Draft:
    """What came of one scenario: the scenario, or the faults of the last try; and the calls that it took."""

    id: str
    scenario: Scenario | None
    faults: tuple[str, ...]
    calls: int


class ScenarioAuthor(dspy.Module):
    """Writes the scenario of one type for a task.

    `examples` is a data set whose training scenarios show the manner; `dialogues` are logs whose agent turns do.
    """

    def __init__(
        self,
        lm: dspy.LM | None = None,
        *,
        examples: Dataset | None = None,
        dialogues: Sequence[Sequence[Turn]] = (),
    ) -> None:
        super().__init__()
        self.conversation, self.rubric = ConversationWriter(lm), RubricWriter(lm)
        self._shots = examples.of("train") if examples else []
        self._manner = [
            turn.text for dialogue in dialogues for turn in dialogue if turn.role == "agent"
        ]

    def forward(self, task: Task, kind: str) -> Draft:
        """Up to three tries at the scenario of type `kind`; answers that are unusable count as tries."""
        brief = self._brief(task, kind)
        name = scenario_id(task, kind)
        history: list[dict[str, str]] | None = None
        faults: list[str] = []
        calls = 0
        for attempt in range(TRIES):
            try:
                if history is None:
                    calls += 1
                    history = conversation_data(
                        self.conversation(brief=brief, faults=faults, seed=attempt)
                    )
                calls += 1
                rubric = rubric_data(
                    self.rubric(brief=brief, history=history, faults=faults, seed=attempt)
                )
                scenario, faults = _assemble(
                    task, {"id": name, "type": kind, "history": history} | rubric
                )
            except BadReply as error:
                scenario, faults = None, [str(error)]
            if scenario is not None:
                return Draft(name, scenario, (), calls)
            if any(": history" in fault for fault in faults):
                history = None
        return Draft(name, None, tuple(faults), calls)

    def _brief(self, task: Task, kind: str) -> Brief:
        draw = Random(f"{task.id}:{kind}")  # noqa: S311 - a reproducible draw, nothing secret
        alike = [shot for shot in self._shots if shot.type == kind]
        return Brief(
            task,
            kind,
            draw.sample(alike, min(SHOTS, len(alike))),
            draw.sample(self._manner, min(MANNER, len(self._manner))),
        )


def scenario_id(task: Task, kind: str) -> str:
    """The id of a task's scenario of a type."""
    return f"{task.id}.{STANDARD.number(kind)}"


def _assemble(task: Task, data: dict[str, Any]) -> tuple[Scenario | None, list[str]]:
    """A scenario without faults, or its faults."""
    try:
        scenario = parse(data, Scenario, where=data["id"])
    except DatasetError as error:
        return None, [str(error)]
    faults = [str(fault) for fault in lint_scenario(task, scenario)]
    return (None, faults) if faults else (scenario, [])
