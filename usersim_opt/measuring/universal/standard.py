"""The standard universal guards, in the order of guards.yaml, and a choice of them."""

from collections.abc import Iterable

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.universal.both_sides import both_sides
from usersim_opt.measuring.universal.facts import unknown_fact
from usersim_opt.measuring.universal.guard import Objection, UniversalGuard
from usersim_opt.measuring.universal.recital import story_recital
from usersim_opt.measuring.universal.signs import Signs
from usersim_opt.measuring.universal.stops import early_stop, stop_with_text
from usersim_opt.measuring.universal.table import TABLE

_BY_CODE: dict[str, Objection] = {
    objection.__name__: objection
    for objection in (both_sides, unknown_fact, story_recital, stop_with_text, early_stop)
}
"""The guards that are more than patterns."""


@checks_arguments
def universal_guards(*, without: str | Iterable[str] = ()) -> tuple[UniversalGuard, ...]:
    """The standard guards but for those whose names are in `without`.

    Leave one out where a domain has good reason for what it objects to: `without=["markup"]` where
    customers paste code. InputError for a name that no guard has.
    """
    left_out = {without} if isinstance(without, str) else set(without)
    unknown = sorted(left_out - set(TABLE.lines))
    if unknown:
        raise InputError(
            f"there is no universal guard {unknown[0]!r}; known are {', '.join(TABLE.lines)}"
        )
    return tuple(_guard(name) for name in TABLE.lines if name not in left_out)


def _guard(name: str) -> UniversalGuard:
    objection = _BY_CODE.get(name) or Signs(name)
    return UniversalGuard(name, TABLE.lines[name], objection)
