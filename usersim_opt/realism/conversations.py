"""Conversations of `converse` and `rollout` as a result set.

    talks = uso.rollout(simulator, agent, tasks)
    measured = uso.realism.measure(uso.realism.of_conversations(talks, name="new"))

Not covered: what the agent did besides talking; only what both sides said is measured.
"""

from collections.abc import Iterable
from typing import Any

from usersim_opt.customer.conversation import Conversation
from usersim_opt.models.naming import is_offline
from usersim_opt.realism.result_sets import ResultSet, result_set

_ROLES = {"agent": "assistant", "customer": "user"}


def of_conversations(talks: Iterable[Conversation], *, name: str, domain: str = "") -> ResultSet:
    """The conversations as a result set of that name.

    With a `domain` tasks are named as people's data name them, `airline_0`. InputError where no
    customer says anything.
    """
    own = list(talks)
    data = [plain(talk) | ({"domain": domain} if domain else {}) for talk in own]
    return result_set(data, name=name, where=name, offline=any(map(by_stand_ins, own)))


def plain(talk: Conversation) -> dict[str, Any]:
    """A conversation in the plain form: task, run, messages."""
    return {"task_id": talk.task, "run": talk.seed, "messages": messages_of(talk)}


def messages_of(talk: Conversation) -> list[dict[str, str]]:
    """Its turns as messages of a chat, in which the customer is the user."""
    return [{"role": _ROLES[turn.role], "content": turn.text} for turn in talk.turns]


def by_stand_ins(talk: Conversation) -> bool:
    """Whether a stand-in took part."""
    return is_offline(talk.user) or is_offline(talk.agent)
