"""What the page needs to know about a run before it is drawn: who is compared with whom, round by round, and on which replies.

A run folder may hold anything: versions without replies, decisions on versions that nobody knows, parents in a ring.
Everything here gives an answer for such a record, too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.measuring.stages import SMOKE, round_of
from usersim_opt.results.record import RunRecord
from usersim_opt.results.rounds import Step, incumbents, rounds
from usersim_opt.results.versions import Decision, Version


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
        measured = rounds(self.record)
        decided: dict[int, list[Decision]] = defaultdict(list)
        for decision in self.record.decisions:
            if (number := round_of(decision.stage)) is not None:
                decided[number].append(decision)
        return [self._round(number, measured.get(number, {}), decided.get(number, ())) for number in sorted(measured.keys() | decided.keys())]

    def _round(self, number: int, measured: Mapping[str, Sequence[Outcome]], decisions: Sequence[Decision]) -> Round:
        before = [step.version for step in self._steps if step.round < number]
        promoted = [step.version for step in self._steps if step.round == number and step.decision]
        return Round(number, before[-1] if before else "", measured, decisions, promoted[-1] if promoted else "")

    @cached_property
    def _steps(self) -> Sequence[Step]:
        return incumbents(self.record)

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
        return self.record.finished

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
        return list(dict.fromkeys(step.version for step in self._steps))

    @cached_property
    def pieces_of(self) -> Mapping[str, frozenset[str]]:
        """The ids of the guidance pieces of each version."""
        return {version.id: frozenset(piece.id for piece in Prompt(version.text).pieces) for version in self.record.versions.values()}

    @cached_property
    def dimension_of(self) -> Mapping[tuple[str, str], str]:
        """The dimension by scenario and criterion."""
        return {(record.id, criterion.id): criterion.dimension for record in self.record.records.values() for criterion in record.criteria}


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
