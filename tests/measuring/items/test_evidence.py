"""Who was ever seen to fail an item."""

from helpers import scenario

from usersim_opt.measuring.items.evidence import failed_by
from usersim_opt.measuring.items.responses import Response

EXAMPLES = scenario(
    examples={
        "natural": ["no"],
        "fail": {"reply": "Certainly!", "fails": ["short"]},
        "near": [{"reply": "no thanks", "fails": ["short"], "fault": "thanks"}],
        "contrary": [{"reply": "no!!", "fails": ["short"]}],
    }
).examples


def test_each_is_named_once_silence_is_no_evidence():
    replies = [
        Response("base", "001.3", str(n), {"short": passed})
        for n, passed in enumerate((True, False, False))
    ]
    replies.append(Response("people", "001.3", "x", {"other": False}))
    robots = {"ok": True, "helpful": False, "silence": False}
    assert failed_by("short", replies, robots, EXAMPLES) == (
        "base",
        "robot helpful",
        "near failure",
        "contrary example",
        "failing example",
    )
    assert failed_by("kind", replies, {"silence": False}, EXAMPLES) == ()
