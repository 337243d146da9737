"""Makers of conversations for the tests of what is done with them."""

from hypothesis import strategies as st

from usersim_opt.basics.text import STOP_TOKENS
from usersim_opt.customer.conversation import Broken, Conversation, Said, first_token
from usersim_opt.customer.simulator import GREETING


def talk(*texts, task="001", seed=0, prompt="a" * 64, **fields):
    """A conversation in which agent and customer say these in turn; the customer leaves or not."""
    said = tuple(
        Said(role="customer" if number % 2 else "agent", text=text)
        for number, text in enumerate(texts or (GREETING, "hi"))
    )
    token = first_token(said[-1].text) if said[-1].role == "customer" else ""
    ending = {"end": "stopped", "token": token} if token else {"end": "turn_limit"}
    common = {
        "task": task,
        "seed": seed,
        "prompt_sha256": prompt,
        "user": "offline/user",
        "agent": "desk",
        "turns": said,
        "calls": {"user": 1, "agent": 0},
        "tokens": {"user": 7, "agent": 0},
    }
    return Conversation.model_validate(common | ending | fields)


_FINDING = st.builds(Broken, guard=st.text(max_size=8), evidence=st.text(max_size=20))
_SEEN = st.text(min_size=1, max_size=40).map(lambda text: f"x{text}")
_CUSTOMER = st.builds(
    Said,
    role=st.just("customer"),
    text=_SEEN,
    broken=st.lists(_FINDING, max_size=2).map(tuple),
)
_AGENT = st.builds(Said, role=st.just("agent"), text=st.just(GREETING) | _SEEN)
_ENDINGS = (
    st.just({"end": "turn_limit"})
    | st.sampled_from(STOP_TOKENS).map(lambda token: {"end": "stopped", "token": token})
    | st.builds(
        lambda fault, why: {"end": "failed", "fault": fault, "why": why},
        st.sampled_from(["agent_error", "agent_loop", "customer_error", "harness_error"]),
        st.text(max_size=20),
    )
)
_COUNTS = st.fixed_dictionaries({"user": st.integers(0, 99), "agent": st.integers(0, 99)})


def conversations():
    """Conversations of any shape that the record allows, also with odd characters."""
    return st.builds(
        lambda ending, **fields: Conversation.model_validate(ending | fields),
        _ENDINGS,
        task=st.text(max_size=6),
        seed=st.integers(0, 2**31),
        prompt_sha256=st.text("0123456789abcdef", min_size=12, max_size=64),
        user=st.text(max_size=10),
        agent=st.text(max_size=10),
        turns=st.lists(_AGENT | _CUSTOMER, max_size=6).map(tuple),
        calls=_COUNTS,
        tokens=_COUNTS,
    )
