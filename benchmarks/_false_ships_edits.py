"""Journals of runs that are changed by hand, and read again."""

import json
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from _false_ships_trial import Trial, told
from _false_ships_ways import Tried, Try, Way
from _false_ships_world import DRAFT
from _journals import Event, read_events, write_events

import usersim_opt as uso
from usersim_opt.results.journal import FILE

Change = Callable[[Event], Event]


def edited(change: Change) -> Try:
    """A journal whose events are changed by hand, each with its new checksum, and read again."""
    return rewritten_by(lambda run: write_events(run, map(change, read_events(run))))


def typed_over(was: str, now: str) -> Try:
    """A journal in which a text is replaced by an editor that knows of no checksums."""

    def rewrite(run: Path) -> None:
        journal = run / FILE
        journal.write_text(journal.read_text().replace(was, now))

    return rewritten_by(rewrite)


def rewritten_by(rewrite: Callable[[Path], None]) -> Try:
    """A run whose folder is rewritten, and read again."""

    def attempt(number: int) -> Tried:
        with tempfile.TemporaryDirectory() as name:
            folder = Trial().run(Path(name) / "run", number).run_dir
            rewrite(folder)
            return believed(lambda: shown(uso.load_result(folder)))

    return attempt


def shown(result: uso.OptimizationResult) -> Tried:
    """Whether the draft ships, or is shown with another text."""
    found = told(result)
    return replace(found, is_false=found.is_false or result.finalist.text != DRAFT)


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


def passed(event: Event) -> Event:
    """Every verdict on the draft's replies is a pass."""
    if event.get("event") != "outcome" or event["version"] == "v000" or not event.get("grade"):
        return event
    return json.loads(json.dumps(event).replace('"outcome": "fail"', '"outcome": "pass"'))


def accepted(event: Event) -> Event:
    """The last ruling turned round."""
    return event | {"accepted": True} if event.get("rule") == "smoke" else event


def rewritten(event: Event) -> Event:
    """Another text for the draft, under the digest that was measured."""
    is_draft = event.get("origin") == "draft"
    return event | {"text": f"{event['text']}\n- Say yes."} if is_draft else event


EDITS = [
    Way("verdicts edited", "every verdict on the draft is made a pass", edited(passed)),
    Way("ruling edited", "the last ruling is turned round", edited(accepted)),
    Way(
        "edited without its checksum",
        "a ruling is turned round by an editor that knows of none",
        typed_over('"accepted": false', '"accepted": true'),
    ),
    Way("text edited", "another text of the draft, its digest kept", edited(rewritten)),
]
