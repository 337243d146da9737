"""Does each model answer, and how long does a call take? Asked once, before anything is spent.

Not covered: calls with tools, which take longer; stand-ins, which answer at once.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import dspy

from usersim_opt.models.naming import is_offline
from usersim_opt.models.preflight import preflight

Clock = Callable[[], float]


def seconds_of(
    models: Mapping[str, Any], text: str, *, clock: Clock = time.monotonic
) -> dict[str, float]:
    """The seconds of a call of each model by role; scripts and stand-ins are left out.

    `text` is as long as what the customer is told. Unreachable, BadReply, InputError or
    ModelError say of a model that does not answer what is wrong and what to do.
    """
    asked = {role: lm for role, lm in models.items() if isinstance(lm, dspy.LM)}
    real = {role: lm for role, lm in asked.items() if not is_offline(lm)}
    for role, lm in real.items():
        preflight(lm, role, longest=text)
    return {role: _timed(lm, text, clock) for role, lm in real.items()}


def _timed(lm: dspy.LM, text: str, clock: Clock) -> float:
    started = clock()
    with dspy.context(disable_history=True, trace=None):
        lm(text, cache=False)
    return clock() - started
