"""Realism terms: what whole conversations show of a prompt, as figures from 0 to 1, one a task.

    ConversationFeatures   how like people's the means of its words and turns are
    GuardsKept             the share of the customer's turns that break no universal guard
    Preference             how often its conversations are preferred to the first prompt's

A term looks at one conversation at a time; of what it saw in all of them it makes a value for each
task. Looks that ask a model are recorded one by one, so that none is paid for twice.

Not covered: which conversations are played and what follows from the values; see objective.py and
talks.py.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean
from typing import Any, Literal, Protocol

from usersim_opt.basics.arguments import check_fields
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.noninferiority import ByTask
from usersim_opt.customer.conversation import Conversation
from usersim_opt.realism.features import extract_features
from usersim_opt.realism.likeness import likeness_by_task, means_of, published_means
from usersim_opt.realism.turns import Conversation as Messages

Seen = Sequence[float]
"""What one conversation shows, in numbers of the term's own; empty where it shows nothing."""
Looks = Mapping[str, Sequence[Seen]]
"""By task what each of its conversations shows; none of them is empty."""
Prefer = Callable[[Conversation, Conversation], float]
"""How much the first conversation is preferred to the second one, 0 to 1; .5 for no preference."""
EVEN = 0.5
"""The first prompt beside itself, in a term that compares."""
_ROLE = {"customer": "user", "agent": "assistant"}


class RealismTerm(Protocol):
    """One thing that conversations are measured by.

    A term may have an attribute `settings` as well, a text: only a term of the same settings goes
    on with a run; and an `lm`, which the record then names.
    """

    @property
    def name(self) -> str:
        """A short word by which the record knows it."""
        ...

    @property
    def weight(self) -> float:
        """How many points of pass rate a point of this term is worth; 0 to be required alone."""
        ...

    @property
    def price(self) -> int:
        """Calls that one look costs at the most."""
        ...

    @property
    def compares(self) -> bool:
        """Whether it compares with the first prompt's; that one has .5 then, without a look."""
        ...

    def look(self, talk: Conversation, base: Conversation) -> Seen:
        """What a conversation shows; `base` is the first prompt's of the same task and seed."""
        ...

    def values(self, looks: Looks) -> ByTask:
        """A value for each task, of which the mean is the term's figure from 0 to 1."""
        ...


@dataclass(frozen=True)
class ConversationFeatures:
    """How like a reference the features of conversations are; see realism/likeness.py.

    ConversationFeatures()                                     # people's published means
    ConversationFeatures(["short_msg_rate"], weight=0.5)       # of one feature
    ConversationFeatures(reference=people)                     # lists of messages, all 19 features

    Without a reference only features count of which people's mean is published. InputError for
    others, and for a reference in which the customer says nothing.
    """

    features: Sequence[str] = ()
    reference: Sequence[Messages] | None = field(default=None, repr=False)
    weight: float = 1.0
    source: Literal["human", "llm"] = "human"
    """Whose messages the reference holds; see `extract_features`."""
    name: str = "features"
    price: int = field(default=0, init=False, repr=False)
    compares: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)
        _ = self.means  # raises InputError here, and not in the middle of a run

    @cached_property
    def means(self) -> dict[str, float]:
        """The reference's mean of each feature that counts."""
        if self.reference is None:
            return published_means(self.features)
        return means_of(self.reference, self.features, source=self.source)

    @property
    def settings(self) -> str:
        """Name, weight, and the reference by its means."""
        means = ", ".join(f"{name}={mean:.6g}" for name, mean in self.means.items())
        return f"{self.name} x {self.weight:g} ({means})"

    def look(self, talk: Conversation, base: Conversation) -> Seen:
        """The features of a conversation; nothing where the customer says nothing."""
        messages = [{"role": _ROLE[turn.role], "content": turn.text} for turn in talk.turns]
        found = extract_features(messages)
        return [found[name] for name in self.means] if found else []

    def values(self, looks: Looks) -> ByTask:
        """The likeness, with a jackknife value for each task."""
        return likeness_by_task(looks, list(self.means.values()))


@dataclass(frozen=True)
class GuardsKept:
    """The share of the customer's turns that break no universal guard."""

    weight: float = 1.0
    name: str = "guards"
    price: int = field(default=0, init=False, repr=False)
    compares: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)

    def look(self, talk: Conversation, base: Conversation) -> Seen:
        """The share in one conversation; nothing where the customer says nothing."""
        turns = talk.customer
        return [sum(not turn.broken for turn in turns) / len(turns)] if turns else []

    def values(self, looks: Looks) -> ByTask:
        """The mean over the conversations of each task."""
        return _means(looks)


@dataclass(frozen=True)
class Preference:
    """How often a prompt's conversations are preferred to the first prompt's.

    Preference(BlindJudge(lm))     # a model reads both, in both orders
    Preference(prefer, price=1)    # prefer(talk, base): 0 to 1, and the calls that it makes

    `price` is that of the callable where it has one, else 0.
    """

    prefer: Prefer = field(repr=False)
    weight: float = 1.0
    name: str = "preference"
    price: int = -1
    compares: bool = field(default=True, init=False, repr=False)

    def __post_init__(self) -> None:
        if not callable(self.prefer):
            raise InputError(
                f"the preference is given by a {type(self.prefer).__name__}; expected a callable "
                "of two conversations, such as uso.BlindJudge(lm)"
            )
        check_fields(self)
        if self.price == -1:
            object.__setattr__(self, "price", getattr(self.prefer, "price", 0))

    @property
    def lm(self) -> Any:
        """The model that is asked, where the callable names it."""
        return getattr(self.prefer, "lm", None)

    @property
    def settings(self) -> str:
        """Name, weight, and who prefers."""
        named = [getattr(self.prefer, each, None) for each in ("name", "__name__")]
        who = next((name for name in named if isinstance(name, str)), type(self.prefer).__name__)
        return f"{self.name} x {self.weight:g} by {who}"

    def look(self, talk: Conversation, base: Conversation) -> Seen:
        """How much the conversation is preferred; InputError for what is no share."""
        share = self.prefer(talk, base)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise InputError(
                f"the preference is {share!r:.40}; expected a number from 0 (the second "
                "conversation) to 1 (the first)"
            )
        return [float(share)]

    def values(self, looks: Looks) -> ByTask:
        """The mean over the conversations of each task."""
        return _means(looks)


def _means(looks: Looks) -> dict[str, float]:
    return {task: fmean(seen[0] for seen in shown) for task, shown in looks.items() if shown}


def by_task(seen: Sequence[tuple[str, Seen]]) -> Looks:
    """What was seen, grouped by task in the order given; conversations without are left out."""
    groups: dict[str, list[Seen]] = defaultdict(list)
    for task, shown in seen:
        if len(shown):
            groups[task].append(shown)
    return groups
