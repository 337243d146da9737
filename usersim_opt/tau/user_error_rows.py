"""The customers' faults as rows of a page: by tag, and the faults themselves."""

from collections.abc import Mapping
from typing import Any

from usersim_opt.basics.figures import percent
from usersim_opt.tau.user_error_table import UserErrors

MOST = 40
"""Faults that are shown with their words."""
Row = Mapping[str, Any]


def error_rows(errors: UserErrors) -> Mapping[str, list[Row]]:
    """`tags`: a row for each tag with a share by prompt; `faults`: the first faults, in words."""
    shares = {name: errors.shares(name) for name in errors.judged}
    kinds = list(next(iter(shares.values()), {}))
    tags: list[Row] = [
        {"tag": kind, "shares": [percent(each[kind]) for each in shares.values()]} for kind in kinds
    ]
    return {"tags": tags, "faults": list(errors.rows[:MOST])}
