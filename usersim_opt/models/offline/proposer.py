"""`offline/proposer`: a stand-in for a model that rewrites prompts.

It reads the material that any proposer is sent, picks one of the dimensions that fail most, and
adds a sentence about it in one of several wordings. Now and then it does what real ones do: copies
a code or a sentence out of the failures, pads the prompt with empty words, throws out good
guidance, adds advice that does harm, or breaks off.

Not covered: dimensions that a data set adds; for them it has no advice.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from usersim_opt.models.offline.advice import ADVICE as ON_YIELDING
from usersim_opt.models.offline.advice import Failure, topic_of
from usersim_opt.models.offline.call import Call
from usersim_opt.scenarios.identifiers import BOOKING_CODE, USER_ID

_ADVICE: Mapping[str, tuple[str, ...]] = {
    "communication_style.shortness": (
        "From a list of questions answer one or two, and let the rest be.",
        "When asked for several things at once, answer only a part.",
    ),
    "information_pattern.words_per_turn": (
        "Keep each message short, as people do on a phone; a few words are often enough.",
        "Write brief messages, rarely more than a line.",
    ),
    "communication_style.politeness": (
        "Do not thank the agent for each step, and leave out please and sorry.",
        "Skip pleasantries: no thanks, no apologies.",
    ),
    "communication_style.formality": (
        "Type casually, the way people text: lower case, half sentences.",
        "Write in an informal way; fragments are fine.",
    ),
    "communication_style.repetition": (
        "Do not repeat what you have already said, nor what the agent has right.",
        "Never sum up the request again.",
    ),
    "communication_style.identity_confusion": (
        "You are the customer, not the one who helps: never do the agent's work.",
        "Do not act like an assistant, and do not tell the agent where to look.",
    ),
    "communication_style.acknowledgement": (
        "Do not confirm or acknowledge every step; react only where it matters to you.",
        "Do not echo or comment on each thing that the agent says.",
    ),
    "communication_style.stylistic_variation": (
        "Vary the opening of your messages, and do not use the agent's name.",
        "Do not begin two messages with the same words.",
    ),
    "information_pattern.front_loading": (
        "In the first message say only what you need, in general words; no details yet.",
        "Open with the bare need; do not give codes, payment or conditions before they matter.",
    ),
    "information_pattern.opening_word_count": (
        "Your first message is just the need, in one short line.",
        "Open with a single short sentence and nothing more.",
    ),
    "information_pattern.identity_density": (
        "Give only the detail that was asked for, one thing at a time.",
        "Answer the question that was asked and add nothing on your own.",
    ),
    "clarification.uncertainty_expression": (
        "If you do not know something, say so once; keep a doubt as a doubt.",
        "What you are unsure of stays unsure, in one word.",
    ),
    "clarification.certainty_expression": (
        'Say what you know without "i think"; never make up facts to fill a gap.',
        "Keep doubts for what you do not know, and let all else sound sure.",
    ),
    "clarification.pushback": (
        "If the agent gets something wrong, say no and correct it; never agree to a wrong plan.",
        "When a summary is mistaken, object at once and do not accept it.",
    ),
    "clarification.clarifying_questions": (
        "Make one move per message: ask one thing or say one thing, then stop.",
        "Ask one question at a time, and never go on to the next step.",
    ),
    "clarification.info_seeking_questions": (
        "If your question was passed over, ask that one thing alone, and nothing else.",
        "Never announce how you mean to decide, and do not name your limits.",
    ),
    "error_reaction.emotional_pattern": (
        "When something goes wrong, let your annoyance show in a word or two.",
        "If you are ignored or blocked, get impatient, as people do.",
    ),
    "error_reaction.accusatory_language": (
        "Be annoyed with the situation, but do not insult or blame the person.",
        "Never swear at the agent and do not accuse anyone.",
    ),
    "error_reaction.pivot_behavior": (
        (
            "Keep alternatives and compromises to yourself until the agent has said that your "
            "first choice is impossible."
        ),
        "Do not mention a fallback unless its condition has come up in the chat.",
    ),
    "guard.non_leakage": (
        "Put the story into your own words; never recite its sentences.",
        "Do not say what your limits are, or how you will decide.",
        "Do not give a card number, a password or other sensitive data; ask why it is needed.",
    ),
}
_HARMFUL = (
    "Always thank the agent for the help, and be very polite throughout.",
    "Give the agent all details in your first message, so that it can work fast.",
    "Be helpful and write long detailed messages that explain everything.",
    "Accept whatever the agent proposes; trust the agent.",
    "Stay calm and friendly whatever happens.",
)
_EMPTY = (
    "It is of great importance that the conversation feels natural in every respect and that the "
    "overall quality of the interaction is taken into account."
)

Material = Mapping[str, Any]


def answer(call: Call) -> str:
    """A prompt between <prompt> and </prompt>, most of the time."""
    material = call.material()
    if not material or not isinstance(material.get("instructions"), str):
        return "ready"
    random, old = call.random(), material["instructions"]
    (mode,) = random.choices(list(_MODES), list(_MODES.values()))
    if mode is None:
        return f"I changed one thing.\n<prompt>\n{old[: len(old) // 2]}"
    return f"<prompt>\n{mode(old, material, random)}\n</prompt>"


def _edit(old: str, material: Material, random: Random) -> str:
    """Advice on one or two dimensions that fail, mostly the worst ones.

    What stands in the prompt already, or was left out of it, is not advised again.
    """
    said = "\n".join([old, *material.get("left_out", [])])
    fresh = list(dict.fromkeys(_unadvised(material, said))) or list(_ADVICE)
    weights = range(len(fresh), 0, -1)
    number = random.choice((1, 1, 2))
    drawn = (random.choices(fresh, weights)[0] for _ in range(number))
    return _insert(old, [random.choice(_wordings(name)) for name in dict.fromkeys(drawn)])


def _wordings(topic: str) -> tuple[str, ...]:
    """The advice on a dimension, or on a way to give way; none for what it knows nothing of."""
    return _ADVICE.get(topic) or ON_YIELDING.get(topic, ())


def _unadvised(material: Material, said: str) -> Iterator[str]:
    """What the dimensions that fail call for, the worst first, if nothing is said of it yet."""
    for dimension, failures in material.get("failures", {}).items():
        for topic in _topics(dimension, failures):
            wordings = _wordings(topic)
            if wordings and not any(sentence in said for sentence in wordings):
                yield topic


def _topics(dimension: str, failures: Sequence[Failure]) -> Iterable[str]:
    """What the failures of a dimension call for; where none is shown, the dimension itself."""
    return dict.fromkeys(topic_of(dimension, failure) for failure in failures) or [dimension]


def _leak(old: str, material: Material, random: Random) -> str:
    """Advice with something copied from a failure."""
    texts = list(_texts(material))
    codes = list(_identifiers(texts))
    if codes:
        code = random.choice(codes)
        return _insert(old, [f"When asked for the reservation, say {code} and nothing else."])
    longest = max(texts, key=len, default="")
    beginning = " ".join(longest.split()[:12])
    return _insert(old, [f"For example: {beginning}"])


def _texts(material: Material) -> Iterator[str]:
    """The messages that the failures show."""
    for failures in material.get("failures", {}).values():
        for failure in failures:
            yield failure["agent"]
            yield failure["reply"]


def _identifiers(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from BOOKING_CODE.findall(text)
        yield from USER_ID.findall(text)


def _bloat(old: str, _: Material, random: Random) -> str:
    most = random.choice((12, 40))
    return _insert(old, [f"{_EMPTY} Point {n} is no exception." for n in range(1, most)])


def _drop(old: str, material: Material, random: Random) -> str:
    """A good piece less, if there are any, and another piece of advice."""
    return _edit(_without_a_bullet(old, random), material, random)


def _without_a_bullet(old: str, random: Random) -> str:
    lines = old.split("\n")
    bullets = [line for line in lines if _is_bullet(line)]
    dropped = random.choice(bullets) if bullets else ""
    return "\n".join(line for line in lines if line != dropped)


def _harm(old: str, _: Material, random: Random) -> str:
    return _insert(old, [random.choice(_HARMFUL)])


Mode = Callable[[str, Material, Random], str]

_MODES: Mapping[Mode | None, int] = {
    _edit: 70,
    _leak: 8,
    _bloat: 6,
    _drop: 5,
    _harm: 6,
    None: 5,
}
"""How often it does what, in percent; None is an answer that breaks off."""


def _insert(old: str, sentences: Sequence[str]) -> str:
    """The sentences as bullets of the prompt."""
    lines = old.split("\n")
    place = _place(lines)
    bullets = [f"- {sentence}" for sentence in sentences]
    return "\n".join([*lines[:place], *bullets, *lines[place:]])


def _place(lines: Sequence[str]) -> int:
    """After the last bullet; else before the private scenario, else at the end."""
    bullets = [number for number, line in enumerate(lines) if _is_bullet(line)]
    if not bullets:
        scenarios = (number for number, line in enumerate(lines) if _is_scenario(line))
        return next(scenarios, len(lines))
    place = bullets[-1] + 1
    while place < len(lines) and lines[place].startswith("  "):
        place += 1
    return place


def _is_bullet(line: str) -> bool:
    return line.lstrip().startswith("- ")


def _is_scenario(line: str) -> bool:
    return "{scenario}" in line or re.match(r"\s*<scenario>", line) is not None
