"""What reads text from outside takes time that grows with the text, not with its square.

Steps of a backtracking matcher are counted, not seconds. Texts are made by hand, and by hypothesis.
"""

import re

import pytest
from backtracking import TooManySteps, steps
from every_pattern import patterns, words_of
from hypothesis import given, settings
from hypothesis import strategies as st

from usersim_opt.basics import text as basics_text
from usersim_opt.customer import places
from usersim_opt.measuring.universal import facts as guard_facts
from usersim_opt.measuring.universal import recital, signs
from usersim_opt.measuring.universal.table import TABLE, expression
from usersim_opt.models import naming
from usersim_opt.scenarios import identifiers
from usersim_opt.scenarios.checks import facts, layout, own_turns, questions, story
from usersim_opt.tuning import guard, packaging

SMALL, PER_CHARACTER = 200, 150
"""Characters of the smaller text, and steps on each up to which it need not be looked at closer."""
UNITS = ("a", " ", "\n", "1. ", "{", "a b", "1a", " \n", "a_", "(", "x=[1] ", "A1 ")
MODULES = (
    basics_text, places, guard_facts, recital, signs, naming, identifiers, facts, layout, own_turns,
    questions, story, guard,
)  # fmt: skip
PATTERNS = {
    f"{module.__name__.removeprefix('usersim_opt.')}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}
"""Those that hypothesis looks at, too."""
EVERY = patterns()
MATCHED = {
    "commands.cli.settings._HEAD", "commands.cli.settings._KEY", "customer.prompt._BULLET",
    "customer.prompt._HEADING", "customer.prompt._TAG", "models.offline.moments._YES",
    "realism.survey._LINE", "tuning.guard._COUNTED", "tuning.packaging._NUMBERED",
    *(
        f"tuning.packaging._SIGNS[{number}].pattern"
        for number, sign in enumerate(packaging._SIGNS)
        if sign.kind.where != "anywhere"
    ),
}  # fmt: skip
"""Patterns that look at the beginning of a text alone (`match`, `fullmatch`)."""
HARD = (
    "a", " ", "\n", "1", "A", "-", "_", ".", "*", "(", "[", "<", "{", '"', "'", "a ", " \n", "1. ",
    "A1 ", "a_", "a@", "Aa ", "a-", "x, ",
)  # fmt: skip
SLOW_BEFORE = {
    r"\w[^\n]{12,}[,!] @self\s*[.!,?]": "1a",
    r"^\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$": "\n ",
}
"""Signs of universal guards, with what took them the square of its length."""


def grows_with_the_text(pattern, unit, head="", tail="!", **how):
    """Whether twice the text takes about twice the steps."""

    def taken(length):
        text = head + unit * (length // len(unit)) + tail
        return steps(pattern.pattern, pattern.flags, text, most=300_000, **how)

    try:
        once = taken(SMALL)
        return once < PER_CHARACTER * SMALL or taken(2 * SMALL) < 2.6 * once
    except TooManySteps:
        return False


def test_the_count_of_steps_tells_a_square_from_a_line():
    assert not grows_with_the_text(re.compile(r"(?:a|b)+c"), "a")
    assert not grows_with_the_text(re.compile(r"(?:a+)+c"), "a")
    assert grows_with_the_text(re.compile(r"(?<!a)a+c"), "a")


@pytest.mark.parametrize("text", ["no, AB12CD on 12:30", "x\n- a\n2. b", "{scenario} {{a}}"])
def test_the_counted_matcher_finds_what_the_library_s_finds(text):
    from backtracking import _program, _run  # noqa: PLC0415

    for pattern in PATTERNS.values():
        found = pattern.search(text)
        code = _program(pattern.pattern, pattern.flags)
        ends = ((start, _run(code, 0, text, start, [0, 10**6])) for start in range(len(text) + 1))
        first = next(((start, end) for start, end in ends if end is not None), None)
        assert first == (found.span() if found else None), pattern.pattern


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_takes_steps_that_grow_with_the_text(name):
    for unit in UNITS:
        assert grows_with_the_text(PATTERNS[name], unit), unit


def test_every_pattern_of_the_package_is_found():
    assert set(PATTERNS.values()) <= set(EVERY.values())
    assert {"tuning.packaging._SIGNS[0].pattern", "models.offline.asking._ENTRY"} <= set(EVERY)
    assert set(MATCHED) <= set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_any_pattern_takes_steps_that_grow_with_the_text(name):
    """Runs of all kinds of characters, and of the pattern's own words, after its own words."""
    pattern, words = EVERY[name], words_of(EVERY[name])
    how = {"at_the_beginning": True} if name in MATCHED else {}
    for unit in (*HARD, *words, *(f"{word} " for word in words)):
        for head in ("", *(words[:2] if unit in HARD else ())):
            assert grows_with_the_text(pattern, unit, head, **how), (head, unit)


@settings(max_examples=15, deadline=None)
@given(st.text("a1 \n.,:-{}[]()_'A", min_size=1, max_size=3), st.sampled_from(sorted(PATTERNS)))
def test_no_text_takes_a_pattern_the_square_of_its_length(unit, name):
    assert grows_with_the_text(PATTERNS[name], unit)


@pytest.mark.parametrize("sign", SLOW_BEFORE)
def test_a_sign_that_looked_through_the_rest_from_every_place_no_longer_does(sign):
    assert sign in str(TABLE.model_dump()).replace("\\\\", "\\")
    assert grows_with_the_text(expression(sign, (("self", ("Jo",)),)), SLOW_BEFORE[sign])


def test_a_set_of_characters_is_no_beginning_of_a_line():
    bold = expression(r"(?<![*\w])\*\*(?=[^\s*])[^*\n]{1,200}(?<=[^\s*])\*\*(?![*\w])", ())
    assert bold.search("this is **bold** here")
    assert not bold.search("this is ** bold ** here")


def test_the_faster_signs_find_what_the_slower_ones_found():
    own = expression(r"\w[^\n]{12,}[,!] @self\s*[.!,?]", (("self", ("Jo",)),))
    assert own.search("that is fine with me, Jo.")
    assert not own.search("ok, Jo.")
    ruler = expression(r"^\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$", ())
    assert ruler.search("a\n\n  ---  \nb")
    assert not ruler.search("a --- b")
