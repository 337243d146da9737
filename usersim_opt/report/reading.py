"""What the page needs to know about a run before it is drawn: who is compared with whom, round by round, and on which replies.

A run folder may hold anything: versions without replies, decisions on versions that nobody knows, parents in a ring.
Everything here gives an answer for such a record, too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from usersim_opt.evaluation import Evaluation
from usersim_opt.prompt import Prompt
from usersim_opt.record import RunRecord
from usersim_opt.schema import Decision, Outcome, Version
from usersim_opt.statistics import Interval, PairedDifference, paired_difference

SMOKE = "smoke"


@dataclass(frozen=True)
class Round:
    """One minibatch of the search: the incumbent that it began with, the replies by version, the decisions."""

    number: int
    incumbent: str
    measured: Mapping[str, Sequence[Outcome]]
    decisions: Sequence[Decision]
    promoted: str
    """The version that became the incumbent; empty where none did."""


@dataclass(frozen=True)
class Reading:
    """A record with the answers to what every section asks."""

    record: RunRecord

    @property
    def seed(self) -> Version | None:
        """The version that the run started from; None where the log broke off before it."""
        return self.record.seed

    @cached_property
    def rounds(self) -> Sequence[Round]:
        """The rounds in order, with the incumbent as it changed."""
        measured: dict[int, dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
        for outcome in self.record.outcomes:
            if (number := round_of(outcome.stage)) is not None:
                measured[number][outcome.version].append(outcome)
        decided: dict[int, list[Decision]] = defaultdict(list)
        for decision in self.record.decisions:
            if (number := round_of(decision.stage)) is not None:
                decided[number].append(decision)
        return self._with_incumbents(measured, decided)

    def _with_incumbents(self, measured: Mapping[int, Mapping[str, Sequence[Outcome]]], decided: Mapping[int, Sequence[Decision]]) -> list[Round]:
        incumbent = self.seed.id if self.seed else ""
        numbers = sorted(measured.keys() | decided.keys())
        rounds = []
        for number in numbers:
            decisions = decided.get(number, ())
            incumbent = next((d.incumbent for d in decisions if d.incumbent in self.record.versions), incumbent)
            settled = number != numbers[-1] or bool(self.record.ended_by)
            promoted = _promoted(decisions, settled=settled)
            rounds.append(Round(number, incumbent, measured.get(number, {}), decisions, promoted))
            incumbent = promoted or incumbent
        return rounds

    @cached_property
    def best(self) -> Version | None:
        """The version that faced the seed on the smoke split, or the incumbent so far; the seed where nothing was better."""
        ids = [self.seed.id] if self.seed else []
        faced = {outcome.version for outcome in self.record.of_stage(SMOKE)} - set(ids)
        last = self.rounds[-1] if self.rounds else None
        so_far = (last.promoted or last.incumbent) if last else ""
        chosen = next((i for i in self.record.versions if i in faced), so_far)
        return self.record.versions.get(chosen, self.seed)

    @property
    def rulings(self) -> Sequence[Decision]:
        """What was decided on the smoke split: one decision, or none."""
        return [decision for decision in self.record.decisions if decision.rule == SMOKE]

    @property
    def finished(self) -> bool:
        """Whether the smoke split is measured and, where two versions met there, decided."""
        return self.record.finished and (bool(self.rulings) or not self.found_better)

    @property
    def shipped(self) -> Version | None:
        """What the run ships: the best version if its gain was proven, else the seed; None while the run is not finished."""
        if not self.finished:
            return None
        return self.best if self.rulings and self.rulings[-1].accepted else self.seed

    @property
    def found_better(self) -> bool:
        """Whether there is a version to set against the seed."""
        return self.best is not None and self.best != self.seed

    @property
    def rival(self) -> str:
        """What the best version is called beside the base: `winner` once it ships, `candidate` if it does not, `incumbent` while that is open."""
        if not self.finished:
            return "incumbent"
        return "winner" if self.shipped == self.best else "candidate"

    @cached_property
    def split(self) -> str:
        """Where seed and best version are compared: `smoke`, or `search` as long as the smoke split is not measured."""
        return SMOKE if self.record.finished or self.record.of_stage(SMOKE) else "search"

    @cached_property
    def base_outcomes(self) -> Sequence[Outcome]:
        """The replies of the seed on that split."""
        return self._of(self.seed)

    @cached_property
    def best_outcomes(self) -> Sequence[Outcome]:
        """The replies of the best version on that split."""
        return self._of(self.best) if self.found_better else ()

    def _of(self, version: Version | None) -> list[Outcome]:
        named = version.id if version else ""
        return [o for o in self.record.outcomes if o.version == named and (o.stage == SMOKE) == (self.split == SMOKE)]

    @cached_property
    def gain(self) -> PairedDifference:
        """Best minus seed on the smoke split; without pairs where there is no such measurement."""
        comparable = self.split == SMOKE and self.found_better
        return paired_difference(self.base_outcomes, self.best_outcomes) if comparable else paired_difference([], [])

    @cached_property
    def incumbents(self) -> Sequence[str]:
        """The ids that held the place, in order, the seed first."""
        held = [self.seed.id] if self.seed else []
        for step in self.rounds:
            held += [name for name in (step.incumbent, step.promoted) if name and name not in held]
        return held

    @cached_property
    def pieces_of(self) -> Mapping[str, frozenset[str]]:
        """The ids of the guidance pieces of each version."""
        return {version.id: frozenset(piece.id for piece in Prompt(version.text).pieces) for version in self.record.versions.values()}

    @cached_property
    def dimension_of(self) -> Mapping[tuple[str, str], str]:
        """The dimension by scenario and criterion."""
        return {(record.id, criterion.id): criterion.dimension for record in self.record.records.values() for criterion in record.criteria}

    @cached_property
    def explained(self) -> Sequence[Outcome]:
        """The replies whose scenario and criteria are all known and whose version is, too: what a model can be fitted to."""
        known = self.dimension_of
        return [
            outcome
            for outcome in self.record.outcomes
            if outcome.version in self.record.versions
            and outcome.scenario in self.record.records
            and all((outcome.scenario, v.criterion) in known for v in (outcome.grade.verdicts if outcome.grade else ()))
        ]


def round_of(stage: str) -> int | None:
    """The round that a stage belongs to: 7 of `007.sample`; None of `smoke`."""
    head = stage.partition(".")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) <= 6 else None


def rate(outcomes: Sequence[Outcome]) -> Interval | None:
    """Pass rate with its interval over tasks; None where nothing was scored."""
    return Evaluation({}, outcomes).pass_rate


def scored(outcomes: Sequence[Outcome]) -> int:
    """The number of verdicts of pass or fail."""
    return sum(outcome.grade.scored for outcome in outcomes if outcome.grade)


def depths(versions: Mapping[str, Version]) -> dict[str, int]:
    """How many steps each version is away from the one that it began with; a parent that does not come before it counts as none."""
    found: dict[str, int] = {}
    for version in versions.values():
        found[version.id] = found[version.parent] + 1 if version.parent in found else 0
    return found


def _promoted(decisions: Sequence[Decision], *, settled: bool) -> str:
    """The candidate that passed all gates of a round. One that has passed the first gate alone waits for the second."""
    for candidate in {decision.candidate: None for decision in decisions}:
        rulings = [d for d in decisions if d.candidate == candidate]
        gates = {d.rule for d in rulings if d.accepted}
        if all(d.accepted for d in rulings) and ("regression" in gates or ("improvement" in gates and settled)):
            return candidate
    return ""
