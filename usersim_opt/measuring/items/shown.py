"""The item analysis as users hold it: the table of all items, and every form in which it shows."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.items.notebook import as_html, page
from usersim_opt.measuring.items.records import ItemTable
from usersim_opt.measuring.items.rows import item_frame, write_csv, write_json
from usersim_opt.measuring.items.table import as_text
from usersim_opt.scenarios.kinds import family_of, in_order

if TYPE_CHECKING:
    import pandas as pd

MOST_ON_A_PAGE = 300
"""Items of a page, the worst first: the tables have all."""


@dataclass(frozen=True, repr=False)
class ItemAnalysis(ItemTable):
    """What the replies say of each criterion, and of the rubric as a whole.

    Printed it is a table, in a notebook a view with the replies to be read.
    """

    @visibly
    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)

    def of_dimensions(self, names: Collection[str]) -> Self:
        """The same with the items of some dimensions, or of all dimensions of a family.

        InputError for a name that no item has.
        """
        known = {item.dimension for item in self.items}
        families = {family_of(name) for name in known}
        for name in names:
            if name not in known | families:
                listed = ", ".join(in_order(known)) or "none"
                raise InputError(f"dimension {name!r}: no item has it; there are {listed}")
        wanted = [
            item
            for item in self.items
            if item.dimension in names or family_of(item.dimension) in names
        ]
        return replace(self, items=wanted)

    def to_pandas(self) -> "pd.DataFrame":
        """One row per item, in the order of the rubrics; the columns are those of rows.py."""
        return item_frame(self)

    def to_csv(self, path: str | Path) -> Path:
        """Write a row per item as CSV, whole or not at all, and return the path.

        InputError where no file can be written.
        """
        return write_csv(self, path)

    def to_json(self, path: str | Path) -> Path:
        """Write everything as JSON, replies included, whole or not at all, and return the path.

        InputError where no file can be written.
        """
        return write_json(self, path)

    def to_html(self, path: str | Path) -> Path:
        """Write a page that loads and runs nothing, whole or not at all, and return the path.

        It has the 300 worst items. InputError where no file can be written.
        """
        file = Path(path)
        check_writable(file)
        write_text(file, page(self, MOST_ON_A_PAGE))
        return file
