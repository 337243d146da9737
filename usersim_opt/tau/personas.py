"""tau2's own personas: each of telecom's tasks has one of three, and its id says which.

    [mobile_data_issue]airplane_mode_on[PERSONA:Hard]

Other tasks stand under each persona, so success is told side by side and no difference is tested.
The persona `Hard` of tau2 tells things only when it is asked, `Easy` does not: that is disclosure,
and one more reason why a difference between them is none of manner alone. For manner alone there
are the personas of traits.yaml.
"""

import re
from collections.abc import Mapping

from usersim_opt.basics.figures import Interval, many, percent
from usersim_opt.basics.layout import grid
from usersim_opt.tau.scores import success
from usersim_opt.tau.shown import Downstream

_NAMED = re.compile(r"\[PERSONA:(\w+)\]\Z")


def persona_of(task: str) -> str:
    """The persona that a task's id names, `None`, `Easy` or `Hard`; empty where it names none.

    >>> persona_of("[service_issue]lock_sim_card_pin[PERSONA:Easy]"), persona_of("7")
    ('Easy', '')
    """
    found = _NAMED.search(task)
    return found[1] if found else ""


def by_persona(found: Downstream) -> Mapping[str, Mapping[str, Interval | None]]:
    """The agent's success by prompt and persona, with its interval over texts."""
    personas = _personas(found)
    return {
        name: {
            persona: success(
                [run for run in runs if persona_of(run.talk.task) == persona], found.texts
            )
            for persona in personas
        }
        for name, runs in found.simulations.items()
    }


def _personas(found: Downstream) -> dict[str, int]:
    """How many tasks each persona has, in the order of the tasks."""
    names = [persona_of(task) for task in found.texts]
    return {name: names.count(name) for name in names if name}


def persona_table(found: Downstream) -> str:
    """A line for each prompt, a column for each persona; empty where no task names one."""
    personas = _personas(found)
    if not personas:
        return ""
    head = ["customer", *(f"{name}: {many(n, 'task')}" for name, n in personas.items())]
    rows = [[name, *map(percent, row.values())] for name, row in by_persona(found).items()]
    return f"Success by tau2's own personas, each on other tasks:\n{grid(head, rows)}"
