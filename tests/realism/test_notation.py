import pytest
import yaml

from usersim_opt.realism import corrected, phrases
from usersim_opt.realism.notation import pattern_of


@pytest.mark.parametrize(
    ("phrase", "matching", "other"),
    [
        ("can{'}t find", ["cant find", "i can't find it"], ["can not find", "cant finding"]),
        ("[so/wait]{,} [is that]", ["so, is that", "wait is that"], ["so is this"]),
        ("{it /that }to", ["to", "it to"], ["auto"]),
        ("ask <any> again", ["ask me this again"], ["ask\nagain"]),
        ("you said <0-30>?<word>", ["you said free?ok"], ["you said free?", "you said free? ok"]),
        ("what<1>s the", ["what's the", "what s the"], ["whats the"]),
        ("a.b (c)", ["a.b (c)"], ["axb (c)"]),
    ],
)
def test_a_phrase_of_the_notation_finds_what_it_means(phrase, matching, other):
    pattern = pattern_of([phrase])
    assert all(pattern.search(text) for text in matching)
    assert not any(pattern.search(text) for text in other)


def test_an_empty_list_finds_nothing():
    assert not pattern_of([]).search("anything")


def test_other_readers_of_yaml_see_the_same_lists():
    for name in ("phrases.yaml", "corrected.yaml"):
        text = phrases.Path(phrases.__file__).with_name(name).read_text()
        plain, strict = yaml.safe_load(text), phrases.strict_yaml.loads(text)
        assert plain == strict, name


def test_no_list_holds_a_phrase_twice():
    for name, listed in phrases.PHRASES.items():
        assert len(listed) == len(set(listed)), name


def test_every_phrase_that_a_correction_drops_stands_in_the_published_list():
    for name, dropped in corrected._DATA.drop.items():
        assert set(dropped) <= set(phrases.PHRASES[corrected._PUBLISHED[name]]), name
