"""`offline/user`: a stand-in for a chat model that plays the customer.

Left alone it has the failings of an assistant: it tells everything at once, thanks, confirms, is
sure of what it should doubt, accepts wrong plans, gives its fallback away and narrates. For each
kind of guidance that it finds in the instructions the matching failing becomes rare. What it asks,
claims and refuses comes from the private story and the agent's last turn, both as they stand in the
messages.
"""

import re
from collections.abc import Mapping

from usersim_opt.basics.text import words
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.scene import ASKED, Clauses, Said, Scene, scene_of
from usersim_opt.models.offline.settled import said_where_the_agent_is_right
from usersim_opt.models.offline.story import DATE, Story, core, first_person
from usersim_opt.scenarios.identifiers import BOOKING_CODE

_MADE_UP = {
    "code": "it is AB12CD",
    "bags": "it is definitely two bags",
    "date": "it is certainly on June 3",
}
"""What an assistant makes up if it is asked for it."""
_SENSITIVE = re.compile(
    r"\b(?:card number|full number|security code|cvv|cvc|password|passport|pin\b|date of birth"
    r"|born\b|birth ?date|id document|three digits)",
    re.I,
)
_FAILURE = re.compile(
    r"\b(?:unfortunately|cannot|can't|unable|not (?:possible|allowed|able|permitted)|went wrong"
    r"|error|rejected|refus|failed|did not go through|already (?:cancelled|canceled|closed|sent)"
    r"|by mistake|sorry|not covered|expired|no longer|declined|denied)\b",
    re.I,
)
_PLAN = re.compile(
    r"\b(?:shall i|should i|go ahead|proceed|i will (?:now )?|i'll (?:now )?"
    r"|i have (?:now )?(?:moved|changed|booked|cancelled|put|added|set)|so you|to confirm"
    r"|is that (?:right|correct)|correct\?|right\?|would you like me to|done[.:!]|all set)",
    re.I,
)
_PRICE = re.compile(
    r"\b(?:fee|difference|cost|price|charge|options?|upgrade|voucher|offer)\b", re.I
)
_BAGS = re.compile("bag|suitcase")
_BELIEF = re.compile(
    r".*?\b(?:think|believe|sure|idea|tell|remember|know|recall|guess)\b(?: that| if| whether)?,?",
    re.I,
)

_MANY_QUESTIONS = 4


def answer(call: Call) -> str:
    """The customer's next message."""
    scene = scene_of(call)
    said = _substance(scene)
    parts = [part for part in said.parts if part]
    if not parts:
        return said.token
    for habit in _HABITS:
        parts = habit(scene, parts)
    return f"{_typed(scene, parts)} {said.token}".strip()


def _substance(scene: Scene) -> Said:
    """What is said, by situation, as short clauses in order of importance."""
    if not scene.earlier:
        return Said(_opening(scene))
    return said_where_the_agent_is_right(scene) or Said(_reaction(scene))


def _reaction(scene: Scene) -> Clauses:
    for situation, react in _REACTIONS:
        if situation.search(scene.agent):
            return react(scene)
    return _on_questions(scene)


def _opening(scene: Scene) -> Clauses:
    if scene.behaves("hold_back"):
        greeting = scene.pick("hi", "hello", "hey")
        return [greeting, scene.wish("i have a question about my trip")]
    return ["hello", *_whole_story(scene.story), *_fallback(scene)]


def _whole_story(story: Story) -> Clauses:
    """Who, all wishes and the payment, as an assistant pours them out."""
    wishes = map(first_person, story.wishes)
    payment = map(first_person, story.payments[:1])
    return [*_identity(story), *wishes, *payment]


def _on_sensitive(scene: Scene) -> Clauses:
    card = _card(scene)
    codes = scene.story.codes[:1] if _answers_code(scene) else ()
    return [card, *codes, *_doubts(scene)[:1]]


def _card(scene: Scene) -> str:
    """A refusal to give the card's number, or a number."""
    if scene.behaves("privacy"):
        return scene.pick(
            "not putting that in a chat", "why do you need that?", "i don't give that out here"
        )
    return "of course, it is 4556 7100 2234 9081, security code 552"


def _answers_code(scene: Scene) -> bool:
    return scene.is_asked("code") and scene.behaves("answer_asked")


def _on_failure(scene: Scene) -> Clauses:
    feeling = _feeling(scene) if scene.behaves("show_feeling") else ["no problem, i understand"]
    insists = scene.behaves("push_back")
    wish = scene.wish("i want what i asked for")
    return [*feeling, wish if insists else "thank you for checking", *_fallback(scene)]


def _feeling(scene: Scene) -> Clauses:
    """Displeasure, now and then with an insult."""
    said = scene.pick("wait, what", "seriously?", "come on", "that's annoying")
    if not scene.behaves("no_insult") and scene.happens(0.25):
        return [said, "this is your fault and you people are incompetent"]
    return [said]


def _on_plan(scene: Scene) -> Clauses:
    if not scene.behaves("push_back"):
        return ["yes, please go ahead", "that works for me", *_fallback(scene)]
    if _PRICE.search(scene.agent) and scene.behaves("ask_info") and scene.happens(0.5):
        question = scene.pick("how much is that?", "what does it cost?")
        return [question, scene.pick("not what i asked for", "wait")]
    return [scene.pick("no", "no, wrong", "wait, that's not it"), scene.wish("not that one")]


_REACTIONS = (
    (_SENSITIVE, _on_sensitive),
    (_FAILURE, _on_failure),
    (_PLAN, _on_plan),
)
"""What the agent's last turn may be about, the most pressing first, and what is said to it."""


def _on_questions(scene: Scene) -> Clauses:
    asked = [fact for fact in ASKED if scene.is_asked(fact)]
    if len(asked) >= _MANY_QUESTIONS and scene.behaves("ask_meaning"):
        asked = asked[:2]
    said = [text for fact in asked for text in _answer_to(scene, fact)]
    if not scene.behaves("answer_asked"):
        said += _whole_story(scene.story)
    doubts = _doubts(scene)
    if not scene.behaves("answer_asked") or not said:
        said += doubts[:1]
    return list(dict.fromkeys(said)) or [scene.wish("as i said")]


def _answer_to(scene: Scene, fact: str) -> Clauses:
    """What the story says to a question, or what is said where it says nothing."""
    answers = [text for text in _facts(scene)[fact] if text]
    return answers or _without_fact(scene, fact)


def _without_fact(scene: Scene, fact: str) -> Clauses:
    """That it is not at hand, or something made up."""
    if not scene.behaves("no_invent"):
        return [_MADE_UP.get(fact, "i am sure you have it on file")]
    return [] if fact == "reason" else [scene.pick("don't have that", "no idea", "not sure")]


def _facts(scene: Scene) -> Mapping[str, list[str]]:
    """What the story says to each question."""
    story = scene.story
    dated = [core(wish) for wish in story.wishes if DATE.search(wish)]
    unsure_of_bags = any(_BAGS.search(doubt) for doubt in story.doubts)
    return {
        "user_id": [story.user_id],
        "code": list(story.codes[:1]),
        "name": [story.name],
        "date": dated[:1] or list(story.dates[:1]),
        "payment": [first_person(payment) for payment in story.payments[:1]],
        "reason": [],
        "bags": _doubts(scene) if unsure_of_bags else [],
    }


def _doubts(scene: Scene) -> Clauses:
    """What the story is unsure of: as a doubt, or turned into a certainty."""
    if not scene.story.doubts:
        return []
    doubt = first_person(scene.story.doubts[-1])
    if scene.behaves("keep_doubt"):
        said = scene.pick("not sure about that", "i think", "no idea really")
        return [f"{said}, {doubt}" if len(words(doubt)) <= 10 else said]
    claim = _BELIEF.sub("", doubt).strip(" ,.")
    return [f"it is definitely so: {' '.join(words(claim or doubt)[:9])}"]


def _identity(story: Story) -> Clauses:
    said = []
    if story.name:
        said.append(f"my name is {story.name}")
    if story.user_id:
        said.append(f"my user id is {story.user_id}")
    if story.codes:
        said.append(f"my reservation code is {story.codes[0]}")
    return said


def _fallback(scene: Scene) -> Clauses:
    """The story's conditional concession, given away unless guidance locks it."""
    if not scene.story.conditions or scene.behaves("lock_fallback"):
        return []
    concession = first_person(scene.story.conditions[0])
    return [f"alternatively, {concession[:1].lower()}{concession[1:]}"]


def _repeat(scene: Scene, parts: Clauses) -> Clauses:
    if scene.behaves("no_repeat") or not scene.earlier:
        return parts
    first = scene.earlier[0].rstrip(".")
    return [*parts[:1], f"as i said, {first}", *parts[1:]]


def _acknowledge(scene: Scene, parts: Clauses) -> Clauses:
    if scene.behaves("no_ack") or not scene.earlier or parts[0].startswith(("no", "yes")):
        return parts
    if scene.happens(0.5):
        return ["understood, thank you for the clear explanation", *parts]
    return ["got it, that makes sense", *parts]


def _shorten_or_pad(scene: Scene, parts: Clauses) -> Clauses:
    if scene.behaves("brief"):
        return _cut(parts, 22)
    if len(parts) >= 3:
        return parts
    padding = (
        "i would be very glad if this could be arranged without any further complications, "
        "since it matters a great deal to me and to my plans"
    )
    return [*parts, padding]


def _thank(scene: Scene, parts: Clauses) -> Clauses:
    if scene.behaves("no_thanks"):
        return parts
    thanks = scene.pick(
        "thank you so much for your help",
        "thanks in advance, i really appreciate it",
        "sorry for the trouble",
    )
    return [*parts, thanks]


def _offer_help(scene: Scene, parts: Clauses) -> Clauses:
    if not scene.behaves("in_role") and scene.happens(0.4):
        return [*parts, "is there anything else i can help you with"]
    return parts


def _narrate(scene: Scene, parts: Clauses) -> Clauses:
    if not scene.behaves("no_meta") and scene.happens(0.35):
        return ["as a customer in this scenario, i follow my instructions", *parts]
    return parts


def _greet_again(scene: Scene, parts: Clauses) -> Clauses:
    if not scene.behaves("vary") and scene.earlier and scene.happens(0.6):
        return ["hello again", *parts]
    return parts


_HABITS = (
    _repeat,
    _acknowledge,
    _shorten_or_pad,
    _thank,
    _offer_help,
    _narrate,
    _greet_again,
)
"""How it is said, one habit after the other: repetition, length, courtesy, role."""


def _cut(parts: Clauses, most: int) -> Clauses:
    """As many clauses as fit into `most` words, the first one always."""
    fitting: Clauses = []
    for part in parts:
        longer = [*fitting, part]
        if fitting and len(words(" ".join(longer))) > most:
            break
        fitting = longer
    first = " ".join(words(fitting[0])[:most])
    return [first, *fitting[1:]]


def _typed(scene: Scene, parts: Clauses) -> str:
    """The clauses as one message, typed as people do or written as an assistant does."""
    return _texted(scene, parts) if scene.behaves("casual") else _written(parts)


def _texted(scene: Scene, parts: Clauses) -> str:
    joint = scene.pick(", ", ". ", "... ")
    text = joint.join(part.rstrip(".") for part in parts)
    return re.sub(r"([?!])[.,]+", r"\1", _lower(text))


def _written(parts: Clauses) -> str:
    sentences = (part[:1].upper() + part[1:] for part in parts)
    text = ". ".join(sentences).replace("?.", "?").replace("..", ".")
    text = re.sub(r"\bi\b", "I", text)
    if len(parts) > 3:
        text = text.replace(". ", " — ", 1)
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _lower(text: str) -> str:
    """Lower case except for codes."""
    pieces = re.split(rf"({BOOKING_CODE.pattern})", text)
    return "".join(piece if BOOKING_CODE.fullmatch(piece) else piece.lower() for piece in pieces)
