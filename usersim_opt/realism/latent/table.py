"""The latent variables that there are: profiles, intents, and how one intent follows another.

They come from latents.yaml, whose head says what each field is; whoever wants others reads a file
of the same form. After RecLLM (arXiv 2305.07961): a variable v of the whole conversation, and one
v_i of each turn, both hidden from the agent and told to the simulator as text.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, model_validator

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.records import Text

SAMPLE = "sample"
"""Stands for a value that is drawn; no profile or intent may have this name."""
Weights = Mapping[str, NonNegativeFloat]
"""How often each of several is drawn, in any unit."""
_FILE = Path(__file__).with_name("latents.yaml")


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Intent(_Data):
    """What the customer is after in one turn."""

    text: Text
    """What the customer is told."""
    shows: Text
    """By what it is recognised."""


class Profile(Intent):
    """What the customer is like in the whole chat."""

    weight: NonNegativeFloat = 1.0


class Latents(_Data):
    """A table of latent variables, as a file of the form of latents.yaml has it."""

    profile_lead: str
    intent_lead: str
    profiles: Mapping[str, Profile]
    intents: Mapping[str, Intent]
    start: Weights
    transitions: Mapping[str, Weights]

    @property
    def profile_weights(self) -> Weights:
        """How often each profile is drawn."""
        return {name: profile.weight for name, profile in self.profiles.items()}

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that tell this table from others."""
        return sha256(json.dumps(self.model_dump(), sort_keys=True))[:8]

    @model_validator(mode="after")
    def _hang_together(self) -> "Latents":
        _check_names("profiles", self.profiles)
        _check_names("intents", self.intents)
        _check_known("transitions", self.transitions, self.intents)
        _check_weights("profiles", self.profile_weights, self.profiles)
        _check_weights("start", self.start, self.intents)
        for intent in self.intents:
            if intent not in self.transitions:
                raise ValueError(f"transitions: {intent} is missing; what follows it?")
            _check_weights(f"transitions.{intent}", self.transitions[intent], self.intents)
        return self


def _check_names(field: str, names: Iterable[str]) -> None:
    listed = list(names)
    if not listed:
        raise ValueError(f"{field}: is empty; expected one or more")
    if SAMPLE in listed or "" in listed:
        raise ValueError(f"{field}: no one may be called `{SAMPLE}` or have no name")


def _check_weights(field: str, weights: Weights, known: Iterable[str]) -> None:
    _check_known(field, weights, known)
    if not sum(weights.values()) > 0:
        raise ValueError(f"{field}: all weights are 0; expected one above 0")


def _check_known(field: str, names: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"{field}: {unknown[0]} is none; expected one of {', '.join(known)}")


@checks_arguments
def read_latents(path: str | Path) -> Latents:
    """The table in a file of the form of latents.yaml; DatasetError says what is wrong with it."""
    path = Path(path)
    return parse(strict_yaml.load(path), Latents, where=str(path))


LATENTS = read_latents(_FILE)
"""The table that comes with the library."""
