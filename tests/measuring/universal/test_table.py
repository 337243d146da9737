import re

from usersim_opt.measuring.universal.standard import universal_guards
from usersim_opt.measuring.universal.table import TABLE, expression

OF_THE_CONVERSATION = {"self", "agents"}
PATTERNS = [
    pattern for signs in TABLE.signs.values() for sign in signs for pattern in sign.patterns
]


def test_every_list_of_words_is_there_and_used():
    texts = [*PATTERNS, *(word for words in TABLE.words.values() for word in words)]
    used = {name for text in texts for name in re.findall(r"@([a-z_]+)", text)}
    assert used - OF_THE_CONVERSATION == set(TABLE.words)


def test_signs_are_of_guards_that_have_a_line():
    assert set(TABLE.signs) <= set(TABLE.lines)
    assert set(TABLE.may_quote) <= set(TABLE.signs)
    assert len({guard.line for guard in universal_guards()}) == len(TABLE.lines)


def test_names_of_the_conversation_are_no_patterns():
    sought = expression("@self!", (("self", ("A.", "B*")), ("agents", ())))
    assert sought.search("hi A.!")
    assert sought.search("b*!")
    assert not sought.search("ab!")


def test_where_nobody_has_a_name_a_pattern_with_names_matches_nothing():
    assert not expression("@self", (("self", ()), ("agents", ()))).search("anything at all")


def test_every_pattern_can_be_compiled_and_none_matches_nothing_at_all():
    names = (("self", ("Ana",)), ("agents", ("Otto",)))
    assert [pattern for pattern in PATTERNS if expression(pattern, names).match("")] == []
