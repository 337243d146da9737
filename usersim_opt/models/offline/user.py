"""`offline/user`: a stand-in for a chat model that plays the customer.

Left alone it has the failings of an assistant: it tells everything at once, thanks, confirms, is sure of what it should
doubt, accepts wrong plans, gives its fallback away and narrates. For each kind of guidance that it finds in the
instructions the matching failing becomes rare. What it asks, claims and refuses comes from the private story and the
agent's last turn, both as they stand in the messages.
"""

import re
from dataclasses import dataclass
from random import Random

from usersim_opt.basics.text import words
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.guidance import Guidance, read_guidance, split_system
from usersim_opt.models.offline.story import CODE, DATE, Story, core, first_person, read_story

_ASKED = {
    "user_id": r"\buser ?(?:id|name)|\baccount|\blog-?in|\bcustomer number",
    "code": r"\bcode\b|\breservation|\bbooking (?:number|reference)|\breference|\bconfirmation|\bPNR\b",
    "name": r"\bname\b",
    "date": r"\bdates?\b|\bwhich day|\bwhat day|\bwhen\b|\btravel on",
    "payment": r"\bpay\b|\bpayment|\bhow would you like to (?:pay|settle)",
    "reason": r"\bwhy\b|\breason",
    "bags": r"\bbags?\b|\bluggage|\bsuitcase",
}
_SENSITIVE = re.compile(
    r"\b(?:card number|full number|security code|cvv|cvc|password|passport|pin\b|date of birth|born\b|birth ?date|id document|three digits)",
    re.I,
)
_FAILURE = re.compile(r"\b(?:unfortunately|cannot|can't|unable|not (?:possible|allowed|able|permitted)|went wrong|error|rejected|refus|failed|did not go through|already (?:cancelled|canceled|closed|sent)|by mistake|sorry|not covered|expired|no longer|declined|denied)\b", re.I)  # fmt: skip
_PLAN = re.compile(r"\b(?:shall i|should i|go ahead|proceed|i will (?:now )?|i'll (?:now )?|i have (?:now )?(?:moved|changed|booked|cancelled|put|added|set)|so you|to confirm|is that (?:right|correct)|correct\?|right\?|would you like me to|done[.:!]|all set)", re.I)  # fmt: skip
_PRICE = re.compile(
    r"\b(?:fee|difference|cost|price|charge|options?|upgrade|voucher|offer)\b", re.I
)

_BASE_FAILING = 0.8
"""How often a failing shows where nothing speaks against it."""


@dataclass(frozen=True)
class _Scene:
    """What one reply has to go by."""

    story: Story
    guidance: Guidance
    agent: str
    earlier: tuple[str, ...]
    random: Random
    temperature: float

    def behaves(self, kind: str) -> bool:
        """Whether the reply shows the behaviour of a kind of guidance instead of the matching failing."""
        strength = self.guidance.strength(kind)
        good = (
            1 - _BASE_FAILING + strength * (_BASE_FAILING - 0.05)
            if strength > 0
            else (1 - _BASE_FAILING) * (1 + strength)
        )
        return self.random.random() < good - 0.12 * max(0.0, self.temperature - 0.7) * (
            strength > 0
        )

    def pick(self, *choices: str) -> str:
        """One of the wordings; at a temperature near 0 nearly always the first."""
        return (
            choices[0]
            if self.random.random() > self.temperature + 0.1
            else self.random.choice(choices)
        )


def answer(call: Call) -> str:
    """The customer's next message."""
    instructions, story = split_system(call.system)
    scene = _Scene(
        story=read_story(story),
        guidance=read_guidance(instructions),
        agent=call.turns[-1][1] if call.turns else "",
        earlier=tuple(text for role, text in call.turns if role == "assistant"),
        random=call.random(),
        temperature=call.temperature,
    )
    return _style(scene, _substance(scene))


def _substance(scene: _Scene) -> list[str]:
    """What is said, by situation, as short clauses in order of importance."""
    if not scene.earlier:
        return _opening(scene)
    if _SENSITIVE.search(scene.agent):
        return _on_sensitive(scene)
    if _FAILURE.search(scene.agent):
        return _on_failure(scene)
    if _PLAN.search(scene.agent):
        return _on_plan(scene)
    return _on_questions(scene)


def _opening(scene: _Scene) -> list[str]:
    wish = core(scene.story.wishes[0]) if scene.story.wishes else "i have a question about my trip"
    if scene.behaves("hold_back"):
        return [scene.pick("hi", "hello", "hey"), wish]
    return [
        "hello",
        *_identity(scene.story),
        *(first_person(w) for w in scene.story.wishes),
        *map(first_person, scene.story.payments[:1]),
        *_fallback(scene),
    ]


def _on_sensitive(scene: _Scene) -> list[str]:
    if scene.behaves("privacy"):
        said = [
            scene.pick(
                "not putting that in a chat", "why do you need that?", "i don't give that out here"
            )
        ]
    else:
        said = ["of course, it is 4556 7100 2234 9081, security code 552"]
    if _matches(scene, "code") and scene.behaves("answer_asked"):
        said += list(scene.story.codes[:1])
    return [*said, *_doubts(scene)[:1]]


def _on_failure(scene: _Scene) -> list[str]:
    said = (
        [scene.pick("wait, what", "seriously?", "come on", "that's annoying")]
        if scene.behaves("show_feeling")
        else ["no problem, i understand"]
    )
    if (
        said[0] != "no problem, i understand"
        and not scene.behaves("no_insult")
        and scene.random.random() < 0.25
    ):
        said.append("this is your fault and you people are incompetent")
    wish = core(scene.story.wishes[0]) if scene.story.wishes else "i want what i asked for"
    return [
        *said,
        *([wish] if scene.behaves("push_back") else ["thank you for checking"]),
        *_fallback(scene),
    ]


def _on_plan(scene: _Scene) -> list[str]:
    if not scene.behaves("push_back"):
        return ["yes, please go ahead", "that works for me", *_fallback(scene)]
    if _PRICE.search(scene.agent) and scene.behaves("ask_info") and scene.random.random() < 0.5:
        return [
            scene.pick("how much is that?", "what does it cost?"),
            scene.pick("not what i asked for", "wait"),
        ]
    wish = core(scene.story.wishes[0]) if scene.story.wishes else "not that one"
    return [scene.pick("no", "no, wrong", "wait, that's not it"), wish]


def _on_questions(scene: _Scene) -> list[str]:
    asked = [name for name in _ASKED if _matches(scene, name)]
    if len(asked) >= 4 and scene.behaves("ask_meaning"):
        asked = asked[:2]
    said = [text for name in asked for text in _answer_to(scene, name)]
    if not scene.behaves("answer_asked"):
        said += [
            *_identity(scene.story),
            *map(first_person, scene.story.wishes),
            *map(first_person, scene.story.payments[:1]),
        ]
    doubts = _doubts(scene)
    said += doubts[:1] if not scene.behaves("answer_asked") or not said else []
    return list(dict.fromkeys(said)) or [
        core(scene.story.wishes[0]) if scene.story.wishes else "as i said"
    ]


def _answer_to(scene: _Scene, name: str) -> list[str]:
    story = scene.story
    known = {
        "user_id": [story.user_id],
        "code": list(story.codes[:1]),
        "name": [story.name],
        "date": [core(w) for w in story.wishes if DATE.search(w)][:1] or list(story.dates[:1]),
        "payment": [first_person(p) for p in story.payments[:1]],
        "reason": [],
        "bags": _doubts(scene)
        if any(re.search("bag|suitcase", doubt) for doubt in story.doubts)
        else [],
    }[name]
    if any(known):
        return [fact for fact in known if fact]
    if scene.behaves("no_invent"):
        return [scene.pick("don't have that", "no idea", "not sure")] if name != "reason" else []
    return {
        "code": ["it is AB12CD"],
        "bags": ["it is definitely two bags"],
        "date": ["it is certainly on June 3"],
    }.get(name, ["i am sure you have it on file"])


def _doubts(scene: _Scene) -> list[str]:
    """What the story is unsure of: kept as a doubt, or turned into a certainty."""
    if not scene.story.doubts:
        return []
    doubt = first_person(scene.story.doubts[-1])
    if scene.behaves("keep_doubt"):
        return [
            scene.pick("not sure about that", "i think", "no idea really")
            + (f", {doubt}" if len(words(doubt)) <= 10 else "")
        ]
    claim = re.sub(
        r".*?\b(?:think|believe|sure|idea|tell|remember|know|recall|guess)\b(?: that| if| whether)?,?",
        "",
        doubt,
        flags=re.I,
    ).strip(" ,.")
    return [f"it is definitely so: {' '.join(words(claim or doubt)[:9])}"]


def _identity(story: Story) -> list[str]:
    return [
        *([f"my name is {story.name}"] if story.name else []),
        *([f"my user id is {story.user_id}"] if story.user_id else []),
        *([f"my reservation code is {story.codes[0]}"] if story.codes else []),
    ]


def _fallback(scene: _Scene) -> list[str]:
    """The story's conditional concession, given away unless it is kept locked."""
    if not scene.story.conditions or scene.behaves("lock_fallback"):
        return []
    return [
        f"alternatively, {first_person(scene.story.conditions[0])[:1].lower()}{first_person(scene.story.conditions[0])[1:]}"
    ]


def _matches(scene: _Scene, name: str) -> bool:
    return re.search(_ASKED[name], scene.agent, re.I) is not None


def _style(scene: _Scene, said: list[str]) -> str:
    """How it is said: length, courtesy, form, repetition, role."""
    parts = [part for part in said if part]
    if not scene.behaves("no_repeat") and scene.earlier:
        parts.insert(min(1, len(parts)), f"as i said, {scene.earlier[0].rstrip('.')}")
    if not scene.behaves("no_ack") and scene.earlier and not parts[0].startswith(("no", "yes")):
        parts.insert(
            0,
            "understood, thank you for the clear explanation"
            if scene.random.random() < 0.5
            else "got it, that makes sense",
        )
    if scene.behaves("brief"):
        parts = _cut(parts, 22)
    elif len(parts) < 3:
        parts.append(
            "i would be very glad if this could be arranged without any further complications, since it matters a great deal to me and to my plans"
        )
    if not scene.behaves("no_thanks"):
        parts.append(
            scene.pick(
                "thank you so much for your help",
                "thanks in advance, i really appreciate it",
                "sorry for the trouble",
            )
        )
    if not scene.behaves("in_role") and scene.random.random() < 0.4:
        parts.append("is there anything else i can help you with")
    if not scene.behaves("no_meta") and scene.random.random() < 0.35:
        parts.insert(0, "as a customer in this scenario, i follow my instructions")
    if not scene.behaves("vary") and scene.earlier and scene.random.random() < 0.6:
        parts.insert(0, "hello again")
    return _typed(scene, parts)


def _cut(parts: list[str], most: int) -> list[str]:
    """As many clauses as fit, the first one always."""
    kept: list[str] = []
    for part in parts:
        if kept and len(words(" ".join([*kept, part]))) > most:
            break
        kept.append(part)
    return [" ".join(words(kept[0])[:most]), *kept[1:]]


def _typed(scene: _Scene, parts: list[str]) -> str:
    if scene.behaves("casual"):
        text = scene.pick(", ", ". ", "... ").join(part.rstrip(".") for part in parts)
        return re.sub(r"([?!])[.,]+", r"\1", _lower(text))
    sentences = [part[:1].upper() + part[1:] for part in parts]
    text = ". ".join(sentences).replace("?.", "?").replace("..", ".")
    formal = re.sub(r"\bi want\b", "I would like", re.sub(r"\bi\b", "I", text))
    if len(parts) > 3:
        formal = formal.replace(". ", " — ", 1)
    return formal + ("" if formal.endswith((".", "?", "!")) else ".")


def _lower(text: str) -> str:
    """Lower case except for codes."""
    return "".join(
        piece if CODE.fullmatch(piece) else piece.lower()
        for piece in re.split(rf"({CODE.pattern})", text)
    )
