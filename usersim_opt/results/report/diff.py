"""Two prompts side by side, by lines and then by words. The page's script does the same for any other two versions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

MOST_WORK = 4_000_000
"""Lines (or words) of the old text times those of the new one from which they are not matched but set against each other whole."""
ALIKE = 0.5
"""Share of common words from which two lines are shown as one that was changed."""
Run = tuple[str, str]
"""`same`, `del` or `ins`, and a stretch of text."""


@dataclass(frozen=True)
class DiffRow:
    """A line of the old and of the new text; None where one side has no such line."""

    old: Sequence[Run] | None
    new: Sequence[Run] | None

    @property
    def same(self) -> bool:
        """Whether both sides are equal."""
        return self.old == self.new


def diff(old: str, new: str) -> list[DiffRow]:
    """The lines of both texts in order, equal ones beside each other."""
    before, after = old.split("\n"), new.split("\n")
    rows: list[DiffRow] = []
    if len(before) * len(after) > MOST_WORK:
        return [DiffRow([("del", old)], None), DiffRow(None, [("ins", new)])]
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [DiffRow([("same", text)], [("same", text)]) for text in before[a:b]]
        else:
            rows += _changed(before[a:b], after[c:d])
    return rows


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[DiffRow]:
    for old, new in zip_longest(before, after):
        if old is None or new is None or not _alike(old, new):
            if old is not None:
                yield DiffRow([("del", old)], None)
            if new is not None:
                yield DiffRow(None, [("ins", new)])
        else:
            yield DiffRow(*_by_words(old, new))


def _by_words(old: str, new: str) -> tuple[list[Run], list[Run]]:
    before, after = _words(old), _words(new)
    sides: tuple[list[Run], list[Run]] = ([], [])
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for side, kind, text in ((0, "del", before[a:b]), (1, "ins", after[c:d])):
            if text:
                sides[side].append(("same" if tag == "equal" else kind, "".join(text)))
    return sides


def _alike(old: str, new: str) -> bool:
    before, after = _words(old), _words(new)
    return (
        len(before) * len(after) <= MOST_WORK
        and SequenceMatcher(None, before, after, autojunk=False).ratio() >= ALIKE
    )


def _words(text: str) -> list[str]:
    """Words and marks, each with the white space behind it, so that spaces alone make no two lines alike."""
    return re.findall(r"(?:\w+|[^\w\s])\s*|\s+", text)
