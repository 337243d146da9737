"""What conversations show of a trait, and of the facts that it may not move, as figures by task.

    signs of a trait   share of the customer's turns with one of its phrases, 0 to 1
    features           those of realism/features.py, in their units
    facts_kept         share of its turns that name nothing but what story and chat hold
    guards_kept        share of its turns that break no universal guard
    told_early         share of the story's codes, figures and names in its first messages
    told_in_all        the same in all of its messages

The guards are held to every turn anew, so recordings of any origin are measured alike. A figure of
a task is the mean over its conversations.

Not covered: what is told in other words than the story's; signs in other words than the table's.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from usersim_opt.basics.text import fold, spoken
from usersim_opt.customer.conversation import Conversation, Said
from usersim_opt.measuring.conversing import customer_turn
from usersim_opt.measuring.universal.acting import STANDARD
from usersim_opt.realism.features import extract_features
from usersim_opt.realism.notation import pattern_of
from usersim_opt.realism.turns import turns_of
from usersim_opt.scenarios.identifiers import IDENTIFIER, NAME
from usersim_opt.tau.foreign import messages_of

_INVENTS = "unknown_fact"
"""The guard on facts."""


@dataclass(frozen=True)
class Held:
    """A conversation beside its story, its customer's turns held to the guards."""

    task: str
    story: str
    turns: tuple[Said, ...]

    @property
    def customer(self) -> tuple[Said, ...]:
        """The customer's turns."""
        return tuple(turn for turn in self.turns if turn.role == "customer")


Measure = Callable[[Held], float | None]
"""A figure of one conversation; None where there is none."""
ByTask = Mapping[str, float]


def held(talk: Conversation, story: str) -> Held:
    """A conversation with the guards that its customer's turns break beside this story."""
    so_far: list[Said] = []
    for turn in talk.turns:
        is_ours = turn.role == "customer"
        so_far.append(
            customer_turn(turn.text, so_far, story=story, guards=STANDARD) if is_ours else turn
        )
    return Held(talk.task, story, tuple(so_far))


def figures(talks: Sequence[Held], measure: Measure) -> ByTask:
    """The mean of a measure by task; tasks of which nothing is known are left out."""
    found: dict[str, list[float]] = defaultdict(list)
    for talk in talks:
        value = measure(talk)
        if value is not None:
            found[talk.task].append(value)
    return {task: fmean(values) for task, values in found.items()}


def sign_rate(phrases: Sequence[str]) -> Measure:
    """The share of turns with one of the phrases."""
    pattern = pattern_of(phrases)

    def rate(talk: Held) -> float | None:
        turns = turns_of(messages_of(talk.turns), "llm")
        return turns.rate(pattern.search) if turns.texts else None

    return rate


def feature(name: str) -> Measure:
    """One of the features of realism."""

    def value(talk: Held) -> float | None:
        found = extract_features(messages_of(talk.turns))
        return found[name] if found else None

    return value


def _kept(talk: Held, *, guard: str = "") -> float | None:
    """The share of turns that break none of the guards, or not the one that is named."""
    broken = [{each.guard for each in turn.broken} for turn in talk.customer]
    kept = [guard not in names if guard else not names for names in broken]
    return fmean(kept) if kept else None


def told(story: str, said: str) -> float | None:
    """The share of a story's codes, figures and names that stand in what was said, 0 to 1.

    None where the story holds none.

    >>> told("I am Mia, my code is K3VQ8T, and I have 2 bags.", "k3vq8t, two of them, mia")
    0.6666666666666666
    """
    facts = _facts(story)
    heard = _words(said)
    return fmean(fact in heard for fact in facts) if facts else None


def _facts(story: str) -> frozenset[str]:
    figures = re.findall(r"\d+", IDENTIFIER.sub(" ", story))
    found = [*IDENTIFIER.findall(story), *NAME.findall(story), *figures]
    return frozenset(map(fold, found))


def _words(said: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", fold(said)))


def _told(talk: Held, *, first: int | None = None) -> float | None:
    texts = [spoken(turn.text) for turn in talk.customer[:first]]
    return told(talk.story, "\n".join(texts)) if texts else None


def fact_measures(early: int) -> Mapping[str, Measure]:
    """The measures of what a trait may not move; `early` counts the first messages."""
    return {
        "facts_kept": partial(_kept, guard=_INVENTS),
        "guards_kept": _kept,
        "told_early": partial(_told, first=early),
        "told_in_all": _told,
    }
