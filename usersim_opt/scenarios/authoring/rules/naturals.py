"""Rules on natural replies: enough of them, of different build, as short as people write."""

from itertools import combinations
from statistics import median

from usersim_opt.basics.text import overlap, word_set, words
from usersim_opt.scenarios.authoring.rules import Faults, fault_in
from usersim_opt.scenarios.authoring.rules.quality import FIGURES
from usersim_opt.scenarios.records import Scenario, Task

SEVERAL = 3
"""Replies from which it means something that all begin alike."""


def natural_faults(task: Task, scenario: Scenario) -> Faults:
    """Too few replies of each form, natural ones that are alike, and natural ones that are long."""
    yield from _first_form(scenario)
    yield from _alike(scenario)
    middle = median(len(words(reply)) for reply in scenario.examples.natural)
    if middle > FIGURES.natural_words:
        yield fault_in(
            scenario,
            "examples.natural",
            kind="long_replies",
            what=f"half of the natural replies have {middle:g} words or more",
            fix=f"let half of them have {FIGURES.natural_words} or fewer",
        )


def _first_form(scenario: Scenario) -> Faults:
    examples = scenario.examples
    natural, near, contrary = map(len, (examples.natural, examples.near, examples.contrary))
    is_whole = natural >= FIGURES.natural and near >= FIGURES.near and contrary >= FIGURES.contrary
    if not is_whole:
        yield fault_in(
            scenario,
            "examples",
            kind="first_form",
            what=f"there are {natural} natural, {near} near and {contrary} contrary replies",
            fix=f"give {FIGURES.natural}, {FIGURES.near} and {FIGURES.contrary} or more",
        )


def _alike(scenario: Scenario) -> Faults:
    natural = scenario.examples.natural
    pairs = combinations(natural, 2)
    twins = next((pair for pair in pairs if overlap(*pair) >= FIGURES.alike), None)
    if twins:
        what = f"{twins[0]!r} and {twins[1]!r} are alike"
    elif len(natural) >= SEVERAL and len({_first_word(reply) for reply in natural}) == 1:
        what = f"all begin with {_first_word(natural[0])!r}"
    else:
        return
    yield fault_in(
        scenario,
        "examples.natural",
        kind="alike_replies",
        what=what,
        fix="write one as another kind of person would",
    )


def _first_word(reply: str) -> str:
    """The first word as words are compared, empty if there is none."""
    first = word_set(words(reply)[0]) if words(reply) else frozenset[str]()
    return min(first, default="")
