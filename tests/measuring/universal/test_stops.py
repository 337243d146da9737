import pytest

from usersim_opt.basics.text import STOP_TOKENS
from usersim_opt.measuring.universal.stops import early_stop, stop_with_text
from usersim_opt.scenarios.checks import Moment

MAY_LEAVE = Moment(may_stop=True)
MUST_STAY = Moment()


@pytest.mark.parametrize("token", STOP_TOKENS)
def test_a_stop_token_stands_alone(token):
    assert stop_with_text(f"bye {token}", MAY_LEAVE) == f"bye {token}"
    assert stop_with_text(token, MAY_LEAVE) == ""
    assert stop_with_text("bye", MAY_LEAVE) == ""


@pytest.mark.parametrize("token", STOP_TOKENS)
def test_a_bare_stop_token_is_right_only_where_the_customer_may_leave(token):
    assert early_stop(f"{token}\n", MUST_STAY)
    assert early_stop(token, MAY_LEAVE) == ""
    assert early_stop(f"bye {token}", MUST_STAY) == ""
    assert early_stop("bye", MUST_STAY) == ""
