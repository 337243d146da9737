"""YAML for data that people write by hand: safe, strict, and exact about where a fault is.

Refused, with file and line: duplicate keys, keys that are no text, aliases and anchors, tags, more than one document, more
than 1 MB, more than 20 levels. Plain scalars are read by the few rules that nobody trips over: `true`, `false`,
`null`, decimal whole numbers, decimal fractions; everything else (`no`, `12:30`, `0123`, `2024-05-20`) is text.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from usersim_opt.basics.errors import DatasetError

MAX_BYTES = 1_000_000
MAX_DEPTH = 20


class _Loader(yaml.SafeLoader):
    """SafeLoader with the strict rules; its own resolver table, filled below."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own attribute

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="aliases and anchors are not allowed; write the value out",
                problem_mark=event.start_mark,
            )
        if getattr(event, "tag", None) is not None:
            raise yaml.MarkedYAMLError(
                problem=f"tags such as {event.tag!r} are not allowed; write the value plainly",
                problem_mark=event.start_mark,
            )
        self.depth = getattr(self, "depth", 0) + 1
        if self.depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(
                problem=f"more than {MAX_DEPTH} levels", problem_mark=event.start_mark
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                raise yaml.MarkedYAMLError(
                    problem=f"key {key.value!r} is no text; quote it", problem_mark=key.start_mark
                )
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"key {key.value!r} stands twice; keep one of them",
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""]
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,17})$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}$"),
    list("-0123456789"),
)


class _Dumper(yaml.SafeDumper):
    """Writes what `_Loader` reads back: lines of text as blocks, no aliases."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as above
        first: list(rules)
        for first, rules in (
            yaml.SafeDumper.yaml_implicit_resolvers | _Loader.yaml_implicit_resolvers
        ).items()
    }

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """Lines as a block where a block can hold them, odd line ends escaped in double quotes, all else as PyYAML likes."""
    style = None
    if re.search(r"[\r\x85\u2028\u2029]", text):
        style = '"'
    elif (
        "\n" in text
        and not re.search(r"[^\S\n ]|\s$|^\s| \n", text)
        and all(line.isprintable() for line in text.split("\n"))
    ):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.Node:
    """Short plain items on one line, as phrase lists are written by hand; everything else below each other."""
    plain = all(
        isinstance(item, str | int | float | bool)
        and len(str(item)) <= 40
        and "\n" not in str(item)
        for item in items
    )
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=plain)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)


def load(path: Path) -> Any:
    """Read one YAML file; DatasetError names file, line and what to do."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read ({error.strerror}); expected a YAML file"
        ) from error
    if len(raw) > MAX_BYTES:
        raise DatasetError(f"{path}: {len(raw):,} bytes; expected at most {MAX_BYTES:,}")
    try:
        return loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise DatasetError(f"{where}: {problem}") from error


def loads(text: str) -> Any:
    """Read one YAML text; raises yaml.YAMLError."""
    try:
        # _Loader is a SafeLoader, so this is yaml.safe_load with stricter rules.
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except RecursionError as error:
        raise yaml.YAMLError(f"more than {MAX_DEPTH} levels") from error


def dumps(data: Any) -> str:
    """Write plain data as YAML that `loads` gives back unchanged."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
