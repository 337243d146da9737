"""Planted faults are found, and clean replies are let pass.

Both stand in tests/corpus/universal_guards.yaml, whose head says how it was written.
"""

import pytest
from conftest import ROOT

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.measuring.universal.guard import PREFIX, broken
from usersim_opt.measuring.universal.standard import universal_guards

GUARDS = universal_guards()
CORPUS = strict_yaml.load(ROOT / "tests" / "corpus" / "universal_guards.yaml")
HALVES = ("held_out", "tune")
NAMES = [guard.name for guard in GUARDS]


@pytest.fixture(scope="module")
def chats():
    """The conversations that the corpus was written for."""
    return uso.load_dataset(ROOT / "tests" / "corpus" / "planted")


def objections(data, scenario, reply):
    moment = data.scenarios[scenario].moment
    return {verdict.criterion for verdict in broken(GUARDS, reply, moment)}


def planted(name):
    return [entry for half in HALVES for entry in CORPUS[half][name]]


@pytest.mark.parametrize("name", NAMES)
def test_at_least_95_percent_of_the_planted_faults_of_each_kind_are_found(chats, name):
    entries = planted(name)
    missed = [
        entry["reply"]
        for entry in entries
        if PREFIX + name not in objections(chats, entry["in"], entry["reply"])
    ]
    assert len(entries) >= 30
    assert len(missed) <= 0.05 * len(entries), missed


def test_at_most_1_percent_of_the_natural_replies_break_a_guard(airline):
    replies = [(s.id, r) for s in airline.scenarios.values() for r in s.examples.natural]
    wrong = [(name, reply) for name, reply in replies if objections(airline, name, reply)]
    assert len(replies) >= 500
    assert len(wrong) <= 0.01 * len(replies), wrong


def test_clean_replies_that_look_faulty_are_let_pass(chats):
    entries = planted("clean")
    wrong = [
        (entry["reply"], found)
        for entry in entries
        if (found := objections(chats, entry["in"], entry["reply"]))
    ]
    assert len(entries) >= 80
    assert wrong == []
