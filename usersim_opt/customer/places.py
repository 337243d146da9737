"""Places: where a prompt takes the private scenario, and what looks like one and is none.

There is one place, `{scenario}`. Other template languages write it otherwise, such as
`{{scenario}}` or `${scenario}`; nothing would fill that in, and the model would be sent it as it
is. All else in braces, such as `{name}`, is a placeholder that nothing fills.

Not covered: names in single square brackets beside a right place; they may be plain text.
"""

import re
from collections.abc import Iterator

PLACE = "{scenario}"
_WRITE = f"expected {PLACE}, where the private scenario belongs"
_NAME = r"(?:[a-z]+[_ -])*(?:scenario|instructions?|story)(?:[_-][a-z]+)*"
_NEAR = re.compile(
    rf"[$#@%]?\{{[{{%#]{{0,4}}[\s#/^&!$]{{0,40}}{_NAME}(?:[\s|!:.[][^{{}}\n]*)?"
    r"[%#]?\}+"  # {{scenario}}, ${..}
    rf"|%\({_NAME}\)[a-z]?|%{_NAME}%|<%[=-]?\s*{_NAME}\s*%>"  # %(scenario)s, <%= scenario %>
    rf"|\${_NAME}\b"
    rf"|\[\[\s*{_NAME}\s*\]\]|<<\s*{_NAME}\s*>>",
    re.IGNORECASE,
)
"""A place as other template languages write it; the right one is found as well."""
_STAND_IN = re.compile(
    rf"\[\s*(?:insert |put |add |the |your |private )*{_NAME}(?: goes)?(?: here)?\s*\]"
    rf"|__{_NAME}__"
    r"|^[ \t]*</?(?:\w+_)?scenario(?:_\w+)?\s*/?>",
    re.IGNORECASE | re.MULTILINE,
)
"""What stands for the place in a prompt that has no right one; beside one it is plain text."""
_PLACEHOLDER = re.compile(
    r"[$#@%]?\{{1,4}\s{0,40}[#/^&]?[a-z_][\w.-]*(?: [\w.-]+){0,2}(?:\s*[|!:][^{}\n]*)?\s*\}+"
    r"|\{\d*\}|\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|%\([\w.]+\)[a-z]|<%[^%\n]*%>",
    re.IGNORECASE,
)


def places_amiss(text: str) -> str:
    """What is wrong with the place of the private scenario, with the line; empty if nothing is."""
    places = list(_near_places(text))
    for number, written in places:
        if written != PLACE:
            return f"line {number}: {written!r} stands in the prompt; {_WRITE}"
    if len(places) > 1:
        lines = " and ".join(str(number) for number, _ in places)
        return (
            f"{PLACE} stands {len(places)} times in the prompt (lines {lines}); "
            "expected it once, where the private scenario belongs"
        )
    stand_in = None if places else _STAND_IN.search(text)
    if stand_in:
        number = _line_of(text, stand_in.start())
        return f"line {number}: {stand_in.group().strip()!r} stands for no scenario; {_WRITE}"
    return ""


def without_places(text: str) -> str:
    """The lines of a text that have nothing to do with a place, right or wrong."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not (_NEAR.search(line) or _STAND_IN.search(line)))


def placeholders(text: str) -> Iterator[tuple[int, str]]:
    """What looks like a placeholder beside the place of the scenario, with the line's number."""
    for match in _PLACEHOLDER.finditer(text):
        if match.group() != PLACE:
            yield _line_of(text, match.start()), match.group()


def _near_places(text: str) -> Iterator[tuple[int, str]]:
    """The places in a text, right or misspelt, with the line's number."""
    for match in _NEAR.finditer(text):
        yield _line_of(text, match.start()), match.group()


def _line_of(text: str, position: int) -> int:
    """The number of the line at a position, from 1."""
    return text.count("\n", 0, position) + 1
