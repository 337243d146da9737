"""What a record says: seed, finalist, shipped, gain, and how the search went round by round.

Everything that shows a run asks here: result, page, plots, frames, terminal, card and MLflow.

A run folder may hold anything: versions without replies, decisions on versions that are not in it,
parents in a ring, rules that `rules.yaml` does not list. Everything here gives an answer for such a
record, too.

Not covered: comparing rounds. Each has scenarios of its own, so its pass rate moves with them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.frames import Row
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.prompt import pieces_of
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import paired_difference, pass_rate
from usersim_opt.measuring.stages import SMOKE, ends_round, round_of
from usersim_opt.results.attribution import Attribution, attribute
from usersim_opt.results.record import RunRecord
from usersim_opt.results.rules import rule_of
from usersim_opt.results.versions import Decision, Version

SEARCH = "search"
"""The name of what was measured before the smoke split."""
ByVersion = Mapping[str, Sequence[Outcome]]
_Staged = TypeVar("_Staged", Outcome, Decision)


@dataclass(frozen=True)
class Promotion:
    """A version that became the incumbent, after which round, and the ruling on its gain.

    The seed holds the place from round 0 without a ruling.
    """

    version: str
    round: int
    decision: Decision | None


@dataclass(frozen=True)
class Round:
    """One minibatch of the search: its first incumbent, replies by version, decisions."""

    number: int
    incumbent: str
    measured: ByVersion
    decisions: Sequence[Decision]
    promoted: str
    """The version that became the incumbent; empty where none did."""

    @property
    def outcomes(self) -> list[Outcome]:
        """The replies of all versions."""
        return [outcome for outcomes in self.measured.values() for outcome in outcomes]


@dataclass(frozen=True)
class Reading:
    """A record, finished or not, with the answers to what every view of it asks."""

    record: RunRecord

    # -- who ---------------------------------------------------------------------------------------

    @property
    def seed(self) -> Version | None:
        """The version that the run started from; None where the log broke off before it."""
        return next(iter(self.record.versions.values()), None)

    @cached_property
    def finalist(self) -> Version | None:
        """The version that faced the seed on the smoke split, before that the incumbent so far.

        The seed itself where nothing was better.
        """
        return self.record.versions.get(self._finalist_id, self.seed)

    @property
    def _finalist_id(self) -> str:
        faced = {outcome.version for outcome in self.record.of_stage(SMOKE)}
        for name in self.record.versions:
            if name in faced and not self._is_seed(name):
                return name
        if self.finished:
            # Nobody faced the seed, or those replies cannot be read: then the ruling knows.
            return self.ruling.candidate if self.ruling else ""
        return self._incumbent_so_far

    @property
    def _incumbent_so_far(self) -> str:
        last = self.rounds[-1] if self.rounds else None
        return (last.promoted or last.incumbent) if last else ""

    @property
    def found_better(self) -> bool:
        """Whether there is a version to set against the seed."""
        return self.finalist is not None and self.finalist != self.seed

    @property
    def finished(self) -> bool:
        """Whether the smoke split is measured and, where two versions met there, decided."""
        return self.record.finished

    @property
    def ruling(self) -> Decision | None:
        """What was decided on the smoke split; the stage says so, whatever the gate is called."""
        rulings = [decision for decision in self.record.decisions if decision.stage == SMOKE]
        return rulings[-1] if rulings else None

    @property
    def shipped(self) -> Version | None:
        """The finalist if its gain was proven, else the seed; None before the run is finished."""
        if not self.finished:
            return None
        return self.finalist if self.ruling is not None and self.ruling.accepted else self.seed

    @property
    def rival(self) -> str:
        """What the finalist is called beside the base.

        `winner` once it ships, `candidate` if it does not, `incumbent` while that is open.
        """
        if not self.finished:
            return "incumbent"
        return "winner" if self.shipped == self.finalist else "candidate"

    def _is_seed(self, name: str) -> bool:
        return self.seed is not None and name == self.seed.id

    # -- how good ----------------------------------------------------------------------------------

    @cached_property
    def split(self) -> str:
        """Where seed and finalist are compared: `smoke`, or `search` before that is measured."""
        return SMOKE if self.finished or self.record.of_stage(SMOKE) else SEARCH

    @cached_property
    def base_outcomes(self) -> Sequence[Outcome]:
        """The replies of the seed on that split."""
        return self._on_split(self.seed)

    @cached_property
    def best_outcomes(self) -> Sequence[Outcome]:
        """The replies of the finalist on that split; none where the seed is the finalist."""
        return self._on_split(self.finalist) if self.found_better else ()

    def _on_split(self, version: Version | None) -> Sequence[Outcome]:
        by_version = self.smoke if self.split == SMOKE else self.searched
        return by_version.get(version.id, ()) if version is not None else ()

    @cached_property
    def smoke(self) -> ByVersion:
        """The replies on the smoke split by version."""
        return _by_version(self.record.of_stage(SMOKE))

    @cached_property
    def searched(self) -> ByVersion:
        """The replies of the search by version: they chose the winner, their rates are too high."""
        return _by_version([o for o in self.record.outcomes if o.stage != SMOKE])

    def evaluation(self, version: Version) -> Evaluation:
        """A version on the smoke split; replies to scenarios that the data lack are left out."""
        scenarios = self.record.scenarios
        outcomes = [o for o in self.smoke.get(version.id, ()) if o.scenario in scenarios]
        measured = {outcome.scenario: scenarios[outcome.scenario] for outcome in outcomes}
        return Evaluation(measured, outcomes, offline=self.record.offline)

    @cached_property
    def gain(self) -> PairedDifference:
        """Finalist minus seed on the smoke split; without pairs where that was not measured."""
        if self.split == SMOKE and self.found_better:
            return paired_difference(self.base_outcomes, self.best_outcomes)
        return paired_difference([], [])

    @cached_property
    def smoke_rates(self) -> list[tuple[str, Interval]]:
        """Versions with their pass rates on the smoke split, the seed first."""
        rates = [(name, pass_rate(self.smoke.get(name, ()))) for name in self.record.versions]
        return [(name, rate) for name, rate in rates if rate is not None]

    # -- how the search went -----------------------------------------------------------------------

    @cached_property
    def rounds(self) -> Sequence[Round]:
        """The rounds in order, with the incumbent as it changed."""
        measured = _by_round(self.record.outcomes)
        decided = _by_round(self.record.decisions)
        return [
            self._round(number, measured.get(number, []), decided.get(number, []))
            for number in sorted(measured.keys() | decided.keys())
        ]

    def _round(self, number: int, outcomes: list[Outcome], decisions: list[Decision]) -> Round:
        before = [p.version for p in self.promotions if p.decision is None or p.round < number]
        now = [p.version for p in self.promotions if p.decision is not None and p.round == number]
        return Round(
            number=number,
            incumbent=before[-1] if before else "",
            measured=_by_version(outcomes),
            decisions=decisions,
            promoted=now[-1] if now else "",
        )

    @cached_property
    def last_round(self) -> int:
        """The highest round of which anything is recorded; 0 if none has begun."""
        measured = _by_round(self.record.outcomes)
        decided = _by_round(self.record.decisions)
        return max(measured.keys() | decided.keys(), default=0)

    @cached_property
    def promotions(self) -> Sequence[Promotion]:
        """The seed and every version that took the incumbent's place; empty without a version.

        The last ruling on a version in a round counts: a search may come back to it when it closes.
        """
        if self.seed is None:
            return []
        promotions = [Promotion(self.seed.id, 0, None)]
        for (number, version), decisions in self._rulings().items():
            if self._promotes(number, decisions[-1]):
                promotions.append(Promotion(version, number, _ruling_on_gain(decisions)))
        return promotions

    def _rulings(self) -> dict[tuple[int, str], list[Decision]]:
        """The decisions on known versions by round and version, in order of the last ruling."""
        rulings: dict[tuple[int, str], list[Decision]] = {}
        for decision in self.record.decisions:
            number = round_of(decision.stage)
            if number is not None and decision.candidate in self.record.versions:
                key = (number, decision.candidate)
                # Taken out and put in again: a version comes where its last ruling stands.
                rulings[key] = [*rulings.pop(key, ()), decision]
        return rulings

    def _promotes(self, number: int, final: Decision) -> bool:
        """Whether the last ruling on a version in a round makes it the incumbent.

        Passing a gate that is not the round's last counts once the round is over: the next gate may
        still say no.
        """
        if not final.accepted or not rule_of(final.rule).gate:
            return False
        over = number < self.last_round or bool(self.record.ended_by)
        return over or ends_round(final.stage)

    @cached_property
    def incumbents(self) -> Sequence[str]:
        """The ids that held the place, in order, the seed first."""
        return list(dict.fromkeys(promotion.version for promotion in self.promotions))

    # -- pieces ------------------------------------------------------------------------------------

    @cached_property
    def readable(self) -> list[Outcome]:
        """Scored replies of known versions to scenarios of the data that have all the criteria."""
        criteria = {
            name: {criterion.id for criterion in scenario.criteria}
            for name, scenario in self.record.scenarios.items()
        }
        readable = []
        for outcome in self.record.outcomes:
            if outcome.grade is None or not outcome.grade.scored:
                continue
            judged = {verdict.criterion for verdict in outcome.grade.verdicts}
            in_data = judged <= criteria.get(outcome.scenario, set())
            if in_data and outcome.version in self.record.versions:
                readable.append(outcome)
        return readable

    @cached_property
    def worths(self) -> Attribution | None:
        """What each piece is worth so far; None while no reply is scored that can be read."""
        if not self.readable:
            return None
        return attribute(self.record.versions, self.readable, self.record.scenarios)

    @cached_property
    def pieces_of(self) -> Mapping[str, frozenset[str]]:
        """The ids of the guidance pieces of each version."""
        return {
            version.id: frozenset(piece.id for piece in pieces_of(version.text))
            for version in self.record.versions.values()
        }


def scored(outcomes: Sequence[Outcome]) -> int:
    """The number of verdicts of pass or fail."""
    return sum(outcome.grade.scored for outcome in outcomes if outcome.grade)


def depths(versions: Mapping[str, Version]) -> dict[str, int]:
    """How many steps each version is away from the one that it began with.

    A parent that does not come before its child counts as none, so a ring has an end.
    """
    depth: dict[str, int] = {}
    for version in versions.values():
        depth[version.id] = depth[version.parent] + 1 if version.parent in depth else 0
    return depth


def _by_version(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    grouped: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        grouped[outcome.version].append(outcome)
    return dict(grouped)


def _by_round(events: Sequence[_Staged]) -> dict[int, list[_Staged]]:
    """Outcomes or decisions by the round of their stage; those outside the search are left out."""
    grouped: dict[int, list[_Staged]] = defaultdict(list)
    for event in events:
        number = round_of(event.stage)
        if number is not None:
            grouped[number].append(event)
    return dict(grouped)


def _ruling_on_gain(decisions: Sequence[Decision]) -> Decision:
    """The yes of the first gate in a round, which rules on the gain; else the last ruling."""
    gains = [ruling for ruling in decisions if ruling.accepted and not ends_round(ruling.stage)]
    return gains[0] if gains else decisions[-1]


VERSION_COLUMNS = (
    "version", "origin", "parent", "round", "characters", "pieces", "rule", "accepted", "reason",
    "gain", "low", "high", "replies", "pass_rate", "smoke_pass_rate", "incumbent", "sha256",
)  # fmt: skip


def version_rows(reading: Reading) -> list[Row]:
    """One row per version with the last ruling of the search on it.

    `pass_rate` is over whatever the version was measured on in the search: it chose the winner, and
    rates of different versions do not compare.
    """
    rulings = {d.candidate: d for d in reading.record.decisions if d.stage != SMOKE}
    return [
        _version_row(reading, version) | _ruling_row(rulings.get(version.id))
        for version in reading.record.versions.values()
    ]


def _version_row(reading: Reading, version: Version) -> Row:
    searched = reading.searched.get(version.id, ())
    return {
        "version": version.id,
        "origin": version.origin,
        "parent": version.parent,
        "characters": len(version.text),
        "pieces": len(pieces_of(version.text)),
        "replies": len(searched),
        "pass_rate": _mean(searched),
        "smoke_pass_rate": _mean(reading.smoke.get(version.id, ())),
        "incumbent": version.id in reading.incumbents,
        "sha256": version.sha256,
    }


def _ruling_row(ruling: Decision | None) -> Row:
    if ruling is None:
        return {}
    figures = {"gain", "low", "high"}
    return {
        "round": round_of(ruling.stage),
        "rule": ruling.rule,
        "accepted": ruling.accepted,
        "reason": ruling.reason,
        **(ruling.evidence.model_dump(include=figures) if ruling.evidence else {}),
    }


def _mean(outcomes: Sequence[Outcome]) -> float | None:
    rate = pass_rate(outcomes)
    return rate.mean if rate else None
