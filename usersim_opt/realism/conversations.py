"""Conversations of `converse` and `rollout` as a result set.

    talks = uso.rollout(simulator, agent, tasks)
    measured = uso.realism.measure(uso.realism.of_conversations(talks, name="new"))

Not covered: what the agent did besides talking; only what both sides said is measured.
"""

from collections.abc import Iterable

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.customer.conversation import Conversation
from usersim_opt.models.naming import is_offline
from usersim_opt.realism.result_sets import ResultSet, plain, result_set


@checks_arguments
def of_conversations(talks: Iterable[Conversation], *, name: str, domain: str = "") -> ResultSet:
    """The conversations as a result set of that name.

    With a `domain` tasks are named as people's data name them, `airline_0`. InputError where no
    customer says anything.
    """
    own = list(talks)
    data = [plain(talk) | ({"domain": domain} if domain else {}) for talk in own]
    return result_set(data, name=name, where=name, offline=any(map(by_stand_ins, own)))


def by_stand_ins(talk: Conversation) -> bool:
    """Whether a stand-in took part."""
    return is_offline(talk.user) or is_offline(talk.agent)
