"""What a record says: seed, finalist, shipped, gain, and how the search went round by round.

Everything that shows a run asks here: result, page, plots, frames, terminal, card and MLflow.

A run folder may hold anything: versions without replies, decisions on versions that are not in it,
parents in a ring, rules that `rules.yaml` does not list. Everything here gives an answer for such a
record, too.

Not covered: comparing rounds. Each has scenarios of its own, so its pass rate moves with them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.prompt import pieces_of
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import paired_difference, pass_rate
from usersim_opt.measuring.stages import SMOKE, ends_round, round_of
from usersim_opt.results.attribution import Attribution, attribute
from usersim_opt.results.record import RunRecord
from usersim_opt.results.rules import rule_of
from usersim_opt.results.versions import Decision, Version, Versions
from usersim_opt.scenarios.records import Scenario

SEARCH = "search"
"""The name of what was measured before the smoke split."""
Outcomes = Sequence[Outcome]
ByVersion = Mapping[str, Outcomes]
NamedRate = tuple[str, Interval]
"""The id of a version and its pass rate."""
_Rulings = dict[tuple[int, str], list[Decision]]
"""Decisions by round and version."""
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
        if self._challenger:
            return self._challenger
        if self.finished:
            # Nobody faced the seed, or those replies cannot be read: then the ruling knows.
            return self.ruling.candidate if self.ruling else ""
        return self._incumbent_so_far

    @property
    def _challenger(self) -> str:
        """The version that was measured against the seed on the smoke split; empty if none was."""
        for name in self.record.versions:
            if name in self.smoke and not self._is_seed(name):
                return name
        return ""

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
        """Where seed and finalist are compared: `smoke`, or `search` where that is not measured."""
        if self.record.stopped:
            return SEARCH
        return SMOKE if self.finished or self.record.of_stage(SMOKE) else SEARCH

    @cached_property
    def base_outcomes(self) -> Outcomes:
        """The replies of the seed on that split."""
        return self._on_split(self.seed)

    @cached_property
    def best_outcomes(self) -> Outcomes:
        """The replies of the finalist on that split; none where the seed is the finalist."""
        return self._on_split(self.finalist) if self.found_better else ()

    def _on_split(self, version: Version | None) -> Outcomes:
        by_version = self.smoke if self.split == SMOKE else self.searched
        return by_version.get(version.id, ()) if version is not None else ()

    @cached_property
    def smoke(self) -> ByVersion:
        """The replies on the smoke split by version."""
        return _by_version(self.record.of_stage(SMOKE))

    @cached_property
    def searched(self) -> ByVersion:
        """The replies of the search by version: they chose the winner, their rates are too high."""
        return _by_version(self.record.searched)

    def evaluation(self, version: Version) -> Evaluation:
        """A version on the smoke split; replies to scenarios that the data lack are left out."""
        return self._evaluated(self.smoke.get(version.id, ()), held_out=True)

    def on_train(self, version: Version | None) -> Evaluation:
        """A version on the training scenarios that it was run on: the search chose by these."""
        return self._evaluated(self.searched.get(version.id, ()) if version else ())

    def _evaluated(self, replies: Outcomes, *, held_out: bool = False) -> Evaluation:
        outcomes = self._in_data(replies)
        return Evaluation(
            self._scenarios_of(outcomes),
            outcomes,
            offline=self.record.offline,
            held_out=held_out,
            guarded=any(outcome.guards for outcome in self.record.outcomes),
            judge_card=self.record.judge_card,
        )

    def _in_data(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        return [outcome for outcome in outcomes if outcome.scenario in self.record.scenarios]

    def _scenarios_of(self, outcomes: Iterable[Outcome]) -> dict[str, Scenario]:
        return {outcome.scenario: self.record.scenarios[outcome.scenario] for outcome in outcomes}

    @cached_property
    def gain(self) -> PairedDifference:
        """Finalist minus seed on the smoke split; without pairs where that was not measured."""
        if self.split == SMOKE and self.found_better:
            outcomes = self.base_outcomes, self.best_outcomes
            return paired_difference(*outcomes, level=self.record.level)
        return paired_difference([], [])

    @cached_property
    def smoke_rates(self) -> list[NamedRate]:
        """Versions with their pass rates on the smoke split, the seed first."""
        rates = pass_rates(self.smoke)
        return [(name, rates[name]) for name in self.record.versions if name in rates]

    # -- how the search went -----------------------------------------------------------------------

    @cached_property
    def rounds(self) -> Sequence[Round]:
        """The rounds in order, with the incumbent as it changed."""
        return [self._round(number) for number in self._numbers]

    def _round(self, number: int) -> Round:
        return Round(
            number=number,
            incumbent=self._incumbent_before(number),
            measured=self._measured.get(number, {}),
            decisions=self._decided.get(number, []),
            promoted=self._promoted_in(number),
        )

    def _incumbent_before(self, number: int) -> str:
        before = [p.version for p in self.promotions if p.decision is None or p.round < number]
        return before[-1] if before else ""

    def _promoted_in(self, number: int) -> str:
        now = [p.version for p in self.promotions if p.decision is not None and p.round == number]
        return now[-1] if now else ""

    @cached_property
    def _measured(self) -> Mapping[int, ByVersion]:
        """The replies by round and version."""
        by_round = _by_round(self.record.outcomes)
        return {number: _by_version(outcomes) for number, outcomes in by_round.items()}

    @cached_property
    def _decided(self) -> Mapping[int, Sequence[Decision]]:
        """The decisions by round."""
        return _by_round(self.record.decisions)

    @cached_property
    def _numbers(self) -> list[int]:
        """The numbers of the rounds of which anything is recorded, in order."""
        return sorted(self._measured.keys() | self._decided.keys())

    @cached_property
    def last_round(self) -> int:
        """The highest round of which anything is recorded; 0 if none has begun."""
        return max(self._numbers, default=0)

    @cached_property
    def promotions(self) -> Sequence[Promotion]:
        """The seed and every version that took the incumbent's place; empty without a version."""
        if self.seed is None:
            return []
        return [Promotion(self.seed.id, 0, None), *self._promoted()]

    def _promoted(self) -> Iterator[Promotion]:
        for (number, version), decisions in self._rulings.items():
            if self._promotes(number, decisions):
                yield Promotion(version, number, _ruling_on_gain(decisions))

    @property
    def _rulings(self) -> _Rulings:
        """The decisions on known versions by round and version, in order of the last ruling."""
        rulings: _Rulings = {}
        for decision in self.record.decisions:
            number = round_of(decision.stage)
            if number is not None and decision.candidate in self.record.versions:
                key = (number, decision.candidate)
                # Taken out and put in again: a version comes where its last ruling stands.
                rulings[key] = [*rulings.pop(key, ()), decision]
        return rulings

    def _promotes(self, number: int, decisions: Sequence[Decision]) -> bool:
        """Whether the rulings on a version in a round make it the incumbent.

        The last one counts: a search may come back to a version when it closes. Passing a gate that
        is not the round's last counts once the round is over: the next gate may still say no.
        """
        final = decisions[-1]
        if not final.accepted or not rule_of(final.rule).gate:
            return False
        over = number < self.last_round or bool(self.record.ended_by)
        return over or ends_round(final.stage)

    @cached_property
    def incumbents(self) -> Sequence[str]:
        """The ids that held the place, in order, the seed first."""
        return list(dict.fromkeys(promotion.version for promotion in self.promotions))

    @cached_property
    def last_rulings(self) -> Mapping[str, Decision]:
        """By version the last decision of the search on it."""
        return {decision.candidate: decision for decision in self.record.search_decisions}

    @cached_property
    def refusals(self) -> Mapping[str, Decision]:
        """By version the last decision of the search that turned it down."""
        decisions = self.record.search_decisions
        return {decision.candidate: decision for decision in decisions if not decision.accepted}

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
        return {version.id: _piece_ids(version) for version in self.record.versions.values()}


def scored(outcomes: Outcomes) -> int:
    """The number of verdicts of pass or fail."""
    return sum(outcome.grade.scored for outcome in outcomes if outcome.grade)


def pass_rates(replies: ByVersion) -> dict[str, Interval]:
    """The pass rate of each version of which anything was scored."""
    rates = {version: pass_rate(outcomes) for version, outcomes in replies.items()}
    return {version: rate for version, rate in rates.items() if rate is not None}


def depths(versions: Versions) -> dict[str, int]:
    """How many steps each version is away from the one that it began with.

    A parent that does not come before its child counts as none, so a ring has an end.
    """
    depth: dict[str, int] = {}
    for version in versions.values():
        depth[version.id] = depth[version.parent] + 1 if version.parent in depth else 0
    return depth


def _piece_ids(version: Version) -> frozenset[str]:
    return frozenset(piece.id for piece in pieces_of(version.text))


def _by_version(outcomes: Outcomes) -> ByVersion:
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
    gains = (ruling for ruling in decisions if ruling.accepted and not ends_round(ruling.stage))
    return next(gains, decisions[-1])
