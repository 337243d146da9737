"""Format 1 of run folders, as version 0.1 wrote it: what is read of it, and how."""

from collections.abc import Collection, Mapping
from typing import Any

TOGETHER = "user and judge"
"""The role under which a record of format 1 has its tokens."""
IMPLIED: Mapping[str, Collection[str]] = {
    "smoke_gate": ("ProvenGain()",),
    "metric": ("RubricMetric(RubricJudge)", "RubricMetric"),
}
"""Inputs that a header of format 1 does not name, with what they can have been in such a run."""


def brought_up(event: dict[str, Any]) -> dict[str, Any]:
    """An event in the present form: an outcome has its calls and tokens by role."""
    if event["event"] != "outcome" or "user_calls" not in event:
        return event
    present = dict(event)
    calls = {"user": present.pop("user_calls"), "judge": present.pop("judge_calls", None)}
    tokens = {TOGETHER: present.get("tokens", 0)}
    return present | {"calls": calls, "tokens": tokens}
