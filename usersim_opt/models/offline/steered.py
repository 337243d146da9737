"""What a story says at its end of how the customer talks, and what the stand-in makes of it.

    ... your trip.

    How you talk here. This is manner alone ...
    - You write a few words at a time.

Such a part is read as guidance is, and wins over the prompt's: how long the messages are, thanks,
how they are typed, whether feelings show, and the traits of temper.py. It is no part of the story,
so nothing of it is told.

Not covered: every other manner. The stand-in passes over it.
"""

import re
from dataclasses import replace

from usersim_opt.models.offline.guidance import Guidance, read_guidance

_MANNER = re.compile(r"(?:\A|\n)\s*+(?P<begins>(?=how you (?:talk|write|sound)\b))?", re.I)
"""Blanks from a line's end on, each looked at once, and whether a manner begins behind them."""
_HEEDED = ("brief", "no_thanks", "show_feeling")
"""Kinds of guidance that are manner alone."""


def split_manner(story: str) -> tuple[str, str]:
    """A private story as (story, how the customer talks); the second may be empty."""
    blanks = _MANNER.finditer(story)
    begins = next((each for each in blanks if each["begins"] is not None), None)
    return (story[: begins.start()], story[begins.end() :]) if begins else (story, "")


def with_manner(guidance: Guidance, manner: str) -> Guidance:
    """The guidance of a prompt, where a manner says something, as that says."""
    said = read_guidance(manner).kinds
    heeded = {kind: said[kind] for kind in _HEEDED if said[kind]}
    return replace(guidance, kinds={**guidance.kinds, **heeded})


def is_impatient(manner: str) -> bool:
    """Whether a manner is that of somebody who loses patience."""
    return read_guidance(manner).kinds["show_feeling"] > 0
