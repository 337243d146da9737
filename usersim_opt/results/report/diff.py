"""Two prompts side by side, by lines and then by words.

The page's script does the same for any other two versions.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

MOST_WORK = 4_000_000
"""Lines (or words) of the old text times those of the new one that are still matched.

Beyond that both texts are set against each other whole: matching takes time with this product.
"""
ALIKE = 0.5
"""Share of common words from which two lines are shown as one that was changed."""
Stretch = tuple[str, str]
"""`same`, `del` or `ins`, and a stretch of text."""
_Texts = Sequence[str]
"""Lines, or the words of a line."""
_Match = tuple[bool, _Texts, _Texts]
"""Whether both sides are the same, the part of the old text, and that of the new one."""


@dataclass(frozen=True)
class DiffRow:
    """A line of the old and of the new text; None where one side has no such line."""

    old: Sequence[Stretch] | None
    new: Sequence[Stretch] | None

    @property
    def same(self) -> bool:
        """Whether both sides are equal."""
        return self.old == self.new


def diff(old: str, new: str) -> list[DiffRow]:
    """The lines of both texts in order, equal ones beside each other."""
    before, after = old.split("\n"), new.split("\n")
    if _too_long(before, after):
        return [_gone(old), _come(new)]
    rows: list[DiffRow] = []
    for same, gone, come in _matched(before, after):
        rows += map(_same, gone) if same else _changed(gone, come)
    return rows


def _same(line: str) -> DiffRow:
    return DiffRow([("same", line)], [("same", line)])


def _gone(line: str) -> DiffRow:
    return DiffRow([("del", line)], None)


def _come(line: str) -> DiffRow:
    return DiffRow(None, [("ins", line)])


def _too_long(before: _Texts, after: _Texts) -> bool:
    return len(before) * len(after) > MOST_WORK


def _matcher(before: _Texts, after: _Texts) -> SequenceMatcher[str]:
    """Without difflib's junk heuristic, which takes what is frequent for unimportant."""
    return SequenceMatcher(None, before, after, autojunk=False)


def _matched(before: _Texts, after: _Texts) -> Iterator[_Match]:
    """Parts of both lists that belong together, and whether they are the same."""
    for tag, a, b, c, d in _matcher(before, after).get_opcodes():
        yield tag == "equal", before[a:b], after[c:d]


def _changed(before: _Texts, after: _Texts) -> Iterator[DiffRow]:
    """Lines that took each other's place: one row where they are alike, else one for each."""
    for old, new in zip_longest(before, after):
        yield from _replaced(old, new)


def _replaced(old: str | None, new: str | None) -> Iterator[DiffRow]:
    if old is not None and new is not None and _alike(old, new):
        yield _by_words(old, new)
        return
    if old is not None:
        yield _gone(old)
    if new is not None:
        yield _come(new)


def _by_words(old: str, new: str) -> DiffRow:
    matches = list(_matched(_words(old), _words(new)))
    left = [_stretch("same" if same else "del", words) for same, words, _ in matches if words]
    right = [_stretch("same" if same else "ins", words) for same, _, words in matches if words]
    return DiffRow(left, right)


def _stretch(kind: str, words: _Texts) -> Stretch:
    return kind, "".join(words)


def _alike(old: str, new: str) -> bool:
    before, after = _words(old), _words(new)
    return not _too_long(before, after) and _matcher(before, after).ratio() >= ALIKE


def _words(text: str) -> list[str]:
    """Words and marks, each with the white space behind it: spaces alone make no lines alike."""
    return re.findall(r"(?:\w+|[^\w\s])\s*|\s+", text)
