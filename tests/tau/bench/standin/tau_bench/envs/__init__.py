"""The one domain of the stand-in, by tau-bench's own function."""

from tau_bench.envs.base import Env
from tau_bench.types import Action, Task

WISHES = (
    ("You want tea.", [Action(name="sell", kwargs={"what": "tea"})], []),
    ("You want to know whether there is jam. There is none.", [], []),
    ("You want salt, and its price.", [Action(name="sell", kwargs={"what": "salt"})], ["2.50"]),
    ("You want to speak to the owner.", [Action(name="ring", kwargs={})], []),
)
TASKS = [
    Task(user_id=f"u_{n}", instruction=wish, actions=actions, outputs=told)
    for n, (wish, actions, told) in enumerate(WISHES)
]


def get_env(env_name, user_strategy, user_model, task_split, user_provider=None, task_index=None):
    """An environment, by the keywords that tau-bench has."""
    if (env_name, task_split) != ("shop", "test"):
        raise ValueError(f"Unknown environment: {env_name} {task_split}")
    return Env(
        TASKS,
        user_strategy=user_strategy,
        user_model=user_model,
        user_provider=user_provider,
        task_index=task_index,
    )
