"""Whether labels are spread in simulated conversations as they are in real ones.

For a classifier f of conversations or turns (an intent, a topic, a mood), with R(y) the share of
label y in the real ones and Q(y) in the simulated ones (RecLLM, arXiv 2305.07961; the distance is
our choice, the paper leaves it open):

    TV = 0.5 * sum_y |Q(y) - R(y)|         0 alike, 1 no label in common
    H  = -sum_y Q(y) ln Q(y)               0 one label alone, ln K all alike often (nats)

The floor is what two samples of the real conversations, of both sizes, differ in (floors.py): a
smaller distance says nothing. A simulator without diversity has a small H.

    real = name_latents(people, judge);  simulated = name_latents(talks, judge)
    print(compare_labels(real.intents, simulated.intents, what="intent"))

Not covered: labels that the classifier gives wrongly on one side only.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many, share_text
from usersim_opt.basics.layout import grid
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.realism.card import CARD
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.floors import Floor, Reference, Size, at_most
from usersim_opt.realism.latent.naming import LatentJudge
from usersim_opt.realism.many_calls import answers_to
from usersim_opt.realism.recordings import Recorded, lines_of, result_set_of
from usersim_opt.realism.resampling import SEED
from usersim_opt.realism.rows import Array

Shares = Mapping[str, float]
"""The share of each label, 0 to 1."""


class Label(NamedTuple):
    """A label of one conversation or turn about a task; empty where none was given."""

    task: str
    label: str


class NamedLatents(NamedTuple):
    """What a judge named of a set of conversations."""

    profiles: list[Label]
    """One for each conversation."""
    intents: list[Label]
    """One for each of the customer's turns."""


@dataclass(frozen=True)
class LabelMatch:
    """How alike labels are spread on two sides."""

    what: str
    real: Shares
    simulated: Shares
    distance: float
    """Total variation, 0 to 1."""
    floor: Floor
    """Of two samples of the real side, in the same unit."""
    entropy: tuple[float, float]
    """Of the real and of the simulated side, in nats."""
    tasks: int
    """Of the side with fewer."""
    lost: int
    """Labels that were not given, on both sides together."""

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say anything for sure."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def differs(self) -> bool | None:
        """Whether the distance is above its floor; None with too few tasks to say so."""
        return None if self.is_descriptive else self.distance > self.floor.bound

    @property
    def fields(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {**asdict(self), "differs": self.differs, "verdict": self.verdict}

    @property
    def verdict(self) -> str:
        """The same in words."""
        if self.differs is None:
            return f"{many(self.tasks, 'task')}: descriptive only."
        if self.differs:
            return f"The {self.what} is spread otherwise than in the real conversations."
        return f"The {self.what} is spread as in the real conversations, as far as can be seen."

    @visibly
    def __str__(self) -> str:
        rows = [
            [name, share_text(self.real.get(name, 0.0)), share_text(self.simulated.get(name, 0.0))]
            for name in sorted({*self.real, *self.simulated})
        ]
        most = math.log(len(rows))
        figures = (
            f"total variation {self.distance:.3f}; two samples of the real ones have "
            f"{self.floor.mean:.3f}, 19 of 20 at most {self.floor.bound:.3f}\n"
            f"entropy {self.entropy[0]:.2f} real, {self.entropy[1]:.2f} simulated, of "
            f"{most:.2f} at the most; {self.lost} lost"
        )
        return "\n".join([grid([self.what, "real", "simulated"], rows), figures, self.verdict])


@checks_arguments
def name_latents(
    conversations: Recorded, judge: LatentJudge, *, workers: Count = DEFAULT_WORKERS
) -> NamedLatents:
    """Profiles and intents of any recorded conversations, one call of the judge for each of them.

    InputError for conversations that are none, ModelError where a call fails.
    """
    talks = result_set_of(conversations, name="the conversations").talks
    asked = [(task_of(talk.task), lines_of(talk.messages)) for talk in talks]
    named = answers_to(asked, lambda each: judge(lines=each[1]), workers=workers)
    pairs = list(zip(asked, named, strict=True))
    return NamedLatents(
        [Label(task, each.profile) for (task, _), each in pairs],
        [Label(task, intent) for (task, _), each in pairs for intent in each.intents],
    )


@checks_arguments
def compare_labels(
    real: Iterable[tuple[str, str]], simulated: Iterable[tuple[str, str]], *, what: str = "label"
) -> LabelMatch:
    """Compare labels of two sets of conversations, each a pair of task and label.

    Empty labels are lost and counted. InputError for a side without labels.
    """
    sides = [[Label(*each) for each in side] for side in (real, simulated)]
    known = [[each for each in side if each.label] for side in sides]
    _check_labelled(known, what)
    names = sorted({each.label for side in known for each in side})
    shares = [_shares(side, names) for side in known]
    drawn = _floor_draws(known[0], names, [_size(side) for side in known])
    return LabelMatch(
        what=what,
        real=_named(names, shares[0]),
        simulated=_named(names, shares[1]),
        distance=float(total_variation(*shares)),
        floor=at_most(drawn),
        entropy=(entropy(shares[0]), entropy(shares[1])),
        tasks=min(_size(side).tasks for side in known),
        lost=sum(map(len, sides)) - sum(map(len, known)),
    )


def _check_labelled(known: Sequence[Sequence[Label]], what: str) -> None:
    for name, side in zip(("real", "simulated"), known, strict=True):
        if not side:
            raise InputError(f"the {name} side has no {what}; expected pairs of task and {what}")


def total_variation(one: Array, other: Array) -> Array:
    """Half the sum of the differences of shares along the last axis."""
    distance: Array = 0.5 * np.abs(one - other).sum(axis=-1)
    return distance


def entropy(shares: Array) -> float:
    """-sum p ln p in nats; a share of 0 adds nothing."""
    present = shares[shares > 0]
    return abs(float(-(present * np.log(present)).sum()))


def _floor_draws(labels: Sequence[Label], names: Sequence[str], sizes: Sequence[Size]) -> Array:
    """Distances of two samples of the same labels, one of each size."""
    lines = np.array([[name == each.label for name in names] for each in labels], dtype=float)
    reference = Reference.of_lines([each.task for each in labels], lines)
    rng = np.random.default_rng(SEED)
    one, other = (reference.means(size, rng) for size in sizes)
    return total_variation(one, other)


def _size(labels: Sequence[Label]) -> Size:
    return Size(len(labels), len({each.task for each in labels}))


def _shares(labels: Sequence[Label], names: Sequence[str]) -> Array:
    counts = Counter(each.label for each in labels)
    return np.array([counts[name] for name in names]) / len(labels)


def _named(names: Sequence[str], shares: Array) -> Shares:
    return dict(zip(names, shares.tolist(), strict=True))
