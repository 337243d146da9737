"""Rows as a DataFrame; pandas is loaded when a frame is asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]


def frame(rows: Sequence[Row], columns: Sequence[str]) -> "pd.DataFrame":
    """The rows as a DataFrame with these columns, also when there are no rows.

    InputError where pandas is missing.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - an extra, loaded when it is used
    except ImportError as error:
        raise InputError(
            "to_pandas needs pandas, which is not installed; pip install pandas"
        ) from error
    return pd.DataFrame(list(rows), columns=list(columns))
