"""Tasks of tau-bench and tau2, read as data: nothing in a task file is ever run.

    load_tau_bench("tasks_test.py")  Task(user_id=..., instruction=..., actions=[...]), or dicts
    load_tau_bench("tasks.json")     [{"id": 0, "instruction": "...", "user_id": "..."}, ...]
    load_tau_bench("tasks.jsonl")    the same, one a line; tau2's tasks may stand so as well
    load_tau2("tasks.json")          [{"id": "0", "user_scenario": {"persona": ...,
                                                                    "instructions": {...}}}, ...]

A tau2 story is laid out as tau2 itself puts it before its user, so that a prompt meets there what
it was tuned on. Ids become `000`, `001`, ... in file order; the id in the source is kept in the
task's `source`.

Not covered: actions, databases, rewards. They are the agent's side.
"""

import ast
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeGuard

from pydantic import ValidationError

from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.text import is_blank
from usersim_opt.basics.validation import Fields, explain
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
_EXPECTED = "a list of tasks, as in a task file of tau-bench or tau2"
_LIKE = '{"id": 0, "instruction": "..."}'
_REQUIRED = ("reason_for_call", "task_instructions")


def load_tasks(
    path: str | Path, *, domain: str = "airline", on_fault: OnFault | None = None
) -> list[Task]:
    """Read a task file of any of the three forms; its ending and content say which it is."""
    file = Path(path)
    if file.suffix != ".py" and _is_tau2(file):
        return load_tau2(file, on_fault=on_fault)
    return load_tau_bench(file, domain=domain, on_fault=on_fault)


def _is_tau2(file: Path) -> bool:
    first = next(iter(_json_list(file)), None)
    return isinstance(first, dict) and "user_scenario" in first


def load_tau_bench(
    path: str | Path, *, domain: str = "airline", on_fault: OnFault | None = None
) -> list[Task]:
    """Read tau-bench's own Python task file, or the same tasks as a JSON list.

    A broken entry raises DatasetError, which names file and entry; with `on_fault` that gets the
    message instead, and the entry is left out.
    """
    file = Path(path)
    entries = _python_entries(file) if file.suffix == ".py" else _json_list(file)
    make = partial(_tau_bench_task, domain=domain)
    return _tasks(file, entries, make=make, on_fault=on_fault)


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
        except (KeyError, TypeError, ValueError) as error:
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
    if isinstance(error, ValidationError):
        return explain(error)
    return f"field {error} is missing" if isinstance(error, KeyError) else str(error)


def _tau_bench_task(entry: Any, number: int, *, domain: str) -> Task:
    fields = _mapping(entry)
    instruction = _text(fields, "instruction")
    source = f"tau-bench:{fields.get('id', number)}"
    return Task(id=f"{number:03}", domain=domain, source=source, story=instruction.strip())


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
        return "unknown", _text(scenario, "instructions")
    fields = _mapping(scenario["instructions"])
    return _text(fields, "domain"), "\n".join(_sections(fields))


def _sections(instructions: Fields) -> Iterator[str]:
    """The fields in tau2's order, each under its title; absent and null ones are left out."""
    yield f"Domain: {instructions['domain']}"
    for field, title in _SECTIONS:
        if field in _REQUIRED:
            yield f"{title}:\n{_indent(_text(instructions, field))}"
        elif instructions.get(field) is not None:
            yield f"{title}:\n{_indent(_optional(instructions, field))}"


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
    if file.suffix == ".jsonl":
        return [fields for _, fields in lines_in(file, like=_LIKE, error=DatasetError)]
    data = strict_json.load(file, expected=_EXPECTED, error=DatasetError)
    if not isinstance(data, list):
        raise DatasetError(f"{file}: holds {type(data).__name__}; expected a list of tasks")
    return data


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
    wanted = ("instruction", "user_id")
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
