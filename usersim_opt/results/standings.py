"""How the versions of a run stand against each other, family by family.

Versions were measured on other minibatches, so their raw pass rates do not compare. The rates here are those that the model
of attribution.py expects on all scenarios alike; they explain the search and are no proof of a gain.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval
from usersim_opt.basics.layout import grid, note, table, text
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.attribution import attribute
from usersim_opt.results.record import RunRecord
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.kinds import FAMILIES, in_order

MIN_REPLIES = 5
"""Replies from which a version is compared; the half of a minibatch."""
MOST_SHOWN = 12
EXPECTED = "Rates are what the model of the search expects; only the smoke split's are measured on held-out tasks."


@dataclass(frozen=True, repr=False)
class Standings:
    """The versions of a run that were measured on at least five replies, and what is expected of them."""

    versions: Mapping[str, Version]
    replies: Mapping[str, int]
    families: Mapping[str, Mapping[str, Interval]]
    """Expected pass rate with a 95 % credible interval, by version id and family."""
    criteria: Mapping[str, int]
    """How many criteria of the data each family has."""

    @classmethod
    def of(cls, record: RunRecord) -> "Standings":
        """The standings of a run, finished or not."""
        families = attribute(record.versions, record.outcomes, record.scenarios).families
        replies = Counter(
            o.version for o in record.outcomes if o.stage != SMOKE and o.grade and o.grade.scored
        )
        kept = [version for version in families if replies[version] >= MIN_REPLIES]
        criteria = Counter(
            c.dimension.partition(".")[0]
            for scenario in record.scenarios.values()
            for c in scenario.criteria
        )
        return cls(
            {i: version for i, version in record.versions.items() if i in kept},
            replies,
            {i: families[i] for i in kept},
            criteria,
        )

    @cached_property
    def rates(self) -> dict[str, dict[str, float]]:
        """The expected pass rate, 0 to 1, by version id and family."""
        return {
            version: {family: rate.mean for family, rate in rates.items()}
            for version, rates in self.families.items()
        }

    @property
    def front(self) -> list[Version]:
        """The versions that no other one equals or exceeds in every family."""
        return [self.versions[version] for version in front(self.rates)]

    @cached_property
    def dominance(self) -> list[tuple[str, str]]:
        """Every pair (better, worse) of version ids of which the first is at least as good in every family and better in one."""
        return dominance(self.rates)

    def best(self, weights: Mapping[str, float] | None = None) -> Version:
        """The version with the highest weighted mean over families; weights by family, missing ones count 0.

        Without weights each criterion of the data counts alike. InputError for an unknown family, a negative weight, or
        where nothing was measured.
        """
        chosen = self.criteria if weights is None else weights
        families = in_order({*FAMILIES, *self.criteria})
        if unknown := sorted(set(chosen) - set(families)):
            raise InputError(f"weights name {unknown[0]!r}; the families are {', '.join(families)}")
        if any(weight < 0 for weight in chosen.values()) or not any(chosen.values()):
            raise InputError(
                f"weights are {dict(chosen)!r}; expected numbers of 0 or more, one of them above 0"
            )
        if not self.rates:
            raise InputError("no version was measured; there is none to choose")
        best = max(
            self.rates,
            key=lambda version: sum(
                chosen.get(family, 0) * rate for family, rate in self.rates[version].items()
            ),
        )
        return self.versions[best]

    def __repr__(self) -> str:
        return f"<Standings: {len(self.rates)} versions, {len(self.front)} on the front>"

    def __str__(self) -> str:
        return f"{grid(*self._table())}{self._left()}\n{EXPECTED}"

    def _repr_html_(self) -> str:
        head, rows = self._table()
        return table(head, [[text(cell) for cell in row] for row in rows]) + note(
            f"{self._left().strip()} {EXPECTED}".strip()
        )

    def _left(self) -> str:
        left = len(self.rates) - len(self._shown())
        return f"\nand {left} that beat fewer others" if left else ""

    def _table(self) -> tuple[list[str], list[list[str]]]:
        on_front = {version.id for version in self.front}
        beaten = Counter(worse for _, worse in self.dominance)
        beats = Counter(better for better, _ in self.dominance)
        families = in_order({family for rates in self.rates.values() for family in rates})
        rows = [
            [
                version,
                "front" if version in on_front else "",
                str(self.replies[version]),
                *(
                    f"{100 * self.rates[version][family]:.1f} %"
                    if family in self.rates[version]
                    else "-"
                    for family in families
                ),
                str(beats[version]),
                str(beaten[version]),
            ]
            for version in self._shown()
        ]
        return ["version", "", "replies", *families, "beats", "beaten by"], rows

    def _shown(self) -> list[str]:
        """The first version, those on the front, and those that beat most others, in the order of the run."""
        beats = Counter(better for better, _ in self.dominance)
        chosen = {next(iter(self.rates), ""), *(version.id for version in self.front)}
        chosen |= set(sorted(self.rates, key=lambda version: -beats[version])[:MOST_SHOWN])
        return [version for version in self.versions if version in chosen]


Rates = Mapping[str, Mapping[str, float]]
"""Rate by family, by version."""


def front(rates: Rates) -> list[str]:
    """The versions that no other beats, in the order given; all of them where they share no family."""
    beaten = {worse for _, worse in dominance(rates)}
    return [version for version in rates if version not in beaten]


def dominance(rates: Rates) -> list[tuple[str, str]]:
    """Every pair (better, worse) of which the first beats the second, in the order given."""
    families = common_families(rates)
    return [
        (one, other)
        for one in rates
        for other in rates
        if _beats(rates[one], rates[other], families)
    ]


def common_families(rates: Rates) -> list[str]:
    """The families in which every version has a rate, in the order of the first version."""
    versions = list(rates.values())
    return (
        [family for family in versions[0] if all(family in rate for rate in versions)]
        if versions
        else []
    )


def _beats(one: Mapping[str, float], other: Mapping[str, float], families: list[str]) -> bool:
    return all(one[f] >= other[f] for f in families) and any(one[f] > other[f] for f in families)
