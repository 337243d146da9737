"""The ways to be unkind are tried, told in a table, and none of these goes through."""

import attack
import pytest
from _attack_ways import Came, Outcome, Way, section

QUICK = (
    "the disk is full at every third line of 20 kB",
    "a link, a pipe, a device as journal",
    "the same as a file to write",
    "a umask that keeps files private",
    "names of versions that are paths",
    "a run is gone on with by what grades otherwise",
    "user and password for Ollama",
    "escapes of a terminal in texts and errors",
    "a redirect to another host",
    "preferences",
)
WAYS = {way.name: way for family in attack.FAMILIES for way in family.ways}


def test_every_way_has_a_name_of_its_own():
    assert len(WAYS) == sum(len(family.ways) for family in attack.FAMILIES)


@pytest.mark.parametrize("name", QUICK)
def test_this_way_does_not_go_through(name):
    came = attack.tried(WAYS[name])
    assert came.bad == 0, came.said
    assert came.tries >= 1
    assert came.said


def test_a_crash_is_a_try_that_went_through():
    def crash(folder):
        raise ValueError(f"{folder}/a <b>")

    came = attack.tried(Way("crash", crash))
    assert came == Came(1, 1, "ValueError: a <b>")
    assert Outcome("crash", came).row == "| crash | 1 | **1** | ValueError: a &lt;b> |"


def test_the_section_has_a_table_for_each_family_and_a_sum():
    text = section([("Servers", [Outcome("slow", Came(2, 0, "in time"))])])
    assert text.startswith("1 ways, 2 tries; 0 ways went through")
    assert "### Servers" in text
    assert "| slow | 2 | 0 | in time |" in text
