"""What a review is made from: one run folder, or saved evaluations.

    source = read_source([Path("runs/mine")])
    source = read_source([Path("base.jsonl"), Path("mine.jsonl")])

Replies of a run's smoke split are left out unless they are asked for: a prompt that is written
after somebody has read them has no held-out split there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.metric import RubricMetric
from usersim_opt.measuring.outcome import Outcome, Outcomes
from usersim_opt.measuring.recorded.form import is_saved_evaluation
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.record import RunRecord, read_record
from usersim_opt.results.respondents import read_respondents
from usersim_opt.scenarios.records import Scenarios

_EXPECTED = "one run folder, or saved evaluations (evaluate --save)"


@dataclass(frozen=True)
class Compared:
    """Two versions that were measured on the same scenarios, and what came of that."""

    old: Outcomes
    new: Outcomes
    words: str
    """`v003 was accepted over v000 (smoke)`."""


@dataclass(frozen=True)
class Source:
    """Graded replies by version, the seed first."""

    names: tuple[str, ...]
    evaluations: Mapping[str, Evaluation]
    scenarios: Scenarios
    record: RunRecord | None
    """The run, of a run folder."""
    notes: tuple[str, ...]
    offline: bool

    @property
    def outcomes(self) -> list[tuple[str, Outcome]]:
        """Every graded reply with the name of its version."""
        return [
            (name, outcome)
            for name, evaluation in self.evaluations.items()
            for outcome in evaluation.outcomes
            if outcome.grade is not None
        ]

    @property
    def judge(self) -> str:
        """The name of the model that judged, where that was noted."""
        noted: list[Mapping[str, str]] = [self.record.models] if self.record else []
        noted += [evaluation.origin.models for evaluation in self.evaluations.values()]
        return next((models["judge"] for models in noted if "judge" in models), "the judge")

    @property
    def compared(self) -> Iterator[Compared]:
        """Of a run the accepted versions with those that they replaced; else each with the first.

        The replies are those that were compared.
        """
        yield from self._accepted(self.record) if self.record else self._against_first()

    def _accepted(self, record: RunRecord) -> Iterator[Compared]:
        for decision in record.decisions:
            pair = decision.incumbent, decision.candidate
            if decision.accepted and set(pair) <= set(self.evaluations):
                old, new = (self._at(name, decision.stage) for name in pair)
                words = f"{decision.candidate} was accepted over {decision.incumbent}"
                yield Compared(old, new, f"{words} ({decision.stage})")

    def _at(self, version: str, stage: str) -> list[Outcome]:
        return [each for each in self.evaluations[version].outcomes if each.stage == stage]

    def _against_first(self) -> Iterator[Compared]:
        first, *others = self.evaluations
        for name in others:
            old, new = self.evaluations[first].outcomes, self.evaluations[name].outcomes
            yield Compared(old, new, f"{name} is compared with {first}")

    def regraded(self, outcomes: Mapping[str, Outcomes], scenarios: Scenarios) -> "Source":
        """The same replies with other grades, by version, on scenarios that read otherwise."""
        evaluations = {
            name: replace(each, outcomes=outcomes[name], scenarios=scenarios)
            for name, each in self.evaluations.items()
        }
        return replace(self, evaluations=evaluations, scenarios=scenarios)


def read_source(paths: Sequence[Path], *, smoke: bool = False) -> Source:
    """The graded replies of a run folder, or of saved evaluations.

    `smoke` takes those of a run's smoke split as well. InputError for anything else, for a run
    among others, and where nothing was graded.
    """
    folders = [path for path in paths if path.is_dir()]
    if not paths or (folders and len(paths) > 1):
        raise InputError(f"{', '.join(map(str, paths)) or 'nothing'}: expected {_EXPECTED}")
    for path in paths:
        if not path.is_dir() and not is_saved_evaluation(path):
            raise InputError(f"{path}: is no run and no saved evaluation; expected {_EXPECTED}")
    found = read_respondents(paths, dataset=None, metric=RubricMetric())
    evaluations = dict(found.evaluations)
    if not smoke:
        evaluations = _without_smoke(evaluations)
    record = read_record(folders[0]) if folders else None
    return Source(
        names=tuple(path.name for path in paths),
        evaluations=evaluations,
        scenarios=found.scenarios,
        record=record,
        notes=tuple(found.notes),
        offline=any(each.offline for each in evaluations.values()),
    )


def _without_smoke(evaluations: Mapping[str, Evaluation]) -> dict[str, Evaluation]:
    searched = {
        name: replace(each, outcomes=[o for o in each.outcomes if o.stage != SMOKE])
        for name, each in evaluations.items()
    }
    left = {name: each for name, each in searched.items() if each.outcomes}
    if not left:
        raise InputError("all replies are of the smoke split; --smoke takes them")
    return left
