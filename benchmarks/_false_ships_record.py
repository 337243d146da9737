"""Run folders that are changed by hand, and runs that are gone on with by other parts.

A false ship is here that what was changed is taken for true and nothing is said.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from _bench_worlds import world
from _false_ships_edits import EDITS, believed
from _false_ships_trial import OpenGate, Trial, told
from _false_ships_ways import Family, Tried, Try, Way
from _false_ships_world import WordJudge

import usersim_opt as uso


class OtherJudge(WordJudge):
    """Another judge."""

    name = "other words"


def resumed(**fields: object) -> Try:
    """A run that is gone on with by other inputs."""

    def attempt(number: int) -> Tried:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "run"
            Trial().run(folder, number)
            other = replace(Trial(), **fields)  # type: ignore[arg-type]
            return believed(lambda: replace(told(other.run(folder, number)), is_false=True))

    return attempt


WAYS = Family(
    "The record",
    [
        *EDITS,
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
