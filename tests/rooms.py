"""The plan of the house: which file of the package imports which, read from the source.

Every import counts: of a package, of a second name in one statement, inside a function, under
TYPE_CHECKING. `faults` says what breaks the rules.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOMS = (
    "basics", "scenarios", "customer", "models", "measuring", "realism", "results", "tuning", "tau",
)  # fmt: skip
"""Each room may import only those before it, and itself."""
PACKAGE = "usersim_opt"
FACES = {"", "testing"}
"""What stands in the root: the public names, and the loopback server under its first name."""
COMMANDS = "commands"
"""What users run; it stands before the house and uses the public names as any script does."""
STARTS = "__main__"
"""What `python -m` runs: it belongs to the commands."""


def modules(root: Path) -> dict[str, Path]:
    """The files of the package by their dotted names."""
    files = sorted((root / PACKAGE).rglob("*.py"))
    return {_dotted(file.relative_to(root)): file for file in files}


def imports(root: Path) -> dict[str, dict[str, int]]:
    """By module, the modules of the package that it imports, each with the line."""
    known = modules(root)
    return {name: dict(_imports(file, known)) for name, file in known.items()}


def faults(root: Path) -> list[str]:
    """Files in no room, imports against the order of the rooms, and circles of files."""
    graph = imports(root)
    strays = [f"{name} stands in no room" for name in graph if not _is_housed(name)]
    upward = [
        f"{name}:{line} imports {other} of a later room"
        for name, others in graph.items()
        for other, line in others.items()
        if _place(other) > _place(name)
    ]
    return [*strays, *upward, *(f"circle: {' -> '.join(circle)}" for circle in circles(graph))]


def circles(graph: Mapping[str, Mapping[str, int]]) -> list[list[str]]:
    """Groups of files that import each other, directly or through others."""
    reach = {name: _reachable(graph, name) for name in graph}
    groups = {
        frozenset({name, *(other for other in reach[name] if name in reach[other])})
        for name in graph
    }
    return [sorted(group) for group in groups if len(group) > 1]


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imports(file: Path, known: Mapping[str, Path]) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = f"{_parent(file, known, node.level)}{node.module or ''}"
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            module = _module_of(name, known)
            if module and known[module] != file:
                yield module, node.lineno


def _parent(file: Path, known: Mapping[str, Path], level: int) -> str:
    """What a relative import counts from, with its dot; empty for an absolute one."""
    if not level:
        return ""
    name = next(dotted for dotted, path in known.items() if path == file)
    parts = name.split(".")
    keep = len(parts) - level + (file.name == "__init__.py")
    return ".".join(parts[:keep]) + "."


def _module_of(name: str, known: Mapping[str, Path]) -> str:
    """The module that an imported name is, or stands in; empty for other packages."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def _room(module: str) -> str:
    room = module.removeprefix(PACKAGE).lstrip(".").partition(".")[0]
    return COMMANDS if room == STARTS else room


def _place(module: str) -> int:
    """The place of a module's room; the faces in the root come after all rooms, then commands."""
    order = [*ROOMS, "", COMMANDS]
    room = _room(module)
    return order.index(room) if room in order else len(ROOMS)


def _is_housed(module: str) -> bool:
    return _room(module) in {*ROOMS, *FACES, COMMANDS}


def _reachable(graph: Mapping[str, Mapping[str, int]], start: str) -> set[str]:
    seen: set[str] = set()
    ahead = list(graph.get(start, ()))
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += graph.get(name, ())
    return seen
