"""Tasks of tau-bench and tau2 and plain lists of stories, as data: no task file is ever run.

    load_tau_bench("tasks_test.py")  Task(user_id=..., instruction=..., actions=[...]), or dicts
    load_tau_bench("tasks.json")     [{"id": 0, "instruction": "...", "user_id": "..."}, ...]
    load_tau_bench("tasks.jsonl")    the same, one a line; tau2's tasks may stand so as well
    load_tau_bench("stories.json")   ["You are Priya Shah. You ...", ...], or {"story": "..."} each
    load_tau2("tasks.json")          [{"id": "0", "user_scenario": {"persona": ...,
                                                                    "instructions": {...}}}, ...]

An entry may name its `domain`. An id or a story that stands in a list twice is a fault of the
second entry; tasks of tau2 may share a story, since there the databases differ.

A tau2 story is laid out as tau2 itself puts it before its user, so that a prompt meets there what
it was tuned on. Ids become `000`, `001`, ... in file order; the id in the source is kept in the
task's `source`.

Not covered: actions, databases, rewards. They are the agent's side.
"""

import ast
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeGuard

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.text import fold, is_blank
from usersim_opt.basics.validation import Fields
from usersim_opt.scenarios.records import Task

OnFault = Callable[[str], None]
Expressions = dict[str, ast.expr]
"""Parts of a Python file by the names under which they stand in an entry."""
Maker = Callable[[Any, int], Task]
"""A task from an entry and its number in the file; KeyError, TypeError or ValueError if broken."""

_SECTIONS = (
    ("reason_for_call", "Reason for call"),
    ("known_info", "Known info"),
    ("unknown_info", "Unknown info"),
    ("task_instructions", "Task instructions"),
)
"""The fields of tau2's instructions with their titles, in the order in which tau2 shows them."""
_EXPECTED = "a list of tasks, as in a task file of tau-bench or tau2, or a list of stories"
_LIKE = '{"id": 0, "instruction": "..."}'
_LINES = (".jsonl", ".ndjson")
"""Endings of files with an entry a line; other files may have that form, too."""
_STORY = ("instruction", "story")
"""The fields of a plain list that may hold the story."""
_OF_TAU_BENCH = ("user_id", "actions", "annotator")
"""Fields that only tau-bench's own entries have."""
UNKNOWN = "unknown"
"""The domain of a task that names none."""
_REQUIRED = ("reason_for_call", "task_instructions")


def load_tasks(
    path: str | Path, *, domain: str = UNKNOWN, on_fault: OnFault | None = None
) -> list[Task]:
    """Read a task file of any of the forms; its ending and content say which it is."""
    file = Path(path)
    if file.suffix != ".py" and _is_tau2(file):
        return load_tau2(file, on_fault=on_fault)
    return load_tau_bench(file, domain=domain, on_fault=on_fault)


def _is_tau2(file: Path) -> bool:
    first = next(iter(_json_list(file)), None)
    return isinstance(first, dict) and "user_scenario" in first


@checks_arguments
def load_tau_bench(
    path: str | Path, *, domain: str = UNKNOWN, on_fault: OnFault | None = None
) -> list[Task]:
    """Read tau-bench's own Python task file, or tasks or stories as a JSON list.

    `domain` is that of entries that name none. A broken entry, or one that stands there twice,
    raises DatasetError, which names file and entry; with `on_fault` that gets the message instead,
    and the entry is left out.
    """
    file = Path(path)
    entries = _python_entries(file) if file.suffix == ".py" else _json_list(file)
    make = partial(_listed_task, domain=domain, file=file.name, seen=_Seen())
    return _tasks(file, entries, make=make, on_fault=on_fault)


@checks_arguments
def load_tau2(path: str | Path, *, on_fault: OnFault | None = None) -> list[Task]:
    """Read tau2's tasks.json; faults as in load_tau_bench."""
    file = Path(path)
    return _tasks(file, _json_list(file), make=_tau2_task, on_fault=on_fault)


def _tasks(
    file: Path, entries: Iterable[Any], *, make: Maker, on_fault: OnFault | None
) -> list[Task]:
    tasks, faults = [], []
    for number, entry in enumerate(entries):
        try:
            tasks.append(make(entry, number))
        except (KeyError, TypeError, ValueError, InputError) as error:
            fault = f"{file}: task {number}: {_reason(error)}"
            if on_fault is None:
                raise DatasetError(fault) from error
            faults.append(fault)
            on_fault(fault)
    if not tasks:
        nothing = "holds no task; expected tau-bench's tasks_test.py, or a JSON list of tasks"
        raise DatasetError(faults[0] if faults else f"{file}: {nothing}")
    return tasks


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return str(error)
    return f"field {error} is missing" if isinstance(error, KeyError) else str(error)


@dataclass
class _Seen:
    """What the entries before had: ids and stories, each with the number of its entry."""

    ids: dict[str, int] = field(default_factory=dict)
    stories: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, story: str, number: int) -> None:
        """Note an entry; ValueError for an id or a story that stands there already."""
        if name in self.ids:
            raise ValueError(
                f"the id {name!r} is that of task {self.ids[name]}, too; give it one of its own"
            )
        same = fold(story)
        if same in self.stories:
            raise ValueError(
                f"tells the same story as task {self.stories[same]}; leave it out, or tell another"
            )
        self.ids[name] = self.stories[same] = number


def _listed_task(entry: Any, number: int, *, domain: str, file: str, seen: _Seen) -> Task:
    """A task of tau-bench or of a plain list; a list may hold stories and nothing else."""
    is_python = file.endswith(".py")  # there a text is code that is no entry
    is_story = isinstance(entry, str) and not is_python
    fields = {"story": entry} if is_story else _mapping(entry)
    story = _text(fields, _story_field(fields)).strip()
    name = str(number if fields.get("id") is None else fields["id"])
    seen.add(name, story, number)
    told = domain if fields.get("domain") is None else _text(fields, "domain")
    is_tau_bench = is_python or any(each in fields for each in _OF_TAU_BENCH)
    origin = "tau-bench" if is_tau_bench else file
    return Task(id=f"{number:03}", domain=told, source=f"{origin}:{name}", story=story)


def _story_field(fields: Fields) -> str:
    """The field that holds the story; the first of the possible ones if there is none."""
    return next((name for name in _STORY if name in fields), _STORY[0])


def _tau2_task(entry: Any, number: int) -> Task:
    fields = _mapping(entry)
    scenario = _mapping(fields["user_scenario"])
    domain, instructions = _instructions(scenario)
    story = f"{_persona(scenario)}Instructions:\n{_indent(instructions)}"
    return Task(id=f"{number:03}", domain=domain, source=f"tau2:{fields['id']}", story=story)


def _persona(scenario: Fields) -> str:
    if scenario.get("persona") is None:
        return ""
    return f"Persona:\n{_indent(_optional(scenario, 'persona'))}\n"


def _instructions(scenario: Fields) -> tuple[str, str]:
    """The domain, and the instructions as one text; a plain text does not say its domain."""
    if isinstance(scenario["instructions"], str):
        return UNKNOWN, _text(scenario, "instructions")
    fields = _mapping(scenario["instructions"])
    return _text(fields, "domain"), "\n".join(_sections(fields))


def _sections(instructions: Fields) -> Iterator[str]:
    """The fields in tau2's order, each under its title; absent and null ones are left out."""
    yield f"Domain: {instructions['domain']}"
    for name, title in _SECTIONS:
        if name in _REQUIRED:
            yield f"{title}:\n{_indent(_text(instructions, name))}"
        elif instructions.get(name) is not None:
            yield f"{title}:\n{_indent(_optional(instructions, name))}"


def _indent(text: str) -> str:
    return textwrap.indent(text, "\t")


def _mapping(value: Any) -> Fields:
    if not isinstance(value, dict):
        raise TypeError(f"is {value!r:.60}; expected a mapping of fields")
    return value


def _optional(entry: Fields, field: str) -> str:
    """A field that may be empty; tau2 shows its title then as well."""
    value = entry[field]
    if not isinstance(value, str):
        raise TypeError(
            f"field {field!r} is {value!r:.60}; expected a text, null, or no such field"
        )
    return value


def _text(entry: Fields, field: str) -> str:
    value = entry[field]
    if not isinstance(value, str) or is_blank(value):
        raise ValueError(f"field {field!r} is {value!r:.60}; expected a text")
    return value


def _json_list(file: Path) -> list[Any]:
    """The entries of a JSON list, or of JSON lines whatever the file's ending."""
    if file.suffix in _LINES or _has_lines(file):
        return [fields for _, fields in lines_in(file, like=_LIKE, error=DatasetError)]
    data = strict_json.load(file, expected=_EXPECTED, error=DatasetError)
    if not isinstance(data, list):
        raise DatasetError(f"{file}: holds {type(data).__name__}; expected a list of tasks")
    return data


def _has_lines(file: Path) -> bool:
    """Whether the first line of several is a JSON object by itself."""
    text = read_text(file, expected=_EXPECTED, error=DatasetError).strip()
    first, end, _ = text.partition("\n")
    return bool(end) and first.startswith("{") and first.rstrip().endswith("}")


def _python_entries(file: Path) -> Iterator[Any]:
    """The fields of each `Task(...)` call, or of each dict, in file order.

    The file is parsed and not run; all other code in it is ignored.
    """
    try:
        tree = ast.parse(read_text(file, expected=_EXPECTED, error=DatasetError))
    except SyntaxError as error:
        raise DatasetError(
            f"{file}:{error.lineno}: is no Python ({error.msg}); expected tau-bench's task file"
        ) from error
    return map(_entry, _top_lists(tree))


def _top_lists(tree: ast.Module) -> Iterator[ast.expr]:
    """The elements of the lists that stand at the top of the file under a name."""
    for statement in tree.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(value, ast.List):
            yield from value.elts


def _entry(node: ast.expr) -> Fields | str:
    """What an entry says of instruction and user_id.

    Anything that is no entry is handed on as code, to be named as a fault.
    """
    if isinstance(node, ast.Call):
        fields = _keywords(node)
    elif isinstance(node, ast.Dict):
        fields = _items(node)
    else:
        return ast.unparse(node)[:60]
    wanted = (*_STORY, "user_id")
    return {name: _literal(value) for name, value in fields.items() if name in wanted}


def _keywords(call: ast.Call) -> Expressions:
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def _items(node: ast.Dict) -> Expressions:
    """The items whose key is a text."""
    return {
        key.value: value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _literal(node: ast.expr) -> Any:
    """A text that is written as one literal, as several added up, or as `"".join((...))`.

    Anything else becomes None, which will not pass as a text.
    """
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined("", [node.left, node.right])
    if isinstance(node, ast.Call) and _is_join(node.func) and len(node.args) == 1:
        parts = node.args[0]
        between = _literal(node.func.value)
        return _joined(between, parts.elts) if isinstance(parts, ast.Tuple | ast.List) else None
    return None


def _is_join(function: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(function, ast.Attribute) and function.attr == "join"


def _joined(between: Any, nodes: Sequence[ast.expr]) -> str | None:
    """The texts of literals with another one between them; None if one of all is no text."""
    parts = [_literal(node) for node in nodes]
    are_texts = all(isinstance(each, str) for each in (between, *parts))
    return between.join(parts) if are_texts else None
