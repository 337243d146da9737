"""Stop tokens: `stops` sees the reply as it was written, all others see the words."""

import pytest

from usersim_opt.basics.text import STOP_TOKENS
from usersim_opt.scenarios import checks

STOP_OR_SHORT = {"any": [{"stops": True}, {"max_words": 2}]}


@pytest.mark.parametrize("token", STOP_TOKENS)
def test_every_stop_token_stops(token):
    assert checks.run({"stops": True}, token) == (True, f"leaves with {token}")
    assert checks.run({"stops": True}, f"bye{token}").holds
    assert not checks.run({"stops": False}, token).holds


def test_no_stop_token_is_no_stop():
    assert checks.run({"stops": False}, "STOP") == (True, "no stop token")
    assert not checks.run({"stops": True}, "###stop###").holds


def test_a_stop_or_a_word_is_right_at_an_end():
    assert checks.run(STOP_OR_SHORT, "###STOP###").holds
    assert checks.run(STOP_OR_SHORT, "great, bye").holds
    assert not checks.run(STOP_OR_SHORT, "great, bye then").holds
    assert checks.run({"all": [{"stops": True}, {"max_words": 0}]}, "###STOP###").holds
    assert not checks.run({"all": [{"stops": True}, {"max_words": 0}]}, "ok ###STOP###").holds
