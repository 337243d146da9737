"""`offline/author`: a stand-in for a model that writes scenarios: simple ones, true to the story.

A type that a data set adds is written by what the material says of it: the number of agent turns,
the line about what the agent does, and the dimensions with their lines.
"""

import json

from usersim_opt.basics.validation import Fields
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.criteria import Criterion
from usersim_opt.models.offline.right_agents import WHERE_THE_AGENT_IS_RIGHT
from usersim_opt.models.offline.situations import STANDARD, TypeAsked, added
from usersim_opt.models.offline.sketches import Sketch
from usersim_opt.models.offline.story import read_story
from usersim_opt.scenarios.kinds import family_of

SITUATIONS = {**STANDARD, **WHERE_THE_AGENT_IS_RIGHT}
FAMILIES = 2
"""That a scenario stresses at the most."""


def answer(call: Call) -> str:
    """A conversation, or the rubric of one, as a JSON object."""
    material = call.material()
    if not material or not isinstance(material.get("type"), str):
        return "ready"
    sketch = _sketch(material)
    return json.dumps(_rubric(sketch) if "conversation" in material else _turns(sketch))


def _sketch(material: Fields) -> Sketch:
    story = read_story(str(material.get("story", "")))
    if standard := SITUATIONS.get(material["type"]):
        return standard(story)
    turns = material.get("agent_turns", {})
    asked = TypeAsked(
        name=material["type"],
        line=str(material.get("what_the_agent_does", "")),
        agent_turns=int(turns.get("least", 1)),
        dimensions=material.get("dimensions", {}),
    )
    return added(story, asked)


def _turns(sketch: Sketch) -> Fields:
    """Turns alternate, the agent first."""
    roles = ("agent", "customer")
    turns = [{"role": roles[place % 2], "text": text} for place, text in enumerate(sketch.history)]
    return {"turns": turns}


def _rubric(sketch: Sketch) -> Fields:
    criteria = sketch.criteria
    families = dict.fromkeys(family_of(criterion.dimension) for criterion in criteria)
    near = [
        {"reply": near.reply, "fails": sketch.fails_near(near), "fault": near.fault}
        for near in sketch.near
    ]
    contrary = [
        {"reply": reply, "fails": sketch.fails_contrary(reply)} for reply in sketch.contrary
    ]
    return {
        "stresses": list(families)[:FAMILIES],
        "criteria": [_criterion(criterion) for criterion in criteria],
        "natural": list(sketch.natural),
        "near": near,
        "contrary": contrary,
    }


def _criterion(criterion: Criterion) -> dict[str, str]:
    return {
        "id": criterion.id,
        "dimension": criterion.dimension,
        "text": criterion.text,
        "check": json.dumps(criterion.check) if criterion.check else "",
        "role": criterion.role,
    }
