"""What one reply of the stand-in for the user has to go by, and what it says before it is typed."""

import re
from dataclasses import dataclass
from functools import cached_property
from random import Random

from usersim_opt.basics.text import STOP_TOKENS
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.guidance import Guidance, read_guidance, split_system
from usersim_opt.models.offline.moments import Moment, is_an_end, moment_of, tells_of_trouble
from usersim_opt.models.offline.steered import is_impatient, split_manner, with_manner
from usersim_opt.models.offline.story import Story, core, in_few_words, read_story
from usersim_opt.models.offline.temper import Temper, temper_of
from usersim_opt.models.offline.wordings import KINDS

Clauses = list[str]
"""Short pieces of a message, in their order."""

_LEAST_FAILING = 0.01
"""How often a failing shows where all guidance speaks against it."""
_LOST_TO_HEAT = 0.05
"""What a degree of temperature above the usual takes from the chance of good behaviour."""
_USUAL_TEMPERATURE = 0.7
_GOODBYE = re.compile(r"\b(?:bye|that is all)\b|^\W*(?:thanks|great)\W*$", re.I)
_NAMED = re.compile(
    r"\b(?:this is|i'm|i am|speaking with|my name is|it's|its) ([A-Z][a-z]+)\b"
    r"|\b([A-Z][a-z]+) (?:speaking|here)\b"
)


@dataclass(frozen=True)
class Said:
    """What a reply says, as clauses, and the stop token that it ends the chat with, if any."""

    parts: Clauses
    token: str = ""


@dataclass(frozen=True)
class Scene:
    """What one reply has to go by."""

    story: Story
    guidance: Guidance
    agent: str
    earlier: tuple[str, ...]
    """The customer's own messages so far."""
    chat: tuple[str, ...]
    """All messages, the agent's last one included."""
    token: str
    """The stop token that the instructions name; without one the customer knows none."""
    random: Random
    temperature: float
    is_impatient: bool
    """Whether what steers the customer says so."""
    temper: Temper
    """The traits that steer it."""

    @cached_property
    def moment(self) -> Moment:
        """The moment that the agent's last turn makes."""
        return moment_of(self.agent, story=self.story, chat=self.chat[:-1])

    @property
    def was_refused(self) -> bool:
        """Whether an earlier turn of the agent has told of trouble already."""
        return any(map(tells_of_trouble, self.chat[:-1:2]))

    @property
    def was_an_end(self) -> bool:
        """Whether the agent's turn before this one was an end already."""
        return is_an_end("".join(self.chat[-3:-2]))

    @property
    def has_said_goodbye(self) -> bool:
        """Whether the customer's last message was one."""
        return _GOODBYE.search("".join(self.earlier[-1:])) is not None

    @property
    def agents_name(self) -> str:
        """The agent's first name, empty if the chat does not tell it."""
        found = _NAMED.search(" ".join(self.chat[::2]))
        return next(filter(None, found.groups()), "") if found else ""

    def behaves(self, kind: str) -> bool:
        """Whether the reply shows the behaviour that guidance asks for, not the failing."""
        return self.happens(self._chance(kind))

    def happens(self, chance: float) -> bool:
        """A draw."""
        return self.random.random() < chance

    def _chance(self, kind: str) -> float:
        """How likely the behaviour is: from the base by guidance up, or down by its opposite."""
        strength, failing = self.guidance.strength(kind), KINDS[kind].failing
        if strength <= 0:
            return (1 - failing) * (1 + strength)
        heat = max(0.0, self.temperature - _USUAL_TEMPERATURE)
        gained = strength * max(0.0, failing - _LEAST_FAILING)
        return 1 - failing + gained - _LOST_TO_HEAT * heat

    def pick(self, *choices: str) -> str:
        """One of the wordings; at a temperature near 0 nearly always the first."""
        if self.random.random() > self.temperature + 0.1:
            return choices[0]
        return self.random.choice(choices)

    def wish(self, otherwise: str) -> str:
        """The first wish in a few words."""
        return in_few_words(core(self.story.wishes[0])) if self.story.wishes else otherwise


def scene_of(call: Call) -> Scene:
    """The scene of a call."""
    instructions, private = split_system(call.system)
    story, manner = split_manner(private)
    return Scene(
        story=read_story(story),
        guidance=with_manner(read_guidance(instructions), manner),
        agent=call.last,
        earlier=tuple(text for role, text in call.turns if role == "assistant"),
        chat=tuple(text for _, text in call.turns),
        token=next((token for token in STOP_TOKENS if token in instructions), ""),
        random=call.random(),
        temperature=call.temperature,
        is_impatient=is_impatient(manner),
        temper=temper_of(manner),
    )
