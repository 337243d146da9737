"""A maker of scenarios for the linter's rules: a rubric, its example replies, a short chat."""

from helpers import scenario

from usersim_opt.scenarios.records import Task

TASK = Task(id="001", domain="d", source="s", story="You are Ana Ng. You want to fly on Friday.")
NATURAL = ["no", "not the friday", "wait, thursday i said", "thats wrong", "it was thursday, no?"]


def criterion(name, check=None, **fields):
    """A criterion by its id and check."""
    plain = {"id": name, "dimension": "clarification.pushback", "text": f"About {name}."}
    return plain | ({"check": check} if check else {}) | fields


def near(reply, *fails, fault="a fault"):
    """A near failure."""
    return {"reply": reply, "fails": list(fails), "fault": fault}


def contrary(reply, *fails):
    """A contrary reply."""
    return {"reply": reply, "fails": list(fails)}


def rubric(*criteria, own=("need to move my flight",), **examples):
    """A scenario with these criteria and examples, after these turns of the customer's own."""
    turns = [{"agent": "Hello"}]
    for text in own:
        turns += [{"customer": text}, {"agent": "Is Friday right?"}]
    if not any(examples.get(form) for form in ("near", "contrary", "fail")):
        examples["contrary"] = [contrary("ok", criteria[0]["id"])]
    if not examples.keys() & {"natural", "pass"}:
        examples["natural"] = NATURAL
    stresses = ["clarification"]
    return scenario(
        "001.3", stresses=stresses, history=turns, criteria=list(criteria), examples=examples
    )


def kinds_of(faults):
    """The kinds of findings, in order."""
    return [fault.kind for fault in faults]
