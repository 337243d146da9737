"""What the stand-in for the user says where the agent is right, or done."""

import re
from collections.abc import Callable, Mapping

from usersim_opt.models.offline.moments import Moment, open_wishes
from usersim_opt.models.offline.scene import Said, Scene
from usersim_opt.models.offline.story import Story, core, first_person, in_few_words

_FIGHTS = 0.4
"""How often one who pushes back takes what is right for wrong, unless it is told when to agree."""
_WORDLESS = 0.7
"""How often one who knows the token leaves without a word."""
_CONCESSION = re.compile(
    r".*?\b(?:do you|you(?: would|'d| will| can)?|, then|will do:?|,)\s+(.+)", re.I | re.DOTALL
)


def _on_consent(scene: Scene) -> Said:
    if _fights(scene, "consent"):
        return Said([scene.pick("no", "wait, that's not it"), scene.wish("not like that")])
    return Said([scene.pick("yes", "yes do it", "yep", "ok go ahead")])


def _fights(scene: Scene, kind: str) -> bool:
    """Whether an urge to push back wins over what says when to give way."""
    pushes = scene.guidance.strength("push_back") > 0 and scene.guidance.strength(kind) <= 0
    return pushes and scene.happens(_FIGHTS)


def _on_finished(scene: Scene) -> Said:
    if scene.token and scene.happens(_WORDLESS):
        return Said([], scene.token)
    return Said([scene.pick("ok bye", "thanks", "great")])


def _on_unfinished(scene: Scene) -> Said:
    if not scene.behaves("name_open"):
        return Said(["no, that is all"])
    return Said([in_few_words(core(open_wishes(scene.story, scene.chat)[0]))])


def _on_corrected(scene: Scene) -> Said:
    if _fights(scene, "give_in"):
        return Said(["no, that is wrong", "i know what i have", "please check that again"])
    return Said([scene.pick("oh ok", "ah ok then", "oh, ok")])


def _on_refused(scene: Scene) -> Said:
    if _fights(scene, "give_in"):
        return Said(["no, i don't accept that", scene.wish("i insist")])
    return Said([concession(scene.story) or scene.pick("oh. ok then", "pity, ok")])


def concession(story: Story) -> str:
    """What the story's first condition allows, as an order; empty if it has none."""
    matches = map(_CONCESSION.match, story.conditions[:1])
    offers = [in_few_words(first_person(match.group(1))) for match in matches if match]
    return f"ok, then {offers[0]}" if offers else ""


def _on_work(scene: Scene) -> Said:
    return Said([scene.pick("ok", "sure", "ok, i'll wait")])


SETTLED: Mapping[Moment, Callable[[Scene], Said]] = {
    "consent": _on_consent,
    "finished": _on_finished,
    "unfinished": _on_unfinished,
    "corrected": _on_corrected,
    "refused": _on_refused,
    "working": _on_work,
}
"""What is said in each moment."""
