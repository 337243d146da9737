"""What the stand-in for the user says where the agent is right, or done.

Left alone it does what models do today: it says all of a right plan again, leaves while it
confirms, wishes everybody a good day, forgets what is open, and has known every fact all along. An
urge to push back makes it fight what is right, unless it is told when to give in.
"""

import re
from collections.abc import Callable, Mapping

from usersim_opt.models.offline.moments import Moment, moment_of, open_wishes
from usersim_opt.models.offline.scene import Clauses, Said, Scene
from usersim_opt.models.offline.story import Story, core, first_person

_FIGHTS = 0.6
"""How often one who pushes back takes what is right for wrong."""
_TOGETHER = 0.5
"""How often the token comes with other words, where nothing speaks against it."""
_WORDLESS = 0.7
"""How often one who knows the token leaves without a word."""
_CONCESSION = re.compile(r".*\b(?:do you|you(?: would|'d| will| can)?) (.+)", re.I | re.DOTALL)


def said_where_the_agent_is_right(scene: Scene) -> Said | None:
    """The reply to a moment in which the agent is right or done, None in all other moments."""
    moment = moment_of(scene.agent, story=scene.story, own=scene.earlier, chat=scene.chat)
    return _REACTIONS[moment](scene) if moment else None


def _on_consent(scene: Scene) -> Said:
    return Said(_answer_to_a_plan(scene), _token_too_early(scene))


def _answer_to_a_plan(scene: Scene) -> Clauses:
    if scene.behaves("consent"):
        return [scene.pick("yes", "yes do it", "yep", "ok")]
    if _fights(scene):
        return [scene.pick("no", "wait, that's not it"), scene.wish("not like that")]
    return ["yes, that is correct", *map(first_person, scene.story.wishes), "please go ahead"]


def _fights(scene: Scene) -> bool:
    return scene.behaves("push_back") and scene.happens(_FIGHTS)


def _token_too_early(scene: Scene) -> str:
    """The token in the turn that only confirms, unless guidance makes the customer wait."""
    leaves = not scene.behaves("wait") and scene.happens(_TOGETHER)
    return scene.token if leaves else ""


def _on_finished(scene: Scene) -> Said:
    if not scene.behaves("leave"):
        token = scene.token if scene.happens(_TOGETHER) else ""
        return Said([*_FAREWELL], token)
    if scene.token and scene.happens(_WORDLESS):
        return Said([], scene.token)
    return Said([scene.pick("ok bye", "thanks", "great, bye")])


_FAREWELL = (
    "thank you so much for all your help today",
    "everything has been taken care of to my full satisfaction and i really appreciate it",
    "have a wonderful day",
)


def _on_unfinished(scene: Scene) -> Said:
    if scene.behaves("name_open"):
        return Said([core(open_wishes(scene.story, scene.chat)[0])])
    return Said(["no, that is all"], _token_too_early(scene))


def _on_corrected(scene: Scene) -> Said:
    if scene.behaves("give_in"):
        return Said([scene.pick("oh ok", "ah, didn't know that", "hm, right")])
    if _fights(scene):
        return Said(["no, that is wrong", "i know what i have", "please check that again"])
    return Said(["of course, i was aware of that", "i apologise for the confusion"])


def _on_refused(scene: Scene) -> Said:
    if scene.behaves("give_in"):
        return Said([_concession(scene.story) or scene.pick("pity. ok then", "so no way at all?")])
    if _fights(scene):
        return Said(["no, i don't accept that", scene.wish("i want what i asked for"), "i insist"])
    return Said(["no problem at all, i fully understand", "thank you for explaining the rules"])


def _concession(story: Story) -> str:
    """What the story's condition allows, as an offer; empty if it has none."""
    matches = map(_CONCESSION.match, story.conditions[:1])
    offers = [first_person(match.group(1)) for match in matches if match]
    return f"then i {offers[0]}" if offers else ""


_REACTIONS: Mapping[Moment, Callable[[Scene], Said]] = {
    "consent": _on_consent,
    "finished": _on_finished,
    "unfinished": _on_unfinished,
    "corrected": _on_corrected,
    "refused": _on_refused,
}
"""What is said in each moment."""
