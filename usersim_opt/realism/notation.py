"""The notation of the phrase lists, as patterns; phrases.yaml explains the notation.

>>> bool(pattern_of(["can{'}t find"]).search("i cant find it"))
True

Not covered: brackets inside brackets; nothing of the lists needs them.
"""

import re
from collections.abc import Callable, Iterable

_TOKEN = re.compile(r"\[(?P<one>[^][]*)\]|\{(?P<maybe>[^{}]*)\}|<(?P<gap>any|word|1|\d+-\d+)>")
_LETTER_FOLLOWS = "<word>"


def pattern_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of the phrases, bounded by what is no word character."""
    # The border in front stands once, before all phrases: that is ten times as fast as one in each.
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_expression, phrases)) or '(?!)'})")


def _expression(phrase: str) -> str:
    """A phrase with its border behind, unless it ends on a word character to come."""
    after = "" if phrase.endswith(_LETTER_FOLLOWS) else r"(?!\w)"
    return f"{_body(phrase)}{after}"


def _body(phrase: str) -> str:
    pieces, begin = [], 0
    for token in _TOKEN.finditer(phrase):
        pieces += [re.escape(phrase[begin : token.start()]), _replaced(token)]
        begin = token.end()
    return "".join([*pieces, re.escape(phrase[begin:])])


def _replaced(token: re.Match[str]) -> str:
    kind = str(token.lastgroup)
    return _MEANING[kind](token[kind])


def _any_of(options: str) -> str:
    return f"(?:{'|'.join(map(re.escape, options.split('/')))})"


def _gap(name: str) -> str:
    fixed = {"any": ".*", "word": r"(?=\w)", "1": "."}
    return fixed.get(name) or f".{{{name.replace('-', ',')}}}"


_MEANING: dict[str, Callable[[str], str]] = {
    "one": _any_of,
    "maybe": lambda options: f"{_any_of(options)}?",
    "gap": _gap,
}
"""What a token of the notation stands for, by its kind."""
