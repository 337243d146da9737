"""How often each respondent passes each item: counts, shrunk shares, the weakest and the best."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from usersim_opt.measuring.items.records import Share
from usersim_opt.measuring.items.responses import PEOPLE, Key, Responses, counts
from usersim_opt.measuring.items.shrinkage import Chance, Counts, Shrinkage
from usersim_opt.measuring.items.thresholds import THRESHOLDS

_Table = Mapping[Key, Counts]
TOGETHER = "all versions together"
"""The name under which the verdicts of all versions are counted as those of one."""


class Shares:
    """The counts of all respondents, and the model of each that shrinks them."""

    def __init__(self, responses: Responses) -> None:
        self.dimensions = {(s.id, c.id): c.dimension for s, c in responses.criteria}
        # A guard of the rubric has a share; how often versions pass is asked of what scores.
        self._scores = {(s.id, c.id) for s, c in responses.criteria if c.scores}
        self.versions = responses.versions
        self._counts = _by_respondent(responses)
        self._models = {name: self.model(table) for name, table in self._counts.items()}

    def model(self, table: _Table) -> Shrinkage:
        """The model that is learnt from the counts of some items."""
        by_dimension: dict[str, list[Counts]] = defaultdict(list)
        for key, pair in table.items():
            by_dimension[self.dimensions[key]].append(pair)
        return Shrinkage(by_dimension)

    def chance(self, name: str, key: Key) -> Chance | None:
        """The probability that a respondent passes; None where it has no verdict on the item."""
        pair = self._counts.get(name, {}).get(key)
        return self._models[name].chance(self.dimensions[key], *pair) if pair else None

    def share(self, name: str, key: Key) -> Share | None:
        """The same as a share."""
        chance = self.chance(name, key)
        return chance.share(*self._counts[name][key]) if chance else None

    def doubt(self, key: Key, above: float) -> float | None:
        """How likely the weakest version, or all together, pass with `above` at the most."""
        chances = [self.chance(name, key) for name in (self.weakest(key), TOGETHER)]
        doubts = [chance.below(above) for chance in chances if chance]
        return max(doubts, default=None)

    def total(self, name: str) -> Counts:
        """Passed and scored verdicts of a respondent on items that score."""
        pairs = [pair for key, pair in self._counts.get(name, {}).items() if key in self._scores]
        return sum(passed for passed, _ in pairs), sum(scored for _, scored in pairs)

    @property
    def seed(self) -> str:
        """The version that was given first."""
        return self.versions[0]

    @cached_property
    def weak_first(self) -> list[str]:
        """The versions with enough verdicts, or all where none has; those that pass least first."""
        least = THRESHOLDS.versions.verdicts
        enough = [name for name in self.versions if self.total(name)[1] >= least]
        return sorted(enough or self.versions, key=self._rate)

    def weakest(self, key: Key) -> str:
        """The weakest of the well-measured versions that answered the item.

        All versions together where none of those did; empty where nobody answered.
        """
        names = [*self.weak_first, TOGETHER]
        return next((name for name in names if key in self._counts[name]), "")

    @property
    def best(self) -> str:
        """The well-measured version that passes most, the seed aside; empty without any."""
        others = [name for name in self.weak_first if name != self.seed]
        return others[-1] if others else ""

    def _rate(self, name: str) -> float:
        passed, scored = self.total(name)
        return passed / scored if scored else 1.0


def _by_respondent(responses: Responses) -> dict[str, _Table]:
    """The counts of each version, of all together and of people."""
    tables: dict[str, _Table] = {name: counts(responses.of(name)) for name in responses.versions}
    together = [response for response in responses.replies if response.respondent != PEOPLE]
    return {**tables, TOGETHER: counts(together), PEOPLE: counts(responses.of(PEOPLE))}
