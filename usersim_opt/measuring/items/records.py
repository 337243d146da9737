"""The records of an item analysis: what the verdicts say of each criterion of a rubric.

item        one criterion of one scenario, as a test in the sense of test theory
respondent  whoever answered: a version of the prompt, people, or a robot
share       how many of so many verdicts are a pass
analysis    all items with what follows from them: headroom, advice, whether to start a run

Nothing is computed here that another file of this folder decides; a column that could not be
filled is None (or empty), and `ItemTable.notes` says why.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from usersim_opt.basics.figures import Interval, many, share_text
from usersim_opt.basics.showing import visibly

Flag = Literal[
    "saturated",
    "unfair",
    "spent",
    "wrong sign",
    "uninformative",
    "implied",
    "twin",
    "unreliable",
    "never fails",
]
"""What may be wrong with an item; items.yaml says from which figures on."""
FLAGS: tuple[Flag, ...] = get_args(Flag)
Advice = Literal["keep", "guard", "rewrite", "drop"]
"""What to do with an item."""
ADVICE: tuple[Advice, ...] = ("drop", "rewrite", "guard", "keep")
"""The worst first."""
RespondentKind = Literal["version", "people", "robot"]


@dataclass(frozen=True)
class Share:
    """How many of so many verdicts are a pass, and what that says of the probability to pass."""

    passed: int
    scored: int
    shrunk: float | None = None
    """The posterior mean: the rate, drawn towards that of the dimension; 0 to 1."""
    low: float | None = None
    high: float | None = None
    """The bounds of the 90 % credible interval around it: each has 5 % beyond it."""

    @property
    def rate(self) -> float | None:
        """Passed / scored; None where nothing was scored."""
        return self.passed / self.scored if self.scored else None

    @property
    def fraction(self) -> str:
        """`12/14`."""
        return f"{self.passed}/{self.scored}"


@dataclass(frozen=True)
class Reply:
    """A reply that passed an item, with the name of the respondent who gave it."""

    respondent: str
    text: str


@dataclass(frozen=True)
class Item:
    """One criterion of one scenario with its figures."""

    scenario: str
    criterion: str
    dimension: str
    text: str
    role: Literal["score", "guard"]
    decided_by: Literal["check", "judge", "nobody"]
    """Who has to decide it; nobody where it has no check and no judge gave a verdict."""
    split: str = ""
    """The split that its scenario is in; empty where nobody said."""
    shares: Mapping[str, Share] = field(default_factory=dict)
    """By the name of the version, in the order in which the versions were given."""
    weakest: Share | None = None
    """The share of the weakest version that answered it: of those that were measured well the one
    that passes least over all items."""
    weakest_version: str = ""
    """Its name; `all versions together` where no version that was measured well answered."""
    doubt: float | None = None
    """How likely it is not saturated: the probability that the weakest version, or all versions
    together, pass in 95 % at the most."""
    people: Share | None = None
    robots: Mapping[str, bool] = field(default_factory=dict)
    """Whether the robot of that name passes; only where code decides."""
    discrimination: Interval | None = None
    """D: the rate of people, or else of the best version, less that of the seed; -1 to 1."""
    counted: Interval | None = None
    """The same from the item's own counts alone; None below ten verdicts on either side."""
    against: str = ""
    """Whose rate the seed's was taken from: `people`, or the name of a version."""
    rest: float | None = None
    """The point-biserial correlation with the rest of the same reply's criteria; -1 to 1."""
    rest_replies: int = 0
    """Over how many replies."""
    preference: float | None = None
    """The point-biserial correlation with the preference that was given; -1 to 1."""
    preference_replies: int = 0
    """Over how many replies."""
    implied_by: tuple[str, ...] = ()
    """Criteria of the scenario that no reply passes without passing this one."""
    implies: tuple[str, ...] = ()
    """Criteria of the scenario that every reply passes which passes this one."""
    twins: tuple[str, ...] = ()
    """Criteria of the scenario with a phi of .9 or more."""
    flips: Share | None = None
    """Of the verdicts that a judge gave twice on one reply: those that stayed as they were."""
    failed_by: tuple[str, ...] = ()
    """The respondents and near failures that were ever seen to fail it."""
    information: float | None = None
    """Bits that a verdict tells of who replied; see information.py."""
    flags: tuple[Flag, ...] = ()
    advice: Advice = "keep"
    why: str = ""
    """The reason of the advice, in words."""
    passing: tuple[Reply, ...] = ()
    """Some replies of versions that passed, the weakest version's first: what a rewritten criterion
    has to catch. Only where the advice is to rewrite, as is the next."""
    wanted: tuple[Reply, ...] = ()
    """Some replies of people, or else natural examples: what it has to let pass."""

    @property
    def name(self) -> str:
        """`001.3 no_new_plan`."""
        return f"{self.scenario} {self.criterion}"

    @property
    def key(self) -> tuple[str, str]:
        """The ids of scenario and criterion."""
        return self.scenario, self.criterion

    @property
    def scored(self) -> bool:
        """Whether there is any verdict of pass or fail on it."""
        return bool(self.shares) or self.people is not None

    @property
    def variance(self) -> bool:
        """Whether some verdicts of versions pass and others fail."""
        passed = sum(share.passed for share in self.shares.values())
        return 0 < passed < sum(share.scored for share in self.shares.values())


@dataclass(frozen=True)
class Respondent:
    """Who answered, and how many of the verdicts on the replies are a pass."""

    name: str
    kind: RespondentKind
    replies: int
    passed: int
    scored: int

    @property
    def rate(self) -> float | None:
        """Passed / scored."""
        return self.passed / self.scored if self.scored else None


@dataclass(frozen=True)
class Headroom:
    """What is left to gain over the seed on one dimension (or all) of one split (or all)."""

    dimension: str
    """`all` for all of them."""
    split: str
    """`all` for all of them."""
    items: int
    share: Share
    """Of the seed's verdicts, not shrunk."""
    largest: float
    """The largest possible gain: 1 - the seed's pass rate, 0 to 1."""
    largest_likely: float
    """Its upper 95 % bound."""
    decides: bool = False
    """Whether a run would decide on these items: the smoke split, else all of them."""
    detectable: float | None = None
    """The smallest gain that four of five runs would prove there with as many replies as a run can
    pay for; None where none can be proven, and where nothing is decided."""

    @property
    def spent(self) -> bool:
        """Whether even the largest gain that is likely could not be proven."""
        if not self.decides:
            return False
        return self.detectable is None or self.largest_likely < self.detectable


@dataclass(frozen=True)
class Choices:
    """Pairs of which one reply was chosen, and what the rubric says of them."""

    name: str
    pairs: int
    agreeing: int
    """Pairs in which the chosen reply passes more."""
    opposing: int
    """Pairs in which it passes less."""
    within: float | None
    """The correlation within pairs, -1 to 1; None where no pair is told apart."""

    @property
    def tied(self) -> int:
        """Pairs in which both pass the same share."""
        return self.pairs - self.agreeing - self.opposing


@dataclass(frozen=True)
class ItemTable:
    """All items of a rubric, and what they say of it together."""

    items: Sequence[Item]
    """In the order of tasks, scenarios and rubrics."""
    respondents: Sequence[Respondent]
    """Versions (the first one is the seed), then people, then robots."""
    headroom: Sequence[Headroom] = ()
    """The whole first, then the splits, then the dimensions."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """By dimension its share of all information; they sum to 1, and are empty without any."""
    preference: Mapping[str, float] = field(default_factory=dict)
    """The correlation of the criteria passed with the preference that was given, over all replies:
    for `all` criteria, then by dimension; empty where none was given."""
    choices: Sequence[Choices] = ()
    """What the rubric says of pairs of which one was chosen: of all, of those of like length."""
    notes: Sequence[str] = ()
    """Which columns are empty and why, and what of the input was left out."""
    offline: bool = False
    """Whether an offline stand-in took part, so that the figures say nothing about real models."""
    start: bool | None = None
    """Whether a run can prove anything with this rubric; None where the data do not say."""
    start_why: str = ""
    """The reason of that, in words."""

    @property
    def versions(self) -> list[Respondent]:
        """The respondents that are versions of the prompt, the seed first."""
        return [each for each in self.respondents if each.kind == "version"]

    @property
    def by_flag(self) -> dict[str, int]:
        """The number of items by flag; those without any item are there with 0."""
        counts = Counter(flag for item in self.items for flag in item.flags)
        return {flag: counts[flag] for flag in FLAGS}

    @property
    def by_advice(self) -> dict[str, int]:
        """The number of items with a verdict by advice, the worst first."""
        counts = Counter(item.advice for item in self.items if item.scored)
        return {advice: counts[advice] for advice in ADVICE}

    def with_flag(self, flag: Flag) -> list[Item]:
        """The items that have the flag."""
        return [item for item in self.items if flag in item.flags]

    def with_advice(self, advice: Advice) -> list[Item]:
        """The items that have the advice."""
        return [item for item in self.items if item.advice == advice]

    @property
    def worst_first(self) -> list[Item]:
        """Those to drop, to rewrite, to guard, to keep; among them those with more flags first."""
        return sorted(self.items, key=_badness)

    @property
    def summary(self) -> str:
        """The state of the rubric in a sentence or two."""
        flags = [f"{number:,} {flag}" for flag, number in self.by_flag.items() if number]
        advice = [f"{advice} {number:,}" for advice, number in self.by_advice.items() if number]
        head = f"{self._counted}: {_listed(flags) or 'no flag'}."
        tail = f"Advice: {_listed(advice)}." if advice else ""
        return " ".join(part for part in (head, tail, self.start_why) if part)

    @property
    def _counted(self) -> str:
        undecided = sum(not item.scored for item in self.items)
        items = many(len(self.items), "item")
        return f"{items} ({undecided:,} without a verdict)" if undecided else items

    @visibly
    def __repr__(self) -> str:
        return f"<ItemAnalysis: {self.summary}>"


def rate_text(share: Share | None) -> str:
    """`92.9 % (13/14)`; a dash where nothing was scored."""
    if share is None or not share.scored:
        return share_text(None)
    return f"{share_text(share.rate)} ({share.fraction})"


def _badness(item: Item) -> tuple[int, int]:
    return ADVICE.index(item.advice), -len(item.flags)


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts)
