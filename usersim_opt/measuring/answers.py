"""Reading a judge's answer: all that can be read without guessing, and nothing else.

Models write almost JSON: notes before and after it, fences, comments, commas too many, escapes that
JSON does not know, an answer that ends in the middle. What such a text means is not in doubt, so it
is read. Where it is in doubt, as after a quotation mark too few, nothing is read from there on: the
text of a reply that the judge quotes may hold JSON of its own, and must never count as a verdict.

    values      the objects and lists of an answer, thoughts left out
    entries     the entries of the list of verdicts among them

Not covered: other notations than JSON, such as YAML or Python's with single quotes.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from usersim_opt.basics.text import THOUGHT_MARKS, fold

Entry = dict[str, Any]
"""One object of a judge's JSON."""
_QUOTED = 80
"""Characters of an answer that a message shows."""
_DEEPEST = 20
"""Levels of nesting that are read; verdicts need three."""
_BEGINNING = re.compile(
    rf"""
      {THOUGHT_MARKS.pattern}
    | \{{ \s* "[^"\\]*" \s* :    # an object; a brace of a note has no name and colon
    | \[ \s* \{{                 # a list of objects
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN = re.compile(
    r"""
      (?P<blank> [\s\u200b-\u200d\u2060\ufeff]+ )
      # In a text without line breaks a comment ends where the next entry or the answer's end is.
    | (?P<comment> //.*?(?= \n | ,\s*\{ | \]\s*\}\s*\Z | \Z) | /\*.*?\*/ )
    | (?P<text> "[^"\\]*(?:\\.[^"\\]*)*" )
    | (?P<mark> [{}\[\]:,] )
    | (?P<word> [A-Za-z0-9.+-]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|["\\/bfnrt])|\\')
_END = ""
"""The token at the end of the text."""


class UnreadableError(ValueError):
    """An answer holds no list of verdicts; the message says why, and shows how it begins."""


def quoted(answer: str) -> str:
    """The beginning of an answer as messages show it."""
    return repr(answer[:_QUOTED])


def entries(answer: str, ids: Collection[str]) -> list[Entry]:
    """The entries of the last list of verdicts that names one of the criteria.

    Entries that stand in no list come on top: where they say something else of a criterion, it has
    two verdicts. UnreadableError where there is neither. Of an answer that was cut off the entries
    before the cut are given.
    """
    readable = values(answer)
    if not readable:
        raise UnreadableError(f"the judge's answer holds no JSON object: {quoted(answer)}")
    lists = list(_lists(readable))
    alone = [value for value in readable if _is_entry(value)]
    if not lists and not alone:
        raise UnreadableError(f"the judge's answer has no list of verdicts: {quoted(answer)}")
    return [*_last(lists, ids), *alone]


def _lists(readable: list[Any]) -> Iterator[list[Entry]]:
    """The lists of verdicts, in order."""
    for value in readable:
        listed = value.get("verdicts") if isinstance(value, dict) else value
        if isinstance(listed, list) and _are_entries(listed, bare=listed is value):
            yield listed


def _last(lists: list[list[Entry]], ids: Collection[str]) -> list[Entry]:
    """The last of the lists that names one of the criteria; empty without one."""
    # A judge that repeats the form of an answer after its answer names none of them.
    names = set(map(fold, ids))
    return next((listed for listed in reversed(lists) if _names(listed, names)), [])


def _are_entries(listed: list[Any], *, bare: bool) -> bool:
    """Whether a list holds objects alone; one under no name must hold nothing but verdicts."""
    if bare:
        return all(map(_is_entry, listed))
    return all(isinstance(entry, dict) for entry in listed)


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and "id" in value and "verdict" in value


def _names(listed: list[Entry], ids: Collection[str]) -> bool:
    return any(name_in(entry) in ids for entry in listed)


def name_in(entry: Entry) -> str:
    """The criterion that an entry names, as names are compared: folded, without outer blanks."""
    return _clean(entry.get("id"))


def outcome_in(entry: Entry) -> str:
    """The word of an entry's verdict, folded; `true` and `false` for those of JSON."""
    verdict = entry.get("verdict")
    return str(verdict).lower() if isinstance(verdict, bool) else _clean(verdict)


def _clean(value: Any) -> str:
    """A text or number as it is compared; empty for anything else."""
    text = str(value) if isinstance(value, str | int) else ""
    return fold(re.sub("[\u200b-\u200d\u2060\ufeff]", "", text))


def values(answer: str) -> list[Any]:
    """The objects and lists of an answer in order, those in thoughts left out.

    UnreadableError where one begins as JSON and does not go on as JSON.
    """
    readable: list[Any] = []
    at = 0
    while beginning := _BEGINNING.search(answer, at):
        if beginning["opening"]:
            at = _after_thought(answer, beginning.end())
        elif beginning["closing"] or beginning["final"]:
            # The template of a chat often opens the thoughts itself: all before was one.
            readable, at = [], beginning.end()
        elif beginning["end"]:
            at = beginning.end()
        else:
            # Nothing behind a broken value is read: it may be a quotation that was meant to stand
            # in one of its texts.
            reader = _Reader(answer, beginning.start())
            readable += reader.whole_value()
            at = reader.at
    return readable


def _after_thought(answer: str, start: int) -> int:
    """Where the thought ends; one that is never closed takes the rest of the answer."""
    marks = THOUGHT_MARKS.finditer(answer, start)
    ends = (mark.end() for mark in marks if not mark["opening"])
    return next(ends, len(answer))


class _Reader:
    """Reads one object or list of an answer, from `at` on.

    The containers of a text that ends too early are given as far as they are whole: a list without
    the item that was cut.
    """

    def __init__(self, answer: str, at: int) -> None:
        self.answer, self.at = answer, at
        self.is_cut = False
        """Whether the text ended before the value did."""
        self._depth = 0

    def whole_value(self) -> list[Any]:
        """The value that begins here, in a list; none for an entry that was cut."""
        value = self.value()
        is_whole = not (self.is_cut and _is_entry(value))
        return [value] if is_whole else []

    def value(self) -> Any:
        """The value that begins here; UnreadableError for what is none."""
        token = self._take()
        if token in ("{", "["):
            return self._container(token)
        if token.startswith('"'):
            return _string(token)
        return self._literal(token)

    def _container(self, opening: str) -> Any:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error("nests too deeply")
        container = self._object() if opening == "{" else self._list()
        self._depth -= 1
        return container

    def _object(self) -> Entry:
        fields: Entry = {}
        while (token := self._take()) not in ("}", _END):
            name = self._name(token)
            value = self.value()
            # Python's own reader would take the last of two.
            if name in fields:
                raise self._error(f"{name!r:.40} stands twice in one object")
            fields[name] = value
            self._close_item("}")
        return fields

    def _name(self, token: str) -> str:
        """The name of a field, the colon behind it taken as well."""
        if not token.startswith('"'):
            raise self._error(f"a name was expected, got {token!r:.40}")
        colon = self._take()
        if colon not in (":", _END):
            raise self._error(f"a colon was expected, got {colon!r:.40}")
        return _string(token)

    def _list(self) -> list[Any]:
        items: list[Any] = []
        while self._peek() != "]":
            item = self.value()
            if self.is_cut:
                return items
            items.append(item)
            self._close_item("]")
        self._take()
        return items

    def _close_item(self, closing: str) -> None:
        """Go past the comma behind an item; a comma before the end of a container is allowed."""
        if self._peek() == ",":
            self._take()
        elif self._peek() not in (closing, _END):
            raise self._error(f"a comma was expected, got {self._peek()!r:.40}")

    def _literal(self, word: str) -> Any:
        """A number, true, false or null."""
        if self.is_cut:
            return None
        try:
            return json.loads(word)
        except ValueError as error:
            raise self._error(f"{word!r:.40} is no value") from error

    def _peek(self) -> str:
        """The next token; it stays the next one."""
        at, is_cut = self.at, self.is_cut
        token = self._take()
        self.at, self.is_cut = at, is_cut
        return token

    def _take(self) -> str:
        """The next token, blanks and comments left out; at the end of the text `_END`."""
        while token := _TOKEN.match(self.answer, self.at):
            self.at = token.end()
            # A word at the very end may be the beginning of a longer one.
            if token["word"] and self.at == len(self.answer):
                break
            if not token["blank"] and not token["comment"]:
                return token[0]
        return self._take_end()

    def _take_end(self) -> str:
        """The end of the text; UnreadableError where it is not reached."""
        rest = self.answer[self.at :]
        # A text without its second quotation mark takes the rest.
        if rest and not rest.startswith('"'):
            raise self._error(f"{rest[0]!r} was not expected")
        self.is_cut = True
        self.at = len(self.answer)
        return _END

    def _error(self, why: str) -> UnreadableError:
        place = f"at character {self.at}"
        beginning = quoted(self.answer)
        return UnreadableError(f"the judge's answer is not readable, {why} {place}: {beginning}")


def _string(token: str) -> str:
    """The text of a string token; line breaks in it and unknown escapes stand for themselves."""
    known = _ESCAPE.sub(lambda escape: escape[0] if escape[1] else r"\\", token)
    return str(json.loads(known, strict=False))
