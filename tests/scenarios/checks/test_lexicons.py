"""The named lists of phrases."""

from pathlib import Path

import pytest
import yaml

from usersim_opt.basics.text import find_phrases, fold
from usersim_opt.scenarios import checks


@pytest.mark.parametrize("name", checks.LEXICONS)
def test_a_lexicon_has_phrases_and_none_of_them_twice(name):
    phrases = [fold(phrase) for phrase in checks.LEXICONS[name]]
    assert phrases
    assert all(phrase.strip(" *") for phrase in phrases)
    assert len(phrases) == len(set(phrases))


def test_other_readers_of_yaml_see_the_same_lexicons():
    file = Path(checks.__file__).with_name("lexicons.yaml")
    lexicons = yaml.safe_load(file.read_text())
    assert {name: tuple(phrases) for name, phrases in lexicons.items()} == checks.LEXICONS


@pytest.mark.parametrize("name", checks.LEXICONS)
def test_every_phrase_of_a_lexicon_fails_the_check_that_forbids_it(name):
    check = {"none_of": [f"@{name}"]}
    checks.validate(check)
    assert not any(checks.run(check, phrase).holds for phrase in checks.LEXICONS[name])


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("polite_form", "why would you need his passport?"),
        ("request_as_question", "why would you need his passport?"),
        ("hedge", "the cello must be with me"),
        ("hedge", "it may not go in the hold"),
        ("confession", "i have the card here, it ends in 6612"),
        ("strategy", "the first flight, please"),
        ("self_portrait", "i am ill"),
        ("conditional", "is it possible"),
    ],
)
def test_plain_talk_is_not_taken_for_what_models_do(name, reply):
    assert find_phrases(reply, checks.LEXICONS[name]) == []
