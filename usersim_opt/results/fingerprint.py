"""Fingerprint: what a run is made from, and whether it may be gone on with.

Another input makes another run, so a run folder is gone on with by the same inputs only. The
proposer is the exception: of its answers nothing is compared with one another, and a run whose
proposer has failed for good could not be brought to its end otherwise.
"""

import json
import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import ResumeMismatch
from usersim_opt.basics.text import sha256

Inputs = Mapping[str, Any]
"""What a run is made from: digests of prompt and data, names of models, options."""
PROPOSER = "model.proposer"
"""The one input that may be another one when a run is gone on with."""
GRADING = "grading"
"""The digest of the words by which replies are graded; runs that were made before it was noted do
not have it, and are gone on with."""
_DIGEST = re.compile("[0-9a-f]{64}")
_ID = 16
"""Hexadecimal digits of the id of a run."""
_HINTS = {
    "max_calls": " (a run is not extended, its held-out test may have been read: "
    "start another one from its prompt)",
    GRADING: " (another version of usersim-opt grades otherwise: go on with the one that began)",
}


def check_inputs(
    folder: Path, old: Inputs, new: Inputs, *, implied: Mapping[str, Collection[str]]
) -> dict[str, Any] | None:
    """The event of another proposer that takes over; None if all inputs are the same.

    A UserWarning names both proposers. ResumeMismatch names what differs otherwise between the
    inputs of a run and those given now; `implied` holds inputs that the run had without naming
    them, with what they can have been.
    """
    given = json.loads(json.dumps(dict(new)))
    given = {name: value for name, value in given.items() if value not in implied.get(name, ())}
    if GRADING not in old:
        given.pop(GRADING, None)
    takeover = _takeover(old, given)
    same = {PROPOSER: given[PROPOSER]} if takeover else {}
    differences = "; ".join(_differences({**old, **same}, given))
    if differences:
        raise ResumeMismatch(
            f"{folder}: was made with other inputs; {differences}. "
            "Give the same inputs, or name another folder"
        )
    if takeover:
        _warn_of_takeover(folder, takeover)
    return takeover


def run_id(folder: Path, header: Mapping[str, Any]) -> str:
    """What a run is known by outside its folder: its inputs, its folder, when it was begun.

    A run of the same inputs that is made anew draws other replies, so it is another one, also in
    the same folder.
    """
    named = [header.get("inputs"), header.get("at"), str(folder.resolve())]
    return sha256(json.dumps(named, sort_keys=True))[:_ID]


def smoke_seed(inputs: Inputs) -> int:
    """The seed from which those of the replies on the smoke split are drawn, 31 bits.

    A seeded server gives the same reply to the same prompt and seed. The seeds of runs that are
    made from anything else differ, so each gets fresh replies of the first prompt.
    """
    return int(sha256(json.dumps(dict(inputs), sort_keys=True))[:8], 16) & 0x7FFFFFFF


def _takeover(old: Inputs, new: Inputs) -> dict[str, Any] | None:
    """The event of a proposer that takes another one's place; None if it is the same."""
    was, model = old.get(PROPOSER), new.get(PROPOSER)
    if not isinstance(was, str) or not isinstance(model, str) or was == model:
        return None
    return {"event": "proposer", "was": was, "model": model}


def _warn_of_takeover(folder: Path, takeover: Mapping[str, Any]) -> None:
    warnings.warn(
        f"{folder}: the proposer was {takeover['was']!r}, is {takeover['model']!r}; "
        "what the first one has proposed stays, the rest is the other one's",
        UserWarning,
        stacklevel=2,
    )


def _differences(old: Inputs, new: Inputs) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        before, now = old.get(key), new.get(key)
        if before != now:
            yield f"{key} was {_short(before)}, is {_short(now)}{_HINTS.get(key, '')}"


def _short(value: Any) -> str:
    """A value as messages show it; of a digest its beginning."""
    is_digest = isinstance(value, str) and _DIGEST.fullmatch(value)
    return repr(f"{value[:12]}..." if is_digest else value)
