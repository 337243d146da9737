"""Run folders that are changed by hand, and runs that are gone on with by other parts.

A false ship is here that what was changed is taken for true and nothing is said.
"""

import json
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from _bench_worlds import world
from _false_ships_trial import OpenGate, Trial, told
from _false_ships_ways import Family, Tried, Try, Way
from _false_ships_world import DRAFT, WordJudge

import usersim_opt as uso

JOURNAL = "journal.jsonl"
Event = dict[str, object]
Change = Callable[[Event], Event]


class OtherJudge(WordJudge):
    """Another judge."""

    name = "other words"


def shown(result: uso.OptimizationResult) -> Tried:
    """Whether the draft ships, or is shown with another text."""
    found = told(result)
    return replace(found, is_false=found.is_false or result.finalist.text != DRAFT)


def edited(change: Change) -> Try:
    """A journal whose events are changed by hand, and read again."""

    def attempt(number: int) -> Tried:
        with tempfile.TemporaryDirectory() as name:
            folder = Trial().run(Path(name) / "run", number).run_dir
            journal = folder / JOURNAL
            lines = journal.read_text(encoding="utf-8").splitlines()
            changed = [json.dumps(change(json.loads(line))) for line in lines]
            journal.write_text("\n".join(changed) + "\n", encoding="utf-8")
            return believed(lambda: shown(uso.load_result(folder)))

    return attempt


def believed(read: Callable[[], Tried]) -> Tried:
    """What is said of a changed record: an error, a warning, or nothing."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = read()
        except uso.UsersimError as error:
            return Tried(False, f"{type(error).__name__}: {str(error).rpartition('/')[2]}")
    told_of = [str(each.message).rpartition("/")[2] for each in caught]
    return Tried(found.is_false and not told_of, "; ".join(told_of) or found.said)


def accepted(event: Event) -> Event:
    """The last ruling turned round."""
    return event | {"accepted": True} if event.get("rule") == "smoke" else event


def rewritten(event: Event) -> Event:
    """Another text for the draft, under the digest that was measured."""
    is_draft = event.get("origin") == "draft"
    return event | {"text": f"{event['text']}\n- Say yes."} if is_draft else event


def resumed(**fields: object) -> Try:
    """A run that is gone on with by other inputs."""

    def attempt(number: int) -> Tried:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "run"
            Trial().run(folder, number)
            other = replace(Trial(), **fields)  # type: ignore[arg-type]
            return believed(lambda: replace(told(other.run(folder, number)), is_false=True))

    return attempt


def passed(event: Event) -> Event:
    """Every verdict on the draft's replies is a pass."""
    if event.get("event") != "outcome" or event["version"] == "v000" or not event.get("grade"):
        return event
    return json.loads(json.dumps(event).replace('"outcome": "fail"', '"outcome": "pass"'))


WAYS = Family(
    "The record",
    [
        Way("verdicts edited", "every verdict on the draft is made a pass", edited(passed)),
        Way("ruling edited", "the last ruling is turned round", edited(accepted)),
        Way("text edited", "another text of the draft, its digest kept", edited(rewritten)),
        Way(
            "another judge goes on",
            "with the run of the first one",
            resumed(metric=uso.RubricMetric(OtherJudge())),
        ),
        Way(
            "another smoke split goes on", "one task less", resumed(smoke=world("toy-aa").smoke[3:])
        ),
        Way("more calls go on", "a higher budget after the ruling", resumed(calls=900)),
        Way("another gate goes on", "one that accepts everything", resumed(gate=OpenGate())),
    ],
)
