"""What each guidance piece is worth, and how good each version is by family.

Every version of a run is a set of guidance pieces, so every graded reply says something about every
piece that was in or out. The model is the one of piece_model.py, fitted anew to all replies but
those of the smoke split. Its figures explain a run; they are no proof of a gain, which only the
smoke split gives.

Not covered: pieces that only work together, and pieces that are in every version: what those are
worth is the prior's guess.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.figures import Interval
from usersim_opt.customer.pieces import frame_id
from usersim_opt.customer.prompt import Part, pieces_of
from usersim_opt.measuring.collapse import collapsed
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.piece_model import BROAD, Draws, PieceModel, interval_of, shares
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.measuring.verdict_arrays import Array
from usersim_opt.measuring.verdicts import (
    ScoredVerdict,
    dimensions_of,
    verdicts_of,
    weights_of,
)
from usersim_opt.results.versions import Versions
from usersim_opt.scenarios.kinds import family_of, in_order
from usersim_opt.scenarios.records import Scenario

Scenarios = Mapping[str, Scenario]
Families = Mapping[str, Mapping[str, Interval]]
"""A pass rate with its interval by version id and family."""
DRAWS = 200
"""Draws of the posterior that means and intervals are read from."""
_Batch = tuple[str, str]
"""The version and the stage of replies that were measured together."""
PRIOR_OF_THE_FIRST = 0.02
"""A piece of the first prompt is expected to help: a person wrote it."""


@dataclass(frozen=True)
class PieceWorth:
    """What one piece adds to the pass rate where it is in the prompt.

    Effects are shares from -1 to 1 with 95 % credible intervals.
    """

    id: str
    words: str
    section: str
    characters: int
    effect: Interval
    """On all criteria of the scenarios measured."""
    by_family: Mapping[str, Interval]
    """On the criteria of one family."""
    replies_with: int
    replies_without: int


@dataclass(frozen=True)
class Attribution:
    """The pieces of all measured versions, the worthiest first, and the versions by family."""

    pieces: tuple[PieceWorth, ...]
    families: Families
    """The pass rate that the model expects on all scenarios alike.

    Versions that were measured on different ones compare in it.
    """


@checks_arguments
def attribute(
    versions: Versions,
    outcomes: Iterable[Outcome],
    scenarios: Scenarios,
    *,
    prior_of_the_first: float = PRIOR_OF_THE_FIRST,
    broad: float = BROAD,
) -> Attribution:
    """Fit the model to what was measured; versions without a scored reply have no rates.

    Replies that are all the same count as failed, as in the search. A frame other than the first
    has an effect of its own.
    """
    scored = _scored(versions, outcomes, scenarios)
    if not scored:
        return Attribution((), {})
    design = _Design.of(versions)
    dimensions = dimensions_of(scenarios.values())
    model = PieceModel(dimensions, seed=0, broad=broad)
    for name in design.names:
        model.add_piece(prior_mean=prior_of_the_first if name in design.first else 0.0)
    for outcome, verdicts in _with_verdicts(scored, scenarios):
        model.add_verdicts(outcome.version, design.numbers(outcome.version), verdicts)
    fit = _Fit(
        draws=model.posterior(draws=DRAWS),
        dimensions=dimensions,
        weights=weights_of(scored, scenarios, dimensions),
        design=design,
        replies=Counter(outcome.version for outcome in scored),
    )
    return Attribution(fit.pieces(), fit.families())


def _scored(versions: Versions, outcomes: Iterable[Outcome], scenarios: Scenarios) -> list[Outcome]:
    """The scored replies of known versions to known scenarios before the smoke split.

    They are sorted: threads write the log in any order, and the draws depend on it.
    """
    scored = [
        outcome
        for outcome in outcomes
        if outcome.version in versions
        and outcome.scenario in scenarios
        and outcome.stage != SMOKE
        and outcome.scored
    ]
    return sorted(scored, key=lambda outcome: outcome.key)


def _with_verdicts(
    scored: Sequence[Outcome], scenarios: Scenarios
) -> Iterator[tuple[Outcome, list[ScoredVerdict]]]:
    """Each reply with its verdicts; where a version says the same to everybody, all are fails."""
    void = _void(scored, scenarios)
    for outcome in scored:
        counts = _batch(outcome) not in void
        verdicts = verdicts_of(outcome, scenarios[outcome.scenario])
        yield outcome, [(c, dimension, passed and counts) for c, dimension, passed in verdicts]


def _batch(outcome: Outcome) -> _Batch:
    return outcome.version, outcome.stage


def _void(scored: Iterable[Outcome], scenarios: Scenarios) -> set[_Batch]:
    """The batches whose replies do not depend on the conversation."""
    batches = _batches(scored)
    return {batch for batch, outcomes in batches.items() if collapsed(outcomes, scenarios)}


def _batches(scored: Iterable[Outcome]) -> Mapping[_Batch, Sequence[Outcome]]:
    batches: dict[_Batch, list[Outcome]] = defaultdict(list)
    for outcome in scored:
        batches[_batch(outcome)].append(outcome)
    return batches


@dataclass(frozen=True)
class _Design:
    """Which version has which pieces. A frame that is not the first one's counts as a piece."""

    parts: Mapping[str, Part]
    """Every piece of any version by its id, in the order in which they came up."""
    members: Mapping[str, frozenset[str]]
    """By version the ids of its pieces, and of its frame."""
    names: Sequence[str]
    """All ids, pieces first; the place of an id is its number in the model."""

    @classmethod
    def of(cls, versions: Versions) -> "_Design":
        parts: dict[str, Part] = {}
        members: dict[str, frozenset[str]] = {}
        # All versions share the first frame as a rule; its effect is the model's base rate.
        first_frame = frame_id(next(iter(versions.values())).text)
        for name, version in versions.items():
            pieces = {piece.id: piece for piece in pieces_of(version.text)}
            for piece in pieces.values():
                parts.setdefault(piece.id, piece)
            members[name] = frozenset({*pieces, frame_id(version.text)} - {first_frame})
        frames = set().union(*members.values()) - parts.keys()
        return cls(parts, members, [*parts, *sorted(frames)])

    @property
    def first(self) -> frozenset[str]:
        """What the first version has."""
        return next(iter(self.members.values()))

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The number of each id in the model."""
        return {name: number for number, name in enumerate(self.names)}

    def numbers(self, version: str) -> list[int]:
        """The numbers of what a version has, in order."""
        return sorted(self.number[name] for name in self.members[version])


@dataclass(frozen=True)
class _Fit:
    """The posterior, and what it is read with."""

    draws: Draws
    dimensions: Sequence[str]
    weights: Array
    """The share of each dimension among the criteria that were measured."""
    design: _Design
    replies: Mapping[str, int]
    """Scored replies by version, in the model's order of versions."""

    def pieces(self) -> tuple[PieceWorth, ...]:
        """The pieces that a measured version had, the worthiest first."""
        worths = [self._worth(part) for part in self.design.parts.values()]
        measured = [worth for worth in worths if worth.replies_with]
        return tuple(sorted(measured, key=lambda worth: -worth.effect.mean))

    def _worth(self, part: Part) -> PieceWorth:
        members = self.design.members
        inside = sum(n for version, n in self.replies.items() if part.id in members[version])
        effects = self.draws.effects[:, self.design.number[part.id], :]
        by_family = {
            family: _interval(effects @ weights) for family, weights in self._family_weights.items()
        }
        return PieceWorth(
            id=part.id,
            words=part.words,
            section=part.section,
            characters=len(part.text.strip()),
            effect=_interval(effects @ self.weights),
            by_family=by_family,
            replies_with=inside,
            replies_without=sum(self.replies.values()) - inside,
        )

    def families(self) -> dict[str, dict[str, Interval]]:
        """The expected pass rate by version and family."""
        rates: dict[str, dict[str, Interval]] = defaultdict(dict)
        for place, version in enumerate(self.replies):
            rate = self._rate(place, self.design.numbers(version))
            for family, weights in self._family_weights.items():
                # The model is linear, so its rates may lie a little outside of 0 and 1.
                rates[version][family] = _interval(rate @ weights).within(0.0, 1.0)
        return dict(rates)

    def _rate(self, place: int, pieces: Sequence[int]) -> Array:
        """The expected pass rate of the version at a place; shape: draws x dimensions."""
        effects = self.draws.effects[:, pieces, :].sum(axis=1)
        return np.asarray(self.draws.base + effects + self.draws.deviation[:, [place]])

    @cached_property
    def _family_weights(self) -> dict[str, Array]:
        """The weights of the dimensions of each family that was measured; they add up to 1."""
        families = in_order({family_of(name) for name, weight in self._named.items() if weight})
        return {family: shares(self._of_family(family), self.dimensions) for family in families}

    @property
    def _named(self) -> dict[str, float]:
        """The weights by dimension."""
        return dict(zip(self.dimensions, self.weights, strict=True))

    def _of_family(self, family: str) -> dict[str, float]:
        """The weights of the dimensions of one family."""
        return {name: weight for name, weight in self._named.items() if family_of(name) == family}


def _interval(draws: Array) -> Interval:
    """The mean and the 95 % credible interval of draws."""
    return Interval(*interval_of(draws))
