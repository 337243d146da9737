"""What is each guidance piece worth, and how good is each version by family? Read off every reply that was graded.

Every version of a run is a set of guidance pieces, so every reply tells something about every piece that was in or out. The
model is the one of piece_model.py, fitted anew to all replies but those of the smoke split. Its figures explain a run; they
are no proof of a gain, which only the smoke split gives.

Not covered: pieces that only work together, and pieces that are in every version: what those are worth is the prior's guess.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.figures import Interval
from usersim_opt.customer.pieces import frame_id
from usersim_opt.customer.prompt import Part, Prompt
from usersim_opt.measuring.outcome import Outcome, collapsed
from usersim_opt.measuring.piece_model import BROAD, Array, Draws, PieceModel, interval_of, shares
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.measuring.verdicts import verdicts_of, weights_of
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.kinds import DIMENSIONS, FAMILIES
from usersim_opt.scenarios.records import Scenario

PRIOR_OF_THE_FIRST = 0.02
"""A piece of the first prompt is expected to help: a person wrote it."""


@dataclass(frozen=True)
class PieceWorth:
    """What one piece adds to the pass rate where it is in the prompt: shares from -1 to 1, with 95 % credible intervals."""

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
    """The pieces of all measured versions of a run, the worthiest first, and the pass rate of each version by family."""

    pieces: tuple[PieceWorth, ...]
    families: Mapping[str, Mapping[str, Interval]]
    """By version id and family: the pass rate that the model expects on all scenarios alike, so that versions measured on different ones compare."""


def attribute(
    versions: Mapping[str, Version],
    outcomes: Iterable[Outcome],
    records: Mapping[str, Scenario],
    *,
    prior_of_the_first: float = PRIOR_OF_THE_FIRST,
    broad: float = BROAD,
    draws: int = 200,
) -> Attribution:
    """Fit the model to what was measured; versions without a scored reply are left out of `families`.

    Replies that are all the same count as failed, as in the search. A frame other than the first has an effect of its own.
    """
    known = sorted((o for o in outcomes if o.version in versions and o.scenario in records and o.stage != SMOKE), key=lambda o: o.key)
    scored = [o for o in known if o.grade and o.grade.scored]
    parts = _parts(versions.values())
    members = _members(versions)
    if not scored:
        return Attribution((), {})
    first = members[next(iter(versions))]
    named = [*parts, *sorted(set().union(*members.values()) - parts.keys())]
    number = {name: i for i, name in enumerate(named)}
    model = PieceModel(DIMENSIONS, seed=0, broad=broad)
    for name in named:
        model.add_piece(prior_mean=prior_of_the_first if name in first else 0.0)
    replies = Counter(outcome.version for outcome in scored)
    void = _void(scored)
    for outcome in scored:
        found = verdicts_of(outcome, records[outcome.scenario])
        kept = [(c, d, passed and (outcome.version, outcome.stage) not in void) for c, d, passed in found]
        model.add_verdicts(outcome.version, {number[name] for name in members[outcome.version]}, kept)
    fit = _Fit(model.posterior(draws=draws), weights_of(scored, records), list(replies), [sorted(number[p] for p in members[v]) for v in replies])
    total = sum(replies.values())
    within = {piece: sum(n for version, n in replies.items() if piece in members[version]) for piece in parts}
    worths = [fit.worth(part, number[i], (within[i], total - within[i])) for i, part in parts.items() if within[i]]
    return Attribution(tuple(sorted(worths, key=lambda worth: -worth.effect.mean)), fit.families())


def _members(versions: Mapping[str, Version]) -> dict[str, frozenset[str]]:
    """The ids of each version's pieces, and of its frame if that is not the first one's."""
    prompts = {version.id: Prompt(version.text) for version in versions.values()}
    first = frame_id(next(iter(prompts.values()))) if prompts else ""
    return {i: frozenset({*(piece.id for piece in prompt.pieces), frame_id(prompt)} - {first}) for i, prompt in prompts.items()}


def _void(scored: Iterable[Outcome]) -> set[tuple[str, str]]:
    """Version and stage of the replies that do not depend on the conversation."""
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in scored:
        groups[(outcome.version, outcome.stage)].append(outcome)
    return {key for key, outcomes in groups.items() if collapsed(outcomes)}


@dataclass(frozen=True)
class _Fit:
    draws: Draws
    weights: Array
    versions: Sequence[str]
    members: Sequence[Sequence[int]]

    def worth(self, part: Part, index: int, replies: tuple[int, int]) -> PieceWorth:
        """One row of the table."""
        effects = self.draws.effects[:, index, :]
        return PieceWorth(
            id=part.id,
            words=part.words,
            section=part.section,
            characters=len(part.text.strip()),
            effect=Interval(*interval_of(effects @ self.weights)),
            by_family={family: Interval(*interval_of(effects @ weights)) for family, weights in self._family_weights().items()},
            replies_with=replies[0],
            replies_without=replies[1],
        )

    def families(self) -> dict[str, dict[str, Interval]]:
        """The expected pass rate by version and family."""
        rates: dict[str, dict[str, Interval]] = defaultdict(dict)
        for number, (version, held) in enumerate(zip(self.versions, self.members, strict=True)):
            rate = self.draws.base + self.draws.effects[:, held, :].sum(axis=1) + self.draws.deviation[:, [number]]
            for family, weights in self._family_weights().items():
                rates[version][family] = Interval(*(min(1.0, max(0.0, bound)) for bound in interval_of(rate @ weights)))
        return dict(rates)

    def _family_weights(self) -> dict[str, Array]:
        named = dict(zip(DIMENSIONS, self.weights, strict=True))
        chosen = {family: {name: weight for name, weight in named.items() if name.startswith(f"{family}.")} for family in FAMILIES}
        return {family: shares(part, DIMENSIONS) for family, part in chosen.items() if sum(part.values())}


def _parts(versions: Iterable[Version]) -> dict[str, Part]:
    """Every piece of any version by its id, in the order in which they came up."""
    parts: dict[str, Part] = {}
    for version in versions:
        for piece in Prompt(version.text).pieces:
            parts.setdefault(piece.id, piece)
    return parts
