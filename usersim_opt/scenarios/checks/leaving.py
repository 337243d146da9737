"""The check on how a customer leaves a chat: by a stop token."""

from usersim_opt.basics.text import STOP_TOKENS
from usersim_opt.scenarios.checks.moment import Finding, Reply


def stops(reply: Reply, wanted: bool) -> Finding:
    """`stops`: the reply holds a stop token (true), or holds none (false)."""
    tokens = [token for token in STOP_TOKENS if token in reply.raw]
    evidence = f"leaves with {', '.join(tokens)}" if tokens else "no stop token"
    return Finding(bool(tokens) is wanted, evidence)
