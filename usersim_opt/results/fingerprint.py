"""Fingerprint: what a run is made from, and whether it may be gone on with.

Another input makes another run, so a run folder is gone on with by the same inputs only. The
proposer is the exception: of its answers nothing is compared with one another, and a run whose
proposer has failed for good could not be brought to its end otherwise.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import ResumeMismatch
from usersim_opt.basics.showing import warn_visibly
from usersim_opt.basics.text import sha256

Inputs = Mapping[str, Any]
"""What a run is made from: digests of prompt and data, names of models, options."""
PROPOSER = "model.proposer"
"""The one input that may be another one when a run is gone on with."""
GRADING = "grading"
"""The digest of the words by which replies are graded."""
LIBRARY = "library"
"""The version of the package."""
GRADING_CODE = "grading_code"
"""The digest of the package's files that grade."""
GRADER = (GRADING, LIBRARY, GRADING_CODE)
"""What grades; runs that were made before one of these was noted are gone on with without it."""
_DIGEST = re.compile("[0-9a-f]{64}")
_ID = 16
"""Hexadecimal digits of the id of a run."""
_HINTS = {
    "max_calls": " (a run is not extended, its held-out test may have been read: "
    "start another one from its prompt)",
    **dict.fromkeys(
        GRADER,
        " (another version of usersim-opt grades otherwise: go on with the one that began, or by "
        "--another-grader, optimizer.another_grader = True, which record, page and card tell)",
    ),
}


def check_inputs(
    folder: Path,
    old: Inputs,
    new: Inputs,
    *,
    implied: Mapping[str, Collection[str]],
    another_grader: bool = False,
) -> list[dict[str, Any]]:
    """The events of what takes over, a proposer or a grader; none if all inputs are the same.

    A UserWarning names both. ResumeMismatch names what differs otherwise between the inputs of a
    run and those given now; `implied` holds inputs that the run had without naming them, with what
    they can have been. Another grader takes over only where that is said.
    """
    given = json.loads(json.dumps(dict(new)))
    given = {name: value for name, value in given.items() if value not in implied.get(name, ())}
    given = {name: value for name, value in given.items() if name in old or name not in GRADER}
    takeovers = [*_of_proposer(old, given), *(_of_grader(old, given) if another_grader else ())]
    same = {name: given[name] for event in takeovers for name in event["now"]}
    differences = "; ".join(_differences({**old, **same}, given))
    if differences:
        raise ResumeMismatch(
            f"{folder}: was made with other inputs; {differences}. "
            "Give the same inputs, or name another folder"
        )
    for event in takeovers:
        _warn_of_takeover(folder, event)
    return takeovers


def in_force(inputs: Inputs, events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a run is made from, with the proposer and the grader that took over last."""
    latest = dict(inputs)
    for event in events:
        if event["event"] == "proposer":
            latest[PROPOSER] = event["model"]
        if event["event"] == "grader":
            latest |= event["now"]
    return latest


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
    made from anything else differ, so each gets fresh replies of the first prompt. The files that
    grade change with every edition, and have no part in what a customer says.
    """
    drawn_from = {name: inputs[name] for name in inputs if name not in (LIBRARY, GRADING_CODE)}
    return int(sha256(json.dumps(drawn_from, sort_keys=True))[:8], 16) & 0x7FFFFFFF


def _of_proposer(old: Inputs, new: Inputs) -> Iterator[dict[str, Any]]:
    """The event of a proposer that takes another one's place; nothing if it is the same."""
    was, model = old.get(PROPOSER), new.get(PROPOSER)
    if isinstance(was, str) and isinstance(model, str) and was != model:
        yield {"event": "proposer", "was": was, "model": model, "now": {PROPOSER: model}}


def _of_grader(old: Inputs, new: Inputs) -> Iterator[dict[str, Any]]:
    """The event of a grader that takes another one's place; nothing if it is the same."""
    was, now = ({name: side[name] for name in GRADER if name in side} for side in (old, new))
    if was != now:
        yield {"event": "grader", "was": was, "now": now}


def _warn_of_takeover(folder: Path, event: Mapping[str, Any]) -> None:
    if event["event"] == "grader":
        said = "another version of usersim-opt grades from here on; record, page and card say it"
    else:
        said = (
            f"the proposer was {event['was']!r}, is {event['model']!r}; "
            "what the first one has proposed stays, the rest is the other one's"
        )
    warn_visibly(f"{folder}: {said}", stacklevel=3)


def _differences(old: Inputs, new: Inputs) -> Iterator[str]:
    for key in sorted(old.keys() | new.keys()):
        before, now = old.get(key), new.get(key)
        if before != now:
            yield f"{key} was {_short(before)}, is {_short(now)}{_HINTS.get(key, '')}"


def _short(value: Any) -> str:
    """A value as messages show it; of a digest its beginning."""
    is_digest = isinstance(value, str) and _DIGEST.fullmatch(value)
    return repr(f"{value[:12]}..." if is_digest else value)
