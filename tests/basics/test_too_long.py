import pytest
from dspy import lm15
from dspy.utils.exceptions import ContextWindowExceededError, LMInvalidRequestError
from helpers import scripted

from usersim_opt.basics.asking import Asker
from usersim_opt.basics.too_long import speaks_of_length

REFUSALS = [
    "request (1828 tokens) exceeds the available context size (512 tokens), try increasing it",
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
    "The input is longer than the model's context length (4096 tokens)",
    "Too many input tokens",
]
"""How llama.cpp, vLLM and others say it."""


def asked(said):
    """What an asker raises where the server refuses a request in these words."""

    def refuse(request):
        raise lm15.InvalidRequestError(said)

    with pytest.raises(LMInvalidRequestError) as raised:
        Asker("Answer.", scripted(refuse)[0], role="judge").ask("?")
    return raised.value


@pytest.mark.parametrize("said", REFUSALS)
def test_a_request_that_is_too_long_has_its_own_error_whatever_the_server(said):
    error = asked(said)
    assert isinstance(error, ContextWindowExceededError)
    assert said in str(error)


def test_any_other_refusal_stays_what_it_is():
    assert not isinstance(asked("temperature must be at most 2"), ContextWindowExceededError)
    assert not speaks_of_length(ValueError("the role 'customer' is unknown"))
