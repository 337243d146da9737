"""When a customer hung up too early, from the agent's last words and what was left undone."""

import pytest

from usersim_opt.customer.conversation import Said
from usersim_opt.tau.premature import is_premature, is_waiting

WAITING = [
    "Shall I cancel the reservation?",
    "I will now book it for you.",
    "One moment.",
    "To go on, please confirm the total of $54.",
    "I'll do it. Is there anything else I can help you with?",
]
DONE = [
    "Done.",
    "Your flight is booked. Is there anything else I can help you with?",
    "I'm sorry, that is against our policy.",
    "Have a nice day!",
]


@pytest.mark.parametrize("text", WAITING)
def test_an_agent_that_asks_or_promises_is_waiting(text):
    assert is_waiting(text)


@pytest.mark.parametrize("text", DONE)
def test_an_agent_that_is_done_is_not(text):
    assert not is_waiting(text)


def test_it_takes_a_stop_something_undone_and_an_agent_at_it():
    turns = [Said(role="agent", text=WAITING[0]), Said(role="customer", text="bye ###STOP###")]
    assert is_premature(turns, missing=1, stopped=True)
    assert not is_premature(turns, missing=0, stopped=True)
    assert not is_premature(turns, missing=1, stopped=False)
    done = [Said(role="agent", text=DONE[0]), *turns[1:]]
    assert not is_premature(done, missing=1, stopped=True)
    assert not is_premature([], missing=1, stopped=True)
