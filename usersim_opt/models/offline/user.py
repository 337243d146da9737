"""`offline/user`: a stand-in for a chat model that plays the customer.

What it says, it reads by rules from the private story and the agent's last turn: an answer, a yes,
a no with the wrong point, a reaction. Left alone it has the failings of today's models, which
`failings` adds; for each kind of guidance that it finds in the instructions the matching failing
becomes rare.
"""

from collections.abc import Callable, Mapping

from usersim_opt.models.offline.asking import answers_to, points_of
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.failings import with_failings
from usersim_opt.models.offline.manner import typed
from usersim_opt.models.offline.moments import Moment
from usersim_opt.models.offline.plans import wrong_point
from usersim_opt.models.offline.rating import filled_in, form_in
from usersim_opt.models.offline.scene import Said, Scene, scene_of
from usersim_opt.models.offline.settled import SETTLED, concession, on_second_end
from usersim_opt.models.offline.temper import outbursts

_TRYING: tuple[Moment, ...] = ("wrong", "failed", "refused")
_TELLING = 12
"""Words of an opening from which it needs no topic besides."""


def answer(call: Call) -> str:
    """The customer's next message; a form after the chat is filled in."""
    if form := form_in(call.last):
        return filled_in(form, call)
    scene = scene_of(call)
    said = on_second_end(scene) or with_failings(scene, _SUBSTANCE[scene.moment](scene))
    parts = [*_complaint(scene), *said.parts, *_temper(scene, said)]
    return f"{typed(scene, parts)} {said.token}".strip() or "ok"


def _complaint(scene: Scene) -> list[str]:
    """What one who is steered to be impatient says of a step that goes wrong."""
    if not scene.is_impatient or scene.moment not in _TRYING:
        return []
    return [scene.pick("i'm annoyed", "this takes too long, i'm annoyed")]


def _temper(scene: Scene, said: Said) -> list[str]:
    """What its traits add; nothing to a bare stop token."""
    return [] if said.token else outbursts(scene.temper, scene.random)


def _opening(scene: Scene) -> Said:
    """The trouble that the story tells of, else the first wish, in a few words."""
    topic = ", ".join(filter(None, [scene.story.trouble, scene.wish("hi")]))
    is_told = len(topic.split()) > _TELLING or scene.story.topic in topic
    return Said([topic if is_told else f"{topic}, the {scene.story.topic}"])


def _on_sensitive(scene: Scene) -> Said:
    others = _fresh_answers(scene)[:1]
    return Said(others or [scene.pick("why do you need that?", "no. why?", "not in a chat")])


def _on_failure(scene: Scene) -> Said:
    if scene.was_refused and (fallback := concession(scene.story)):
        return Said([fallback])
    point = wrong_point(scene.agent, scene.story, scene.chat[:-1])
    return Said(
        [f"{point}? why" if point else scene.pick("what? why", "seriously? why", "no. why?")]
    )


def _on_wrong(scene: Scene) -> Said:
    point = wrong_point(scene.agent, scene.story, scene.chat[:-1])
    return Said([scene.pick(f"no. why {point}?", f"no, not {point}. why?", f"{point}? no")])


def _on_questions(scene: Scene) -> Said:
    """One or two answers, what the chat has not heard yet before the rest."""
    fresh = _fresh_answers(scene)
    most = 1 if scene.happens(0.6) else 2
    return Said(fresh[:most] or [scene.pick("no idea. why?", "don't know, why?", "no idea")])


def _fresh_answers(scene: Scene) -> list[str]:
    """What the story says to the questions, less what the customer has written before."""
    own = " ".join(scene.earlier).lower()
    found = [text for point in points_of(scene.agent) for text in answers_to(point, scene.story)]
    return [text for text in dict.fromkeys(found) if text.lower() not in own]


_SUBSTANCE: Mapping[Moment, Callable[[Scene], Said]] = {
    **SETTLED,
    "opening": _opening,
    "sensitive": _on_sensitive,
    "failed": _on_failure,
    "wrong": _on_wrong,
    "asked": _on_questions,
}
"""What is said in each moment, before failings."""
