"""Does a latent variable steer anything? Named from the conversations alone, against what steered.

    recover(talks, steering, judge=LatentJudge(lm))      # one call a conversation
    recover(talks, steering)                             # a plain classifier by code, no call

The variable is the ground truth of the conversation that it steered (RecLLM, arXiv 2305.07961). The
classifier by code (word_classifier.py) is fitted on the other tasks: words of a task's own story
would give it away.

Not covered: whether people of that profile talk so; only that the profiles differ.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.layout import some
from usersim_opt.basics.showing import visibly
from usersim_opt.customer.conversation import Conversation
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.realism.folds import folds_of
from usersim_opt.realism.latent.confusion import Confusion, Naming
from usersim_opt.realism.latent.naming import LatentJudge, Named
from usersim_opt.realism.latent.steering import Labels, LatentSteering
from usersim_opt.realism.latent.word_classifier import WordClassifier
from usersim_opt.realism.many_calls import answers_to
from usersim_opt.realism.recordings import Line, customer_texts, lines_of, talk_of
from usersim_opt.realism.turns import CUSTOMER, plain_turn

FOLDS = 5
"""Folds of tasks, for the classifier by code."""
LATE = 3
"""From this turn on, counted from 0, the draws of intents are about alike."""
CODE = "a classifier by code"


@dataclass(frozen=True)
class Recovery:
    """How well profile and intents are recognised."""

    by: str
    """Who named them."""
    conversations: int
    profile: Confusion | None
    """None where no profile steered, or none was named."""
    intent: Confusion | None
    notes: Sequence[str]

    @property
    def fields(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "by": self.by,
            "conversations": self.conversations,
            "profile": _fields(self.profile),
            "intent": _fields(self.intent),
            "notes": list(self.notes),
        }

    @visibly
    def __str__(self) -> str:
        head = f"{many(self.conversations, 'conversation')}, named by {self.by}"
        tables = [str(each) for each in (self.profile, self.intent) if each]
        return "\n\n".join([head, *tables, *(f"note: {note}" for note in self.notes)])


@dataclass(frozen=True)
class _Steered:
    """A conversation with what steered each of the customer's turns, silent turns left out."""

    task: str
    name: str
    lines: tuple[Line, ...]
    labels: tuple[Labels, ...]

    @property
    def texts(self) -> list[str]:
        return customer_texts(self.lines)

    @visibly
    def __str__(self) -> str:
        return self.name


@checks_arguments
def recover(
    conversations: Iterable[Conversation],
    steering: LatentSteering | Sequence[LatentSteering],
    *,
    judge: LatentJudge | None = None,
    workers: Count = DEFAULT_WORKERS,
) -> Recovery:
    """Name what steered each conversation, and count how often that is right.

    `steering` is what they were played with, one or several; each conversation's record says which.
    Without a judge a classifier by code names. Conversations in which the customer says nothing are
    left out. InputError where one was steered by something else, and where none is left; ModelError
    where a call of the judge fails.
    """
    known = {each.name: each for each in _several(steering)}
    talks = list(conversations)
    steered = [_steered(talk, known) for talk in talks]
    heard = [each for each in steered if each.labels]
    if not heard:
        raise InputError(
            f"none of {many(len(talks), 'conversation')} has a word of the customer; expected some"
        )
    named, by, notes = _named(heard, judge, workers)
    silent = len(talks) - len(heard)
    if silent:
        notes.append(f"{many(silent, 'conversation')} left out: the customer says nothing")
    table = next(iter(known.values())).table
    return Recovery(
        by=by,
        conversations=len(heard),
        profile=Confusion.of("profile", _profiles(heard, named), table.profiles),
        intent=Confusion.of("intent", _intents(heard, named), table.intents),
        notes=notes,
    )


def _named(
    heard: Sequence[_Steered], judge: LatentJudge | None, workers: int
) -> tuple[Sequence[Named], str, list[str]]:
    """What is named of each conversation, by what, and what is to be said of that."""
    if judge is None:
        return _by_code(heard), CODE, [_note_on_code(heard)]
    named = answers_to(heard, lambda each: judge(lines=each.lines), workers=workers)
    return named, f"the judge {getattr(judge.lm, 'model', 'configured')}", []


def _several(steering: LatentSteering | Sequence[LatentSteering]) -> list[LatentSteering]:
    """The steerings in a list; InputError unless all have one table."""
    several = [steering] if isinstance(steering, LatentSteering) else list(steering)
    if not several:
        raise InputError("steering is empty; expected one LatentSteering or more")
    if len({each.table.digest for each in several}) > 1:
        raise InputError("the steerings have different tables; expected one for all of them")
    return several


def _steered(talk: Conversation, known: dict[str, LatentSteering]) -> _Steered:
    where = f"task {talk.task}, seed {talk.seed}"
    if talk.steering not in known:
        raise InputError(
            f"{where}: was steered by {talk.steering or 'nothing'!r}; expected "
            f"{some(sorted(known))}"
        )
    steering = known[talk.steering]
    labels = [
        steering.labels(talk.task, talk.seed, number)
        for number, turn in enumerate(talk.customer)
        if plain_turn({"role": CUSTOMER, "content": turn.text})
    ]
    return _Steered(talk.task, where, lines_of(talk_of(talk).messages), tuple(labels))


def _profiles(talks: Sequence[_Steered], named: Sequence[Named]) -> Iterator[Naming]:
    for talk, names in zip(talks, named, strict=True):
        true = talk.labels[0].profile
        if true:
            yield Naming(talk.task, true, names.profile)


def _intents(talks: Sequence[_Steered], named: Sequence[Named]) -> Iterator[Naming]:
    for talk, names in zip(talks, named, strict=True):
        for turn, (labels, intent) in enumerate(zip(talk.labels, names.intents, strict=True)):
            if labels.intent:
                yield Naming(talk.task, labels.intent, intent, min(turn, LATE))


# -- named by code -------------------------------------------------------------------------------


def _by_code(talks: Sequence[_Steered]) -> list[Named]:
    """What the classifier names of each conversation, fitted on the other folds of tasks."""
    folds = folds_of([talk.task for talk in talks], FOLDS)
    named: dict[int, Named] = {}
    for fold in range(int(folds.max()) + 1):
        others = [talk for talk, place in zip(talks, folds, strict=True) if place != fold]
        profile = WordClassifier.fitted(
            ["\n".join(talk.texts) for talk in others], [talk.labels[0].profile for talk in others]
        )
        intent = WordClassifier.fitted(
            [text for talk in others for text in talk.texts],
            [labels.intent for talk in others for labels in talk.labels],
        )
        for number in np.flatnonzero(folds == fold).tolist():
            texts = talks[number].texts
            named[number] = Named(
                profile.label("\n".join(texts)), tuple(intent.label(text) for text in texts)
            )
    return [named[number] for number in range(len(talks))]


def _note_on_code(talks: Sequence[_Steered]) -> str:
    tasks = len({talk.task for talk in talks})
    return (
        f"the classifier was fitted on other tasks than it named ({many(min(FOLDS, tasks), 'fold')}"
        f" of {many(tasks, 'task')})"
    )


def _fields(confusion: Confusion | None) -> dict[str, Any] | None:
    if confusion is None:
        return None
    kappa = confusion.kappa
    return {
        "names": list(confusion.names),
        "counts": [list(row) for row in confusion.counts],
        "accuracy": confusion.accuracy.mean,
        "accuracy_interval": confusion.accuracy.bounds,
        "chance": confusion.chance,
        "kappa": kappa.mean if kappa else None,
        "kappa_interval": kappa.bounds if kappa else None,
        "tasks": confusion.tasks,
        "lost": confusion.lost,
        "verdict": confusion.verdict,
    }
