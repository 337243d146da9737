"""A customer with a profile for the whole chat and an intent for each turn, set or drawn.

    steering = LatentSteering(profile="sample", intent="sample")
    talks = uso.rollout(sim, agent, tasks, seeds=3, steering=steering)
    steering.labels("001", 0, 2)            # what the third turn of that conversation was told

A name sets the variable, `sample` draws it, an empty text leaves it out. Draws depend on task, seed
and turn alone: the same conversation of another prompt has the same labels, and playing it again
changes nothing. The first intent is drawn by the weights of `start`, each further one by those of
`transitions` after the intent before (a Markov chain).

Not covered: an intent that answers to what the agent has said; the text leaves it to the customer
whether it fits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from usersim_opt.basics.arguments import check_fields
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import sha256
from usersim_opt.customer.simulator import Turns
from usersim_opt.realism.latent.table import LATENTS, SAMPLE, Latents, Weights
from usersim_opt.scenarios.records import Task

_DIGITS = 13
"""Hex digits of a digest that a draw uses; a float holds as many."""


class Labels(NamedTuple):
    """What steered one turn; empty for what was left out."""

    profile: str
    intent: str


@dataclass(frozen=True)
class LatentSteering:
    """Steers a customer by a profile and by intents.

    InputError for a name that the table does not have, and where both are left out.
    """

    profile: str = ""
    """A name of the table, `sample`, or empty for none."""
    intent: str = ""
    """The same for each turn."""
    table: Latents = LATENTS

    price: ClassVar[int] = 0

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.profile and not self.intent:
            raise InputError("neither profile nor intent is given; expected a name, or `sample`")
        _check("profile", self.profile, self.table.profiles)
        _check("intent", self.intent, self.table.intents)

    @property
    def name(self) -> str:
        """The setting and the table, as records name it."""
        chosen = {"profile": self.profile, "intent": self.intent}
        settings = [f"{variable}={value}" for variable, value in chosen.items() if value]
        return f"latent({', '.join(settings)}; table {self.table.digest})"

    def labels(self, task: str, seed: int, turn: int) -> Labels:
        """What the customer's turn of this number, from 0, is told in a conversation."""
        return Labels(self._profile(task, seed), self._intent(task, seed, turn))

    def __call__(self, task: Task, history: Turns, *, seed: int) -> str:
        """The text for the turn that follows."""
        turn = sum(message["role"] == "customer" for message in history)
        profile, intent = self.labels(task.id, seed, turn)
        table = self.table
        parts = []
        if profile:
            parts.append(f"{table.profile_lead} {table.profiles[profile].text}")
        if intent:
            parts.append(f"{table.intent_lead} {table.intents[intent].text}")
        return "\n\n".join(parts)

    def _profile(self, task: str, seed: int) -> str:
        if self.profile != SAMPLE:
            return self.profile
        return drawn(self.table.profile_weights, "profile", task, str(seed))

    def _intent(self, task: str, seed: int, turn: int) -> str:
        if self.intent != SAMPLE:
            return self.intent
        intent, weights = "", self.table.start
        for number in range(turn + 1):
            intent = drawn(weights, "intent", task, str(seed), str(number))
            weights = self.table.transitions[intent]
        return intent


def drawn(weights: Weights, *key: str) -> str:
    """A name by its weight; the same key draws the same name on every machine."""
    digits = sha256("\x1f".join(key))[:_DIGITS]
    left = int(digits, 16) / 16**_DIGITS * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    # Rounding can leave a hair behind the last one.
    return [name for name, weight in weights.items() if weight > 0][-1]


def _check(variable: str, name: str, known: Mapping[str, object]) -> None:
    if name and name != SAMPLE and name not in known:
        raise InputError(
            f"{variable} is {name!r}; expected `{SAMPLE}`, an empty text, or one of "
            f"{', '.join(known)}"
        )
