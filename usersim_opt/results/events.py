"""The kinds of events in a run's journal: what each must hold, and what it is looked up by."""

from typing import Any

Event = dict[str, Any]
Name = tuple[str, ...]
"""The kind of an event, and what makes it unique among its kind."""
_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "start": {"schema_version": int, "inputs": dict},
    "version": {"id": str, "text": str},
    "outcome": {
        "stage": str,
        "version": str,
        "scenario": str,
        "repeat": int,
        "status": str,
        "calls": dict,
    },
    "measured": {"stage": str},
    "searched": {"rounds": int, "why": str},
    "outlook": {"scored": int, "stops": bool},
    "despite_ceiling": {},
    "use_ahead": {"number": int, "level": (int, float)},
    "confirming": {"repeats": (int, float)},
    "proposal": {"stage": str, "answer": str},
    "proposer": {"was": str, "model": str},
    "grader": {"was": dict, "now": dict},
    "decision": {"stage": str, "candidate": str, "rule": str},
    "terms": {"weights": dict, "calls": list, "prompts": list},
    "look": {
        "stage": str,
        "version": str,
        "term": str,
        "task": str,
        "seed": int,
        "seen": list,
        "calls": dict,
        "tokens": dict,
    },
    "realism": {"stage": str, "version": str, "values": dict, "calls": dict, "tokens": dict},
}
"""What each kind of event must hold to be one."""
_KEYS = {
    "outcome": ("stage", "version", "scenario", "repeat"),
    "version": ("id",),
    "proposal": ("stage",),
    "measured": ("stage",),
    "decision": ("stage", "candidate", "rule"),
    "look": ("stage", "version", "term", "task", "seed"),
    "realism": ("stage", "version"),
}
"""The fields that make an event unique among its kind."""
_PAID = ("outcome", "look", "realism")
"""Kinds that name calls and tokens by role."""


def name_of(event: Event) -> Name:
    """What an event is looked up by: its kind, and what makes it unique among its kind."""
    keys = _KEYS.get(event["event"], ())
    return (event["event"], *(str(event[key]) for key in keys))


_FINAL = ("outcome", "version", "proposal", "measured", "decision")
"""Kinds of which there is one line of a name, unless what it tells of failed."""


def final_name(event: Event) -> Name | None:
    """The name of an event of which there is one; None for any other, and for one without names."""
    kind = event["event"]
    if kind not in _FINAL or any(key not in event for key in _KEYS[kind]):
        return None
    return name_of(event)


def is_whole(event: Event) -> bool:
    """Whether an event is of a known kind and has what its kind must have."""
    fields = _FIELDS.get(event["event"])
    if fields is None:
        return False
    has_all = all(isinstance(event.get(name), kind) for name, kind in fields.items())
    if event["event"] not in _PAID:
        return has_all
    return has_all and _are_counts(event["calls"]) and _are_counts(event.get("tokens", {}))


def _are_counts(by_role: object) -> bool:
    return isinstance(by_role, dict) and all(isinstance(n, int) for n in by_role.values())
