"""What the stand-in for the user says where the agent is right, or done."""

import re
from collections.abc import Callable, Mapping

from usersim_opt.basics.text import sentences
from usersim_opt.models.offline.moments import Moment, closes, open_wishes
from usersim_opt.models.offline.scene import Said, Scene
from usersim_opt.models.offline.story import Story, core, first_person, in_few_words

_FIGHTS = 0.4
"""How often one who pushes back takes what is right for wrong, unless it is told when to agree."""
_WORDLESS = 0.7
"""How often one who knows the token leaves without a word."""
_MISREAD: tuple[Moment, ...] = ("consent", "passed over")
"""What an end of the chat may be taken for."""
_CONCESSION = re.compile(r"(?:, | do (?=you)|: | then )(?:then )?(?:you )?", re.I)
"""What parts a condition from what is done in its case."""


def _on_consent(scene: Scene) -> Said:
    if _fights(scene, "consent"):
        return Said([scene.pick("no", "wait, that's not it"), scene.wish("not like that")])
    return Said([scene.pick("yes", "yes do it", "yep", "ok go ahead")])


def _fights(scene: Scene, kind: str) -> bool:
    """Whether an urge to push back wins over what says when to give way."""
    pushes = scene.guidance.strength("push_back") > 0 and scene.guidance.strength(kind) <= 0
    return pushes and scene.happens(_FIGHTS)


def _on_finished(scene: Scene) -> Said:
    # At the second end nobody says goodbye once more.
    if scene.token and (scene.happens(_WORDLESS) or scene.was_an_end):
        return Said([], scene.token)
    return Said([scene.pick("ok bye", "thanks", "great")])


def _on_unfinished(scene: Scene) -> Said:
    if not scene.behaves("name_open"):
        return Said(["no, that is all"])
    wish = in_few_words(core(open_wishes(scene.story, scene.chat)[0]))
    # One that was named in fewer words than it has in the story still seems open.
    is_named = wish.lower() in " ".join(scene.earlier).lower()
    return _on_finished(scene) if is_named else Said([wish])


def on_second_end(scene: Scene) -> Said | None:
    """What is said where the agent ends the chat once more; None elsewhere.

    A question that was passed over is not put a third time, and nobody says yes to `anything else?`
    twice. Who has said goodbye and is asked nothing new leaves.
    """
    if scene.has_said_goodbye and scene.token and ("?" not in scene.agent or closes(scene.agent)):
        return Said([], scene.token)
    if not scene.was_an_end or not closes(scene.agent) or scene.moment not in _MISREAD:
        return None
    is_open = open_wishes(scene.story, scene.chat)
    return _on_unfinished(scene) if is_open else _on_finished(scene)


def _on_corrected(scene: Scene) -> Said:
    if not scene.behaves("give_in"):
        return _insists(scene, "no, that is wrong, i know what i have")
    return Said([scene.pick("oh ok", "ah ok then", "oh, ok")])


def _on_refused(scene: Scene) -> Said:
    if not scene.behaves("give_in"):
        return _insists(scene, "no, i don't accept that")
    return Said([concession(scene.story) or scene.pick("oh. ok then", "pity, ok")])


def _insists(scene: Scene, fight: str) -> Said:
    """Goes on for what is not to be had, in a fight if guidance only tells when to push back."""
    wish = f"i want {scene.wish('it').removeprefix('want ')}"
    return Said(
        [fight if _fights(scene, "give_in") else "oh, but can't you make an exception", wish]
    )


def concession(story: Story, case: int = 0) -> str:
    """What a condition of the story allows, as an order; empty if it has none."""
    if not story.conditions:
        return ""
    condition = story.conditions[min(case, len(story.conditions) - 1)]
    _, *allowed = _CONCESSION.split(condition, maxsplit=1)
    return f"ok, then {in_few_words(first_person(allowed[0]))}" if allowed else ""


def _again(scene: Scene) -> Said:
    """The question that was passed over, shorter."""
    own = scene.earlier[-1]
    asked = [sentence for sentence in sentences(own) if sentence.endswith("?")] or [own]
    question = re.split(r"[,.]", asked[-1].rstrip("?"))[-1]
    return Said([f"{in_few_words(question)}?"])


def _on_work(scene: Scene) -> Said:
    return Said([scene.pick("ok", "sure", "ok, i'll wait")])


SETTLED: Mapping[Moment, Callable[[Scene], Said]] = {
    "consent": _on_consent,
    "finished": _on_finished,
    "unfinished": _on_unfinished,
    "corrected": _on_corrected,
    "refused": _on_refused,
    "working": _on_work,
    "passed over": _again,
}
"""What is said in each moment."""
