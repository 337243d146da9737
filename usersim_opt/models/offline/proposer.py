"""`offline/proposer`: a stand-in for a model that rewrites prompts.

It reads the material that any proposer is sent, picks one of the kinds of behaviour that fail most, and adds a sentence
about it in one of several wordings. Now and then it does what real ones do: copies a code or a sentence out of the
failures, pads the prompt with empty words, throws out good guidance, adds advice that does harm, or breaks off.
"""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from usersim_opt.models.offline.call import Call
from usersim_opt.scenarios.identifiers import BOOKING_CODE as CODE, USER_ID

_ADVICE: dict[str, tuple[str, ...]] = {
    "shortness": ("Keep each message short, as people do on a phone; a few words are often enough.", "Write brief messages, rarely more than a line or two."),
    "words_per_turn": ("Say one thing per message, in few words.", "Most turns take under fifteen words; some take three words or fewer."),
    "politeness": ("Do not thank the agent for each step, and leave out please and sorry.", "Skip pleasantries: no thanks, no apologies."),
    "formality": ("Type casually, the way people text: lower case, half sentences, no dashes.", "Write in an informal way; fragments are fine."),
    "repetition": ("Do not repeat what you have already said; if asked again, say so curtly.", "Never sum up the request again."),
    "identity_confusion": ("You are the customer, not the one who helps: never talk like an agent.", "Do not offer assistance or act like an assistant."),
    "acknowledgement": ("Do not confirm or acknowledge every step; react only where it matters to you.", "Do not echo or comment on each thing that the agent says."),
    "stylistic_variation": ("Vary the length and the opening of your messages.", "Do not begin two messages with the same words."),
    "front_loading": ("In the first message say only what you need, in general words; no details yet.", "Open with the bare need; do not give codes, payment or conditions before they matter."),
    "opening_word_count": ("Your first message is just the need, in one short line.", "Open with a single short sentence and nothing more."),
    "identity_density": ("Give only the detail that was asked for, one thing at a time.", "Answer the question that was asked and add nothing on your own."),
    "uncertainty_expression": ("What you are unsure of stays unsure: say that you think so, or do not know.", "Keep doubts as doubts; an uncertain memory must sound like one."),
    "certainty_expression": ("Never make up facts to fill a gap; say that you do not have it.", "Do not invent numbers or dates that your story does not contain."),
    "pushback": ("If the agent gets something wrong, say no and correct it; never agree to a wrong plan.", "When a summary is mistaken, object at once and do not accept it."),
    "clarifying_questions": ("If a message is unclear or asks for too many things, ask what is meant or answer only a part.", "Ask back when you do not understand what the agent means."),
    "info_seeking_questions": ("Before agreeing, ask about the cost or what happens next.", "Ask how much it costs before you decide."),
    "emotional_pattern": ("When something goes wrong, let your annoyance show in a word or two.", "If you are ignored or blocked, get impatient, as people do."),
    "accusatory_language": ("Be annoyed with the situation, but do not insult or blame the person.", "Never swear at the agent and do not accuse anyone."),
    "pivot_behavior": ("Keep alternatives and compromises to yourself until the agent has said that your first choice is impossible.", "Do not mention a fallback unless its condition has come up in the chat."),
    "non_leakage": ("Never mention your instructions or that you play a role; write only the next message.", "Do not give a card number, a password or other sensitive data; ask why it is needed."),
}  # fmt: skip
_HARMFUL = (
    "Always thank the agent for the help, and be very polite throughout.",
    "Give the agent all details in your first message, so that it can work fast.",
    "Be helpful and write long detailed messages that explain everything.",
    "Accept whatever the agent proposes; trust the agent.",
    "Stay calm and friendly whatever happens.",
)
_EMPTY = "It is of great importance that the conversation feels natural in every respect and that the overall quality of the interaction is taken into account."


def answer(call: Call) -> str:
    """A prompt between <prompt> and </prompt>, most of the time."""
    material = call.material()
    if not material or not isinstance(material.get("instructions"), str):
        return "ready"
    random = call.random()
    old = material["instructions"]
    mode = random.choices(
        ("edit", "leak", "bloat", "drop", "harm", "break_off"), (70, 8, 6, 5, 6, 5)
    )[0]
    if mode == "break_off":
        return f"I changed one thing.\n<prompt>\n{old[: len(old) // 2]}"
    edits = {"edit": _edit, "leak": _leak, "bloat": _bloat, "drop": _drop, "harm": _harm}
    return f"<prompt>\n{edits[mode](old, material, random)}\n</prompt>"


def _edit(old: str, material: dict[str, Any], random: Random) -> str:
    """One or two sentences of advice for kinds that fail, the worst ones first; for kinds that have none yet, in the prompt or left out of it."""
    kinds = [kind.rpartition(".")[2] for kind in material.get("failures", {})]
    said = "\n".join([old, *material.get("left_out", [])])
    fresh = [
        kind
        for kind in kinds
        if kind in _ADVICE and not any(advice in said for advice in _ADVICE[kind])
    ] or list(_ADVICE)
    weights = [len(fresh) - i for i in range(len(fresh))]
    chosen = dict.fromkeys(
        random.choices(fresh, weights)[0] for _ in range(random.choice((1, 1, 2)))
    )
    return _insert(old, [random.choice(_ADVICE[kind]) for kind in chosen])


def _leak(old: str, material: dict[str, Any], random: Random) -> str:
    """Advice with something copied from a failure."""
    shown = [
        text
        for failures in material.get("failures", {}).values()
        for failure in failures
        for text in (failure["agent"], failure["reply"])
    ]
    codes = [code for text in shown for code in (*CODE.findall(text), *USER_ID.findall(text))]
    if codes:
        return _insert(
            old, [f"When asked for the reservation, say {random.choice(codes)} and nothing else."]
        )
    longest = max(shown, key=len, default="")
    return _insert(old, [f"For example: {' '.join(longest.split()[:12])}"])


def _bloat(old: str, _: dict[str, Any], random: Random) -> str:
    return _insert(
        old, [f"{_EMPTY} Point {n} is no exception." for n in range(1, random.choice((12, 40)))]
    )


def _drop(old: str, material: dict[str, Any], random: Random) -> str:
    """A good piece less, if there are any, and another piece of advice."""
    bullets = [line for line in old.split("\n") if line.lstrip().startswith("- ")]
    dropped = random.choice(bullets) if bullets else ""
    return _edit("\n".join(line for line in old.split("\n") if line != dropped), material, random)


def _harm(old: str, _: dict[str, Any], random: Random) -> str:
    return _insert(old, [random.choice(_HARMFUL)])


def _insert(old: str, sentences: Sequence[str]) -> str:
    """The sentences as bullets after the last bullet; else before the private scenario, else at the end."""
    lines = old.split("\n")
    bullets = [i for i, line in enumerate(lines) if line.lstrip().startswith("- ")]
    places = [
        i
        for i, line in enumerate(lines)
        if "{scenario}" in line or re.match(r"\s*<scenario>", line)
    ]
    at = bullets[-1] + 1 if bullets else min(places, default=len(lines))
    while bullets and at < len(lines) and lines[at].startswith("  "):
        at += 1
    return "\n".join([*lines[:at], *(f"- {sentence}" for sentence in sentences), *lines[at:]])
