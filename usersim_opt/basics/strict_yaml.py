"""YAML for data that people write by hand: safe, strict, and exact about where a fault is.

Refused, with file and line: duplicate keys, keys that are no text, half characters, aliases and
anchors, tags, more than one document, more than 1 MB, more than 20 levels. Plain scalars are read
by the few rules that nobody trips over: `true`, `false`, `null`, decimal whole numbers, decimal
fractions; everything else (`no`, `12:30`, `0123`, `2024-05-20`) is text.
"""

import re
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.reading import read_bytes, text_of
from usersim_opt.basics.strict_json import half_character

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_NUMBERS = "-0123456789"
"""What a number can begin with."""
_TEXT_TAG = "tag:yaml.org,2002:str"
_LIST_TAG = "tag:yaml.org,2002:seq"


class _Strict(Resolver):
    """The strict rules, for a class that is made of PyYAML's parts; its own resolver table."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own attribute
    peek_event: Any

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        _check_plain(event)
        self.depth = getattr(self, "depth", 0) + 1
        if self.depth > MAX_DEPTH:
            raise _fault(f"more than {MAX_DEPTH} levels", event)
        node = super().compose_node(parent, index)  # type: ignore[misc]
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        _check_keys(node)
        fields: dict[Any, Any] = super().construct_mapping(node, deep=deep)  # type: ignore[misc]
        return fields


class _Loader(_Strict, yaml.SafeLoader):
    """SafeLoader with the strict rules."""


_Events: Any = yaml.cyaml.CParser if yaml.__with_libyaml__ else object  # type: ignore[attr-defined]
"""The events of a text, by libyaml, which reads a data set five times as fast."""


class _FastLoader(_Strict, Composer, _Events, SafeConstructor):
    """The same by libyaml, where PyYAML has it."""

    def __init__(self, text: str) -> None:
        _Events.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)


_FASTEST: Any = _FastLoader if yaml.__with_libyaml__ else _Loader


def _check_plain(event: Any) -> None:
    # An alias can be repeated until a small file fills the memory; a tag can name a Python object.
    # Neither is of use in data that people write by hand.
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _fault("aliases and anchors are not allowed; write the value out", event)
    if half := half_character(getattr(event, "value", "")):
        raise _fault(f"half a character near {half}; write the whole one as it is", event)
    if getattr(event, "tag", None) is not None:
        raise _fault(f"tags such as {event.tag!r} are not allowed; write the value plainly", event)


def _check_keys(mapping: Any) -> None:
    seen: set[str] = set()
    for key, _ in mapping.value:
        if key.tag != _TEXT_TAG:
            raise _fault(f"key {key.value!r} is no text; quote it", key)
        if key.value in seen:
            raise _fault(f"key {key.value!r} stands twice; keep one of them", key)
        seen.add(key.value)


def _fault(problem: str, at: Any) -> yaml.MarkedYAMLError:
    """An error at the place of an event or a node."""
    return yaml.MarkedYAMLError(problem=problem, problem_mark=at.start_mark)


# Type of a plain scalar, its shape, and the characters that it can begin with. More than 18 digits
# are a text: they are an id rather than an amount.
for _type, _shape, _first in (
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]{0,17})$", list(_NUMBERS)),
    ("float", r"^-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}$", list(_NUMBERS)),
):
    _Strict.add_implicit_resolver(f"tag:yaml.org,2002:{_type}", re.compile(_shape), _first)


_RULES: dict[str, list[Any]] = _Strict.yaml_implicit_resolvers


def _of_others(first: str) -> list[Any]:
    """PyYAML's own rules for plain texts that begin so, as far as they are heeded."""
    is_heeded = first not in _RULES or first in _NUMBERS
    return yaml.SafeDumper.yaml_implicit_resolvers.get(first, []) if is_heeded else []


class _Dumper(yaml.SafeDumper):
    """Writes what `_Loader` reads back: lines of text as blocks, no aliases."""

    # A text that our reader would take for another type is quoted. Where our rules say nothing of a
    # first character, and for what looks like a number, PyYAML's rules decide as well, so that
    # `001.3` is a text to other readers, too.
    yaml_implicit_resolvers = {  # noqa: RUF012 - as above
        first: [*_RULES.get(first, ()), *_of_others(first)]
        for first in _RULES.keys() | yaml.SafeDumper.yaml_implicit_resolvers.keys()
    }

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(_TEXT_TAG, text, style=_style(text))


def _style(text: str) -> str | None:
    """A block for lines that it can hold, double quotes for odd line ends, else PyYAML's style."""
    # Every YAML reader turns these line ends into "\n", unless they are escaped.
    if re.search(r"[\r\x85\u2028\u2029]", text):
        return '"'
    return "|" if "\n" in text and _fits_block(text) else None


def _fits_block(text: str) -> bool:
    """Whether a block gives the text back: printable, and its only white space is inside lines."""
    if re.search(r"[^\S\n ]|\s$|^\s| \n", text):
        return False
    return all(line.isprintable() for line in text.split("\n"))


def _represent_list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.Node:
    """Short items on one line, as phrase lists are written by hand; all others below each other."""
    return dumper.represent_sequence(_LIST_TAG, items, flow_style=all(map(_is_short, items)))


def _is_short(item: Any) -> bool:
    if not isinstance(item, str | int | float):
        return False
    text = str(item)
    return len(text) <= 40 and "\n" not in text


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)


def load(path: Path) -> Any:
    """Read one YAML file; DatasetError names file, line and what to do."""
    content = _content(path)
    try:
        return loads(text_of(content, where=path, error=DatasetError))
    except yaml.YAMLError as error:
        raise DatasetError(_located(error, path)) from error


def _content(path: Path) -> bytes:
    content = read_bytes(path, expected="a YAML file", error=DatasetError)
    if len(content) > MAX_BYTES:
        raise DatasetError(f"{path}: {len(content):,} bytes; expected at most {MAX_BYTES:,}")
    return content


def _located(error: yaml.YAMLError, path: Path) -> str:
    """The problem with its file and line."""
    mark = getattr(error, "problem_mark", None)
    where = f"{path}:{mark.line + 1}" if mark else str(path)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return f"{where}: {problem}"


def loads(text: str) -> Any:
    """Read one YAML text; raises yaml.YAMLError."""
    try:
        return _read(text, _FASTEST)
    except (yaml.YAMLError, UnicodeError):
        # The slow one says what is wrong in one wording, whatever libyaml there is.
        return _read(text, _Loader)


def _read(text: str, loader: Any) -> Any:
    try:
        # Both loaders are made of SafeLoader's parts: this is yaml.safe_load with stricter rules.
        return yaml.load(text, Loader=loader)  # noqa: S506
    except RecursionError as error:
        raise yaml.YAMLError(f"more than {MAX_DEPTH} levels") from error


def dumps(data: Any) -> str:
    """Write plain data as YAML that `loads` gives back unchanged."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
