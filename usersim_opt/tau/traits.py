"""Traits of a customer beside its story: skepticism, confusion, impatience, incoherence, and mixes.

    skeptic = uso.tau.traits_of("skepticism=high,impatience=low")
    uso.rollout(sim, agent, tasks, steering=skeptic)                     # conversations of ours
    uso.tau.evaluate(trait_prompts(prompt, [skeptic]), agent, ...)       # tau2

The text stands behind the story, in the story's place of the prompt, by either way the same bytes.
What is told and what is kept back stays with the story: tau-trait's own runs change that together
with the trait, so its drops are not those of a trait alone. Personas go the same way; those of ours
have neither an age nor an occupation, which a story may contradict. The words are in traits.yaml.

Source of the traits: tau-trait (arXiv 2510.04491); of the personas: tau2's telecom. The wording of
both is ours.

Not covered: traits that come and go within a conversation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveInt

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import parse
from usersim_opt.customer.prompt import PLACEHOLDER, TAU2_TAIL, Prompt, as_prompt
from usersim_opt.customer.simulator import Turns
from usersim_opt.customer.steering import steered
from usersim_opt.scenarios.records import Task, Text

LEVELS = ("low", "medium", "high")
"""How strong a trait is."""
NONE = "none"
"""The customer without traits, by its name."""
PERSONA = "persona"
_FILE = Path(__file__).with_name("traits.yaml")
_LIKE = "expected such as impatience=high,skepticism=low or persona=hard"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Seen(_Part):
    """By what something is seen in a customer's turns."""

    signs: list[Text]
    features: list[Text]


class Trait(_Seen):
    """A sentence for each level, and the signs."""

    low: Text
    medium: Text
    high: Text


class TraitPersona(_Seen):
    """One text, and the signs."""

    text: Text


class Facts(_Part):
    """What a trait may not move: see trait_check.py."""

    early: PositiveInt
    margins: Mapping[str, NonNegativeFloat]


class TraitTable(_Part):
    """The shape of traits.yaml."""

    heading: Text
    traits: dict[str, Trait]
    personas: dict[str, TraitPersona]
    facts: Facts

    @cached_property
    def digest(self) -> str:
        """Tells this table from others."""
        return sha256(self.model_dump_json())[:8]


@checks_arguments
def read_traits(path: str | Path) -> TraitTable:
    """The table of a file in the form of traits.yaml; DatasetError says what does not fit."""
    path = Path(path)
    return parse(strict_yaml.load(path), TraitTable, where=str(path))


TRAITS = parse(strict_yaml.load(_FILE), TraitTable, where=_FILE.name)
"""The standard traits and personas."""


@dataclass(frozen=True)
class Traits:
    """Traits with their levels and a persona, or one of both; steers every turn by the same text.

    InputError for none at all, and for a name or a level that the table does not have.
    """

    levels: Mapping[str, str]
    persona: str = ""
    table: TraitTable = TRAITS

    price: ClassVar[int] = 0
    """It calls no model."""

    def __post_init__(self) -> None:
        if not self.levels and not self.persona:
            raise InputError(f"no trait is given; {_LIKE}")
        for trait, level in self.levels.items():
            _check("trait", trait, self.table.traits)
            _check(f"level of {trait}", level, LEVELS)
        if self.persona:
            _check("persona", self.persona, self.table.personas)

    @property
    def label(self) -> str:
        """The levels in a line: `impatience high, skepticism low`."""
        levels = [f"{trait} {level}" for trait, level in self.levels.items()]
        return ", ".join([*levels, *([f"persona {self.persona}"] if self.persona else [])])

    @property
    def name(self) -> str:
        """The label and the table, as records name it."""
        return f"traits({self.label}; table {self.table.digest})"

    @property
    def text(self) -> str:
        """What stands behind the story."""
        lines = [getattr(self.table.traits[name], level) for name, level in self.levels.items()]
        if self.persona:
            lines.insert(0, self.table.personas[self.persona].text)
        return "\n".join([self.table.heading, *(f"- {line}" for line in lines)])

    @property
    def seen(self) -> Mapping[str, _Seen]:
        """By what each of its traits, and its persona, is seen in the customer's turns."""
        found: dict[str, _Seen] = {name: self.table.traits[name] for name in self.levels}
        if self.persona:
            found[f"{PERSONA} {self.persona}"] = self.table.personas[self.persona]
        return found

    def __call__(self, task: Task, history: Turns, *, seed: int) -> str:
        """The text, whatever the turn."""
        return self.text


def _check(what: str, name: str, known: Sequence[str] | Mapping[str, object]) -> None:
    if name not in known:
        raise InputError(f"{what} {name!r}: there is none; there are {', '.join(known)}")


@checks_arguments
def traits_of(text: str, table: TraitTable = TRAITS) -> Traits:
    """Traits as a command line names them: `impatience=high,skepticism=low`, `persona=hard`.

    InputError for another form, a name given twice, and what the table does not have.
    """
    pairs = [part.partition("=") for part in text.split(",")]
    given = {name.strip(): value.strip() for name, _, value in pairs}
    if len(given) < len(pairs) or not all(equals for _, equals, _ in pairs):
        raise InputError(f"traits are {text!r}; {_LIKE}, each of them once")
    persona = given.pop(PERSONA, "")
    return Traits(given, persona, table)


@checks_arguments
def with_traits(prompt: Prompt | str, traits: Traits) -> Prompt:
    """The prompt with the traits behind the place of the story.

    Filled with a story it is what the prompt is with a story that is steered by these traits.
    """
    text = as_prompt(prompt).text
    template = text if PLACEHOLDER in text else text + TAU2_TAIL
    return Prompt(template.replace(PLACEHOLDER, steered(PLACEHOLDER, traits.text)))


@checks_arguments
def trait_prompts(prompt: Prompt | str, traits: Sequence[Traits]) -> dict[str, Prompt]:
    """The prompt as it is, called `none`, and with each of the traits, by their labels."""
    named = {each.label: with_traits(prompt, each) for each in traits}
    if not named or len(named) < len(traits):
        raise InputError(f"{len(traits)} traits are given, {len(named)} of them different; {_LIKE}")
    return {NONE: as_prompt(prompt)} | named


@checks_arguments
def each_trait(level: str = LEVELS[-1], table: TraitTable = TRAITS) -> list[Traits]:
    """Each trait of the table alone, at one level."""
    return [Traits({name: level}, table=table) for name in table.traits]
