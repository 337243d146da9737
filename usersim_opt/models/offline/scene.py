"""What one reply of the stand-in for the user has to go by, and what it says before it is typed."""

import re
from dataclasses import dataclass
from random import Random

from usersim_opt.basics.text import STOP_TOKENS
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.guidance import Guidance, read_guidance, split_system
from usersim_opt.models.offline.story import Story, core, read_story

ASKED = {
    "user_id": r"\buser ?(?:id|name)|\baccount|\blog-?in|\bcustomer number",
    "code": (
        r"\bcode\b|\breservation|\bbooking (?:number|reference)|\breference|\bconfirmation|\bPNR\b"
    ),
    "name": r"\bname\b",
    "date": r"\bdates?\b|\bwhich day|\bwhat day|\bwhen\b|\btravel on",
    "payment": r"\bpay\b|\bpayment|\bhow would you like to (?:pay|settle)",
    "reason": r"\bwhy\b|\breason",
    "bags": r"\bbags?\b|\bluggage|\bsuitcase",
}
"""What a question of the agent may be after, by the words of such questions."""

Clauses = list[str]
"""Short pieces of a message, in their order."""

_BASE_FAILING = 0.8
"""How often a failing shows where nothing speaks against it."""
_LEAST_FAILING = 0.05
"""How often it shows where everything does."""
_LOST_TO_HEAT = 0.12
"""What a degree of temperature above the usual takes from the chance of good behaviour."""
_USUAL_TEMPERATURE = 0.7


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

    def behaves(self, kind: str) -> bool:
        """Whether the reply shows the behaviour that guidance asks for, not the failing."""
        return self.happens(self._chance(kind))

    def happens(self, chance: float) -> bool:
        """A draw."""
        return self.random.random() < chance

    def _chance(self, kind: str) -> float:
        """How likely the behaviour is: from the base by guidance up, or down by its opposite."""
        strength = self.guidance.strength(kind)
        base = 1 - _BASE_FAILING
        if strength <= 0:
            return base * (1 + strength)
        heat = max(0.0, self.temperature - _USUAL_TEMPERATURE)
        return base + strength * (_BASE_FAILING - _LEAST_FAILING) - _LOST_TO_HEAT * heat

    def pick(self, *choices: str) -> str:
        """One of the wordings; at a temperature near 0 nearly always the first."""
        if self.random.random() > self.temperature + 0.1:
            return choices[0]
        return self.random.choice(choices)

    def is_asked(self, fact: str) -> bool:
        """Whether the agent's last turn asks for a fact."""
        return re.search(ASKED[fact], self.agent, re.I) is not None

    def wish(self, otherwise: str) -> str:
        """The first wish in a few words."""
        return core(self.story.wishes[0]) if self.story.wishes else otherwise


def scene_of(call: Call) -> Scene:
    """The scene of a call."""
    instructions, story = split_system(call.system)
    return Scene(
        story=read_story(story),
        guidance=read_guidance(instructions),
        agent=call.last,
        earlier=tuple(text for role, text in call.turns if role == "assistant"),
        chat=tuple(text for _, text in call.turns),
        token=next((token for token in STOP_TOKENS if token in instructions), ""),
        random=call.random(),
        temperature=call.temperature,
    )
