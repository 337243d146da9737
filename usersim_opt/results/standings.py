"""How the versions of a run stand against each other, family by family.

Versions were measured on other minibatches, so their raw pass rates do not compare. The rates here
are those that the model of attribution.py expects on all scenarios alike; they explain the search
and are no proof of a gain.

Not covered: whether a difference between two versions is more than chance. The intervals in
`families` tell how wide the guess is; dominance compares the means alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval, share_text
from usersim_opt.basics.layout import grid, note, table, text
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.attribution import Families, Scenarios, attribute
from usersim_opt.results.realism_terms import FINALISTS
from usersim_opt.results.record import RunRecord
from usersim_opt.results.versions import Version, Versions
from usersim_opt.scenarios.kinds import FAMILIES, family_of, in_order

MIN_REPLIES = 5
"""Replies from which a version is compared; the half of a minibatch."""
MOST_SHOWN = 12
"""Versions that the table has for beating most others."""
Weights = Mapping[str, float]
"""How much each family counts."""
Rates = Mapping[str, Mapping[str, float]]
"""Rate by family, by version."""
Pairs = list[tuple[str, str]]
"""The ids of the better version and of the worse one."""
_Point = Sequence[float]
"""Rates of one version, a family after the other."""
Table = tuple[list[str], list[list[str]]]
"""Head and rows of a table of texts."""
EXPECTED = (
    "Rates are what the model of the search expects; "
    "only the smoke split's are measured on held-out tasks."
)


@dataclass(frozen=True, repr=False)
class Standings:
    """The versions of a run that have at least five replies, and what is expected of them."""

    versions: Versions
    replies: Mapping[str, int]
    families: Families
    """Expected pass rate with a 95 % credible interval, by version id and family."""
    criteria: Mapping[str, int]
    """How many criteria of the data each family has."""

    @classmethod
    def of(cls, record: RunRecord) -> "Standings":
        """The standings of a run, finished or not."""
        families = attribute(record.versions, record.outcomes, record.scenarios).families
        replies = _replies(record)
        compared = [name for name in families if replies[name] >= MIN_REPLIES]
        return cls(
            versions={name: v for name, v in record.versions.items() if name in compared},
            replies=replies,
            families={name: families[name] for name in compared},
            criteria=_criteria(record.scenarios),
        )

    @classmethod
    def of_finalists(cls, record: RunRecord) -> "Standings":
        """The first prompt and the finalists, with each realism term as a further objective.

        There are none where no term was measured on training tasks.
        """
        terms, every = record.terms, cls.of(record)
        finalists = [name for name in terms.finalists if name in every.versions] if terms else []
        if terms is None or not finalists:
            return replace(every, versions={}, families={})
        families = {
            name: {**every.families[name], **terms.figures(FINALISTS, name)} for name in finalists
        }
        versions = {name: every.versions[name] for name in finalists}
        return replace(every, versions=versions, families=families)

    @cached_property
    def rates(self) -> Rates:
        """The expected pass rate, 0 to 1, by version id and family."""
        return {
            version: {family: rate.mean for family, rate in rates.items()}
            for version, rates in self.families.items()
        }

    @cached_property
    def front(self) -> list[Version]:
        """The versions that no other one equals or exceeds in every family."""
        return [self.versions[version] for version in front(self.rates)]

    @cached_property
    def dominance(self) -> Pairs:
        """Every pair (better, worse) of version ids.

        The first is at least as good in every family and better in one.
        """
        return dominance(self.rates)

    def best(self, weights: Weights | None = None) -> Version:
        """The version with the highest weighted mean over families.

        Weights are by family, missing ones count 0; without weights each criterion of the data
        counts alike. InputError for an unknown family or one in which no verdict was given, a
        negative weight, or where nothing was measured.
        """
        if not self.rates:
            raise InputError("no version was measured; there is none to choose")
        chosen = self._measured_criteria if weights is None else weights
        self._check(chosen)
        return self.versions[max(self.rates, key=lambda name: _weighted(self.rates[name], chosen))]

    @property
    def _measured_criteria(self) -> dict[str, int]:
        """How many criteria of the data each family with a rate has."""
        return {family: n for family, n in self.criteria.items() if family in self._families}

    def _check(self, weights: Weights) -> None:
        families = in_order({*FAMILIES, *self.criteria, *self._families})
        if unknown := sorted(set(weights) - set(families)):
            raise InputError(f"weights name {unknown[0]!r}; the families are {', '.join(families)}")
        if bare := [
            family for family in weights if weights[family] and family not in self._families
        ]:
            raise InputError(
                f"weights name {bare[0]!r}, in which no verdict was given; "
                f"the families with a rate are {', '.join(self._families)}"
            )
        if any(weight < 0 for weight in weights.values()) or not any(weights.values()):
            raise InputError(
                f"weights are {dict(weights)!r}; expected numbers of 0 or more, one of them above 0"
            )

    @visibly
    def __repr__(self) -> str:
        return f"<Standings: {len(self.rates)} versions, {len(self.front)} on the front>"

    @visibly
    def __str__(self) -> str:
        rest = f"\n{self._rest}" if self._rest else ""
        return f"{grid(*self._table())}{rest}\n{EXPECTED}"

    def _repr_html_(self) -> str:
        return text_table(*self._table()) + note(f"{self._rest} {EXPECTED}".strip())

    @property
    def _rest(self) -> str:
        """How many versions the table leaves out, in words; empty if none."""
        left_out = len(self.rates) - len(self._listed)
        return f"and {left_out} that beat fewer others" if left_out else ""

    def _table(self) -> Table:
        rows = [self._row(version) for version in self._listed]
        return ["version", "", "replies", *self._families, "beats", "beaten by"], rows

    @cached_property
    def _families(self) -> list[str]:
        """The families in which any version has a rate."""
        return in_order({family for rates in self.rates.values() for family in rates})

    def _row(self, version: str) -> list[str]:
        rates = self.rates[version]
        return [
            version,
            "front" if self.versions[version] in self.front else "",
            str(self.replies[version]),
            *(share_text(rates.get(family)) for family in self._families),
            str(self._beats[version]),
            str(self._beaten[version]),
        ]

    @cached_property
    def _beats(self) -> Counter[str]:
        return Counter(better for better, _ in self.dominance)

    @cached_property
    def _beaten(self) -> Counter[str]:
        return Counter(worse for _, worse in self.dominance)

    @cached_property
    def _listed(self) -> list[str]:
        """The first version, the front and those that beat most others, in the order of the run."""
        on_front = [version.id for version in self.front]
        chosen = {*list(self.rates)[:1], *on_front, *self._strongest}
        return [version for version in self.versions if version in chosen]

    @property
    def _strongest(self) -> list[str]:
        """The versions that beat most others."""
        return sorted(self.rates, key=lambda version: -self._beats[version])[:MOST_SHOWN]


def text_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts as a fragment."""
    return table(head, [[text(cell) for cell in row] for row in rows])


def _replies(record: RunRecord) -> Counter[str]:
    """Scored replies of the search by version."""
    return Counter(outcome.version for outcome in record.searched if outcome.scored)


def _criteria(scenarios: Scenarios) -> Counter[str]:
    """The criteria of the data by family."""
    return Counter(
        family_of(criterion.dimension)
        for scenario in scenarios.values()
        for criterion in scenario.scored_criteria
    )


def expected_rates(
    versions: Versions, outcomes: Iterable[Outcome], scenarios: Scenarios
) -> dict[str, float]:
    """The pass rate, 0 to 1, that the model expects of each version on all scenarios alike.

    Each criterion counts alike. Replies in any order give the same rates; versions without a scored
    reply have none.
    """
    ordered = sorted(outcomes, key=lambda outcome: outcome.key)
    families = attribute(versions, ordered, scenarios).families
    counts = _criteria(scenarios)
    return {name: _mean_rate(rates, counts) for name, rates in families.items()}


def _mean_rate(rates: Mapping[str, Interval], counts: Counter[str]) -> float:
    total = sum(counts[family] for family in rates)
    weighted = sum(counts[family] * rate.mean for family, rate in rates.items())
    return weighted / total if total else 0.0


def _weighted(rates: Mapping[str, float], weights: Weights) -> float:
    return sum(weights.get(family, 0) * rate for family, rate in rates.items())


# -- dominance -----------------------------------------------------------------------------------


def front(rates: Rates) -> list[str]:
    """The versions that no other beats, in the order given; all where they share no family."""
    beaten = {worse for _, worse in dominance(rates)}
    return [version for version in rates if version not in beaten]


def dominance(rates: Rates) -> Pairs:
    """Every pair (better, worse) of which the first beats the second, in the order given."""
    points = _points(rates)
    return [
        (one, other) for one in points for other in points if _beats(points[one], points[other])
    ]


def _points(rates: Rates) -> dict[str, _Point]:
    """The rates of each version in the families that all versions have, in one order."""
    families = common_families(rates)
    return {version: [rates[version][family] for family in families] for version in rates}


def common_families(rates: Rates) -> list[str]:
    """The families in which every version has a rate, in the order of the first version."""
    first = next(iter(rates.values()), {})
    return [family for family in first if all(family in rate for rate in rates.values())]


def _beats(one: _Point, other: _Point) -> bool:
    """Whether one point is nowhere below the other and somewhere above it (Pareto)."""
    return one != other and all(rate >= rival for rate, rival in zip(one, other, strict=True))
