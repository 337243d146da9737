"""Realism terms in the record of a run: what they cost, and what was measured of each prompt.

    {"event": "terms", "weights": {"features": 1.0}, "not_worse": ["features"], "margin": 0.05, ...}
    {"event": "look", "stage": "smoke", "version": "v012", "term": "preference", "task": "003", ...}
    {"event": "realism", "stage": "smoke", "version": "v012", "values": {"features": {"003": 0.8}}}

The conversations themselves lie in the folder `talks` of the run. Runs without terms have none of
these lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import Field, NonNegativeInt

from usersim_opt.basics.figures import Interval, many
from usersim_opt.basics.noninferiority import ByTask, Change, change
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.scenarios.records import Record

FINALISTS = "finalists"
"""The stage in which the first prompt and the finalists are measured, on training tasks."""


class TermsPlan(Record):
    """The terms of a run, and what they cost at the most."""

    weights: Mapping[str, float]
    not_worse: Annotated[tuple[str, ...], Field(strict=False)]
    """The terms in which what ships must not be worse."""
    margin: float
    calls: Annotated[tuple[NonNegativeInt, NonNegativeInt], Field(strict=False)]
    """Calls per prompt, on training tasks and on smoke tasks."""
    prompts: Annotated[tuple[NonNegativeInt, NonNegativeInt], Field(strict=False)]
    """Prompts that are measured on each."""

    @property
    def total(self) -> int:
        """Calls of all prompts."""
        return sum(n * each for n, each in zip(self.prompts, self.calls, strict=True))

    @property
    def on_smoke(self) -> int:
        """Calls of those on the smoke split's tasks."""
        return self.prompts[1] * self.calls[1]

    @visibly
    def __str__(self) -> str:
        """`realism terms: up to 150 calls per prompt, 6 prompts`."""
        calls = many(max(self.calls), "call")
        return f"realism terms: up to {calls} per prompt, {many(sum(self.prompts), 'prompt')}"


class Measured(Record):
    """The terms of one prompt at one stage."""

    stage: str
    version: str
    values: Mapping[str, Mapping[str, float]]
    """A value for each task, by term."""
    failed: NonNegativeInt
    """Conversations that failed and are left out."""
    calls: Mapping[str, NonNegativeInt]
    tokens: Mapping[str, NonNegativeInt]
    written: Mapping[str, NonNegativeInt] | None = None
    """Of the tokens those that were written; None where they are not told apart."""


class Look(Record):
    """A look of a term that asked a model: at one conversation, or at a pair."""

    stage: str
    version: str
    term: str
    task: str
    seed: int
    seen: Annotated[tuple[float, ...], Field(strict=False)]
    """What it showed; nothing where the answer could not be read."""
    calls: Mapping[str, NonNegativeInt]
    tokens: Mapping[str, NonNegativeInt]
    written: Mapping[str, NonNegativeInt] | None = None
    """Of the tokens those that were written; None in records that do not tell them."""


@dataclass(frozen=True)
class Terms:
    """What the record of a run says of its realism terms."""

    plan: TermsPlan
    measured: Sequence[Measured]
    looks: Sequence[Look] = ()

    @property
    def paid(self) -> Sequence[Measured | Look]:
        """Everything that calls were made for."""
        return [*self.measured, *self.looks]

    @cached_property
    def _by_stage(self) -> dict[tuple[str, str], Measured]:
        return {(each.stage, each.version): each for each in self.measured}

    def values(self, stage: str, version: str) -> Mapping[str, ByTask]:
        """The values of a prompt at a stage, by term and task; none where it was not measured."""
        found = self._by_stage.get((stage, version))
        return found.values if found else {}

    def stage_of(self, seed: str, version: str) -> str:
        """Where both were measured: on smoke tasks if they were, else on training tasks, or ``."""
        for stage in (SMOKE, FINALISTS):
            if self.values(stage, seed) and self.values(stage, version):
                return stage
        return ""

    def changes(self, stage: str, seed: str, version: str) -> dict[str, Change]:
        """Each term of a version less that of the seed, at a stage."""
        old, new = self.values(stage, seed), self.values(stage, version)
        return {
            name: change(old[name], new[name], margin=self.plan.margin)
            for name in self.plan.weights
            if name in old and name in new
        }

    def figures(self, stage: str, version: str) -> dict[str, Interval]:
        """The figure of each term of a version, 0 to 1, with a 95 % interval over tasks."""
        return {name: figure(by_task) for name, by_task in self.values(stage, version).items()}

    @property
    def finalists(self) -> list[str]:
        """The versions that were measured on training tasks, the first prompt among them."""
        return [each.version for each in self.measured if each.stage == FINALISTS]


def figure(by_task: ByTask) -> Interval:
    """The mean of a term's values with its 95 % t interval over tasks, within 0 and 1."""
    return ratio_interval({task: (value, 1.0) for task, value in by_task.items()}).within(0.0, 1.0)
