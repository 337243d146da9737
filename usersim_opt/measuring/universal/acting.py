"""Where universal guards act: they add to a grade what the reply breaks, whoever graded it."""

from typing import Any

from usersim_opt.measuring.outcome import Grade
from usersim_opt.measuring.universal.guard import Guards, UniversalGuard, broken, check_guards
from usersim_opt.measuring.universal.standard import universal_guards
from usersim_opt.scenarios.checks import Moment

STANDARD = universal_guards()
"""What holds where a metric says nothing of guards."""


def guards_of(metric: Any) -> tuple[UniversalGuard, ...]:
    """The metric's own `guards`, else the standard ones; InputError for what is no guard."""
    guards = getattr(metric, "guards", None)
    if guards is None:
        return STANDARD
    check_guards(guards)
    return tuple(guards)


def guards_name(metric: Any) -> str:
    """What tells the metric's guards from the standard ones, by their names; empty for those."""
    guards = guards_of(metric)
    if guards == STANDARD:
        return ""
    return f"[guards: {', '.join(guard.name for guard in guards) or 'none'}]"


def with_broken(grade: Grade, guards: Guards, *, reply: str, moment: Moment) -> Grade:
    """The grade with the verdicts of the guards that the reply breaks, as the model gave it.

    A verdict that the grade holds already is not doubled.
    """
    held = {verdict.criterion for verdict in grade.guards}
    more = [each for each in broken(guards, reply, moment) if each.criterion not in held]
    return grade.model_copy(update={"guards": (*grade.guards, *more)}) if more else grade
