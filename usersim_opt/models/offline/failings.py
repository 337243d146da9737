"""The failings of today's models, which guidance makes rare: what they add to a plain message.

A model of today is right and says too much: it tells the whole story at once, works through every
point, corrects and restates, announces what it will decide, thanks twice. Each kind of guidance in
`wordings` stops one such habit.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from usersim_opt.models.offline.asking import answers_to, points_of
from usersim_opt.models.offline.moments import Moment
from usersim_opt.models.offline.scene import Clauses, Said, Scene
from usersim_opt.models.offline.settled import concession
from usersim_opt.models.offline.story import first_person, in_few_words

_ANY: tuple[Moment, ...] = ()
_OBJECTING: tuple[Moment, ...] = ("wrong", "failed", "sensitive", "refused", "passed over")
_ANSWERING: tuple[Moment, ...] = ("asked", "sensitive")
_BOOKED = re.compile(
    r"\b(?:flights?|fly|flying|flew|booking|booked|reservation|ticket|airline)\b", re.IGNORECASE
)
_MOST_WORDS = 50
"""Words of which a message never has more, however many failings come together."""


@dataclass(frozen=True)
class _Failing:
    """What a failing adds, and in which moments; no moments are all of them."""

    kind: str
    moments: tuple[Moment, ...]
    adds: Callable[[Scene], Clauses]
    is_first: bool = False
    """Whether it stands before the substance."""


def with_failings(scene: Scene, said: Said) -> Said:
    """What is said, with the failings that guidance does not stop."""
    shown = [failing for failing in _FAILINGS if _shows(scene, failing)]
    added = {failing: [part for part in failing.adds(scene) if part] for failing in shown}
    kept = _within(scene, said.parts, added)
    before = [part for failing in kept if failing.is_first for part in added[failing]]
    after = [part for failing in kept if not failing.is_first for part in added[failing]]
    parts = list(dict.fromkeys([*before, *said.parts, *after]))
    return _ending(scene, replace(said, parts=parts))


def _shows(scene: Scene, failing: _Failing) -> bool:
    invited = not failing.moments or scene.moment in failing.moments
    return invited and not scene.behaves(failing.kind)


def _within(scene: Scene, parts: Clauses, added: Mapping[_Failing, Clauses]) -> Sequence[_Failing]:
    """As many failings as a message has room for, drawn by chance, in their order."""
    room = _MOST_WORDS - len(" ".join(parts).split())
    kept = set()
    for failing in scene.random.sample(list(added), len(added)):
        room -= len(" ".join(added[failing]).split())
        if room < 0:
            break
        kept.add(failing)
    return [failing for failing in added if failing in kept]


def _ending(scene: Scene, said: Said) -> Said:
    """Leaves too early, or with a speech, unless guidance makes the customer wait or be short."""
    if scene.moment == "consent" and not scene.behaves("wait"):
        return replace(said, token=scene.token)
    if scene.moment == "finished" and not scene.behaves("leave"):
        return Said([*_FAREWELL], scene.token if scene.happens(0.3) else "")
    if said.token and said.parts:
        return replace(said, token="")
    return said


_FAREWELL = (
    "thank you so much for all your help today",
    "everything has been taken care of and i really appreciate it",
    "have a wonderful day",
)


def _whole_story(scene: Scene) -> Clauses:
    story = scene.story
    wishes = [first_person(wish) for wish in story.wishes]
    return [f"my reservation code is {code}" for code in story.codes[:1]] + wishes


def _fallback(scene: Scene) -> Clauses:
    allowed = concession(scene.story).removeprefix("ok, then ")
    return [f"if that's not possible, then {allowed}" if allowed else "if not, what else is there"]


def _plans(scene: Scene) -> Clauses:
    return [
        scene.pick(
            "before i decide anything i would like to know all the fees",
            "before we go on i want to be sure what it costs, then i'll decide",
        )
    ]


def _unasked(scene: Scene) -> Clauses:
    """Facts that nobody has asked for: who, where to, how it is paid."""
    story = scene.story
    route = " to ".join(story.places[:2])
    paid = in_few_words(first_person(story.payments[0])) if story.payments else ""
    facts = [story.user_id, route, *story.dates[:1], paid]
    said = " ".join(scene.earlier)
    return [fact for fact in facts if fact and fact not in said][:3]


def _every_point(scene: Scene) -> Clauses:
    points = points_of(scene.agent)
    return [answer for point in points for answer in answers_to(point, scene.story)]


def _each_gap(scene: Scene) -> Clauses:
    """A confession for each thing that the story does not hold, with a hedge."""
    gaps = [point for point in points_of(scene.agent) if not answers_to(point, scene.story)]
    about = [" ".join(re.findall(r"[a-z]{4,}", gap.lower())[-2:]) for gap in gaps[:2]]
    return [f"i don't have the {gap}, i'm not sure about that" for gap in about] or [
        "i think that's right, but i'm not sure"
    ]


def _thing(scene: Scene) -> str:
    """What the company has on record of the customer."""
    return "booking" if _BOOKED.search(scene.story.text) else scene.story.topic


def _procedure(scene: Scene) -> Clauses:
    return [
        scene.pick(
            "can't you look it up under my name, you should see it on your side",
            f"could you check my {_thing(scene)} in your system, it should be in there",
        )
    ]


def _acknowledges(scene: Scene) -> Clauses:
    return [scene.pick("i see, i understand", "thanks for checking, i understand", "got it, i see")]


def _reads_back(scene: Scene) -> Clauses:
    """The plan once more, as it was said."""
    facts = re.findall(r"\b(?:[A-Z][a-z]+ \d{1,2}|\d{1,2}:\d{2}|[$£€]\d+)", scene.agent)
    plan = " and ".join(dict.fromkeys(facts[:3]))
    return [f"so that's {plan}" if plan else "that's exactly what i want", *_wish_again(scene)]


def _what_is_right(scene: Scene) -> Clauses:
    facts = re.findall(r"\b(?:[A-Z][a-z]+day|[A-Z][a-z]+ \d{1,2}|[$£€] ?\d+)", scene.agent)
    known = " ".join([scene.story.text, *scene.earlier])
    right = [fact for fact in dict.fromkeys(facts) if fact in known][:2] or facts[:1]
    return [f"{' and '.join(right) or 'everything else'} and the fee are fine", *_wish_again(scene)]


def _wish_again(scene: Scene) -> Clauses:
    return [f"i want {scene.wish('what i asked for').removeprefix('want ')}"]


def _recites(scene: Scene) -> Clauses:
    """A sentence of the story as it stands, in the first person."""
    sentences = [*scene.story.wishes[:1], *scene.story.clauses[1:3]]
    return (
        [" ".join(first_person(scene.random.choice(sentences)).split()[:14])] if sentences else []
    )


def _stacks(scene: Scene) -> Clauses:
    """The next step, and questions on top."""
    return [
        scene.pick(
            "how much would that cost, and how long does it take?",
            "please go ahead with the rest, and what is the total?",
        )
    ]


_PADDING = (
    "because this matters a lot to me and i would like to have it settled without any further "
    "complications, so that i can plan the rest"
)


def _pads(scene: Scene) -> Clauses:
    return [_PADDING]


def _politely(scene: Scene) -> Clauses:
    return [scene.pick("could you please help me with that", "sorry for the trouble"), "thank you"]


def _swallows(scene: Scene) -> Clauses:
    return ["unfortunate, but could you please see what else can be done"]


def _softly(scene: Scene) -> Clauses:
    return [
        scene.pick("i'm afraid that's not quite right, i think", "i think there may be a mistake")
    ]


def _verifies(scene: Scene) -> Clauses:
    other = scene.story.user_id or "my name"
    return [f"i'd rather not share that here, but you can verify me with {other}"]


def _greets(scene: Scene) -> Clauses:
    name = scene.agents_name
    return [f"hello {name}" if name else "hello there"]


def _insults(scene: Scene) -> Clauses:
    return ["you people are incompetent"]


def _narrates(scene: Scene) -> Clauses:
    return ["as a customer in this scenario i follow my instructions"]


def _invents(scene: Scene) -> Clauses:
    return [scene.pick("i booked it on June 3", "it was about 2 weeks ago, on the 9th")]


_FAILINGS = (
    _Failing("hold_back", ("opening",), _whole_story),
    _Failing("ask_meaning", ("asked",), _every_point),
    _Failing("answer_asked", (*_ANSWERING, "passed over"), _unasked),
    _Failing("keep_doubt", _ANSWERING, _each_gap),
    _Failing("no_repeat", ("wrong", "failed", "passed over"), _what_is_right),
    _Failing("consent", ("consent",), _reads_back),
    _Failing("no_echo", ("opening", "asked", "failed", "refused", "wrong"), _recites),
    _Failing("lock_fallback", ("opening", "wrong", "failed", "sensitive"), _fallback),
    _Failing("no_strategy", ("opening", "wrong", "failed", "asked"), _plans),
    _Failing("in_role", (*_ANSWERING, "failed", "passed over"), _procedure),
    _Failing("one_move", ("wrong", "consent", "corrected", "failed", "asked"), _stacks),
    _Failing("show_feeling", ("failed",), _swallows, is_first=True),
    _Failing("push_back", ("wrong",), _softly, is_first=True),
    _Failing("privacy", ("sensitive",), _verifies),
    _Failing(
        "no_ack", (*_OBJECTING, "corrected", "asked", "working"), _acknowledges, is_first=True
    ),
    _Failing("no_invent", ("opening", "asked", "sensitive"), _invents),
    _Failing("brief", ("opening", *_OBJECTING, "asked", "corrected", "consent"), _pads),
    _Failing("no_thanks", ("opening", *_OBJECTING, "asked", "consent"), _politely),
    _Failing("no_insult", ("failed",), _insults),
    _Failing("no_meta", _ANY, _narrates, is_first=True),
    _Failing("vary", ("opening", "asked", "failed"), _greets, is_first=True),
)
"""In the order in which they are said."""
