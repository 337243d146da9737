"""Made-up rubrics with known parameters, and replies drawn from them."""

import numpy as np
from helpers import scenario

from usersim_opt.basics.figures import Interval
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.items.records import Item, Share
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict

DIMENSIONS = (
    "communication_style.shortness",
    "communication_style.politeness",
    "clarification.pushback",
    "information_pattern.front_loading",
)

GOOD = Item(
    scenario="001.3",
    criterion="a",
    dimension="clarification.pushback",
    text="A.",
    role="score",
    decided_by="judge",
    shares={"v": Share(5, 10, 0.5, 0.3, 0.7)},
    discrimination=Interval(0.4, 0.2, 0.6),
    failed_by=("v",),
)
"""An item against which nothing speaks."""


def rubric(name, dimensions, **changes):
    """A scenario whose criteria, named here with their dimensions, are decided by a judge.

    Every criterion has a near failure, so that each was seen to fail.
    """
    listed = [
        {"id": each, "dimension": dimension, "text": f"Keeps to {each}."}
        for each, dimension in dimensions.items()
    ]
    near = [{"reply": f"Not {each}.", "fails": [each], "fault": each} for each in dimensions]
    examples = {"natural": ["no, thursday"], "near": near}
    return scenario(name, **({"criteria": listed, "examples": examples} | changes))


def graded(name, verdicts, version="v", repeat=0, reply=None, source="judge", stage="evaluate"):
    """An outcome with these verdicts: a word, or whether it passed, by criterion."""
    words = {True: "pass", False: "fail"}
    listed = tuple(
        Verdict(criterion=key, outcome=words.get(each, each), evidence="", source=source)
        for key, each in verdicts.items()
    )
    return Outcome(
        scenario=name,
        version=version,
        stage=stage,
        repeat=repeat,
        status="scored",
        reply=reply if reply is not None else f"{version} {repeat}",
        grade=Grade(scenario=name, verdicts=listed),
    )


def evaluation(scenarios, outcomes):
    """An evaluation on scenarios by their ids."""
    return Evaluation({each.id: each for each in scenarios}, outcomes)


def drawn(rng, chances, spread=0.8):
    """Whether one reply passes each criterion: by its chance, moved by what the reply is like."""
    logits = np.log(np.array(list(chances.values())) / (1 - np.array(list(chances.values()))))
    shifted = logits * np.sqrt(1 + spread**2 / 2.9) + rng.normal(0, spread)
    passed = rng.random(len(chances)) < 1 / (1 + np.exp(-shifted))
    return dict(zip(chances, passed.tolist(), strict=True))


def played(rng, scenarios, chances, version, replies):
    """An evaluation of replies that pass by `chances(scenario, criterion)`."""
    outcomes = [
        graded(
            each.id,
            drawn(rng, {c.id: chances(each.id, c.id) for c in each.criteria}),
            version=version,
            repeat=repeat,
        )
        for each in scenarios
        for repeat in range(replies)
    ]
    return evaluation(scenarios, outcomes)
