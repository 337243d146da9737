"""Tasks of tau-bench and tau2, read as data: nothing in a task file is ever run.

    load_tau_bench("tasks_test.py")     Task(user_id=..., instruction=..., actions=[...]) or dicts with the same keys
    load_tau_bench("tasks.json")        [{"id": 0, "instruction": "...", "user_id": "..."}, ...]
    load_tau2("tasks.json")             [{"id": "0", "user_scenario": {"persona": ..., "instructions": {...}}}, ...]

A tau2 story is laid out as tau2 itself puts it before its user, so that a prompt meets there what it was tuned on.
Ids become `000`, `001`, ... in file order; the id in the source is kept in the task's `source`.

Not covered: actions, databases, rewards. They are the agent's side.
"""

import ast
import json
import textwrap
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import DatasetError
from usersim_opt.scenarios.records import Task

OnFault = Callable[[str], None]


def load_tasks(
    path: str | Path, *, domain: str = "airline", on_fault: OnFault | None = None
) -> list[Task]:
    """Read a task file of any of the three forms, told apart by ending and content."""
    file = Path(path)
    if file.suffix != ".py":
        first = next(iter(_json_list(file)), None)
        if isinstance(first, dict) and "user_scenario" in first:
            return load_tau2(file, on_fault=on_fault)
    return load_tau_bench(file, domain=domain, on_fault=on_fault)


def load_tau_bench(
    path: str | Path, *, domain: str = "airline", on_fault: OnFault | None = None
) -> list[Task]:
    """Read tau-bench's own Python task file, or the same tasks as a JSON list.

    A broken entry raises DatasetError naming file and entry; with `on_fault` it is told there and left out.
    """
    file = Path(path)
    entries = _python_entries(file) if file.suffix == ".py" else enumerate(_json_list(file))
    return _tasks(
        file, ((i, partial(_tau_bench_task, entry, i, domain)) for i, entry in entries), on_fault
    )


def load_tau2(path: str | Path, *, on_fault: OnFault | None = None) -> list[Task]:
    """Read tau2's tasks.json; faults as in load_tau_bench."""
    file = Path(path)
    return _tasks(
        file,
        ((i, partial(_tau2_task, entry, i)) for i, entry in enumerate(_json_list(file))),
        on_fault,
    )


def _tasks(
    file: Path, makers: Iterable[tuple[int, Callable[[], Task]]], on_fault: OnFault | None
) -> list[Task]:
    tasks, faults = [], []
    for number, make in makers:
        try:
            tasks.append(make())
        except (KeyError, TypeError, ValueError) as error:
            said = f"field {error} is missing" if isinstance(error, KeyError) else str(error)
            message = f"{file}: task {number}: {said}"
            if on_fault is None:
                raise DatasetError(message) from error
            faults.append(message)
            on_fault(message)
    if not tasks:
        raise DatasetError(
            faults[0]
            if faults
            else f"{file}: holds no task; expected tau-bench's tasks_test.py, or a JSON list of tasks"
        )
    return tasks


def _tau_bench_task(entry: Any, number: int, domain: str) -> Task:
    entry = _mapping(entry)
    instruction = _text(entry, "instruction")
    source_id = entry.get("id", number)
    return Task(
        id=f"{number:03}", domain=domain, source=f"tau-bench:{source_id}", story=instruction.strip()
    )


def _tau2_task(entry: Any, number: int) -> Task:
    entry = _mapping(entry)
    scenario = _mapping(entry["user_scenario"])
    instructions = scenario["instructions"]
    if isinstance(instructions, str):
        domain, told = "unknown", instructions
    else:
        instructions = _mapping(instructions)
        domain, told = _text(instructions, "domain"), _told(instructions)
    persona = scenario.get("persona")
    who = f"Persona:\n{_indent(_text(scenario, 'persona'))}\n" if persona is not None else ""
    return Task(
        id=f"{number:03}",
        domain=domain,
        source=f"tau2:{entry['id']}",
        story=f"{who}Instructions:\n{_indent(told)}",
    )


def _told(instructions: dict[str, Any]) -> str:
    """The fields in tau2's order, each under its title; absent and null ones are left out."""
    parts = [f"Domain: {instructions['domain']}"]
    for field, title in (
        ("reason_for_call", "Reason for call"),
        ("known_info", "Known info"),
        ("unknown_info", "Unknown info"),
        ("task_instructions", "Task instructions"),
    ):
        if field in ("reason_for_call", "task_instructions") or instructions.get(field) is not None:
            parts.append(f"{title}:\n{_indent(_text(instructions, field))}")
    return "\n".join(parts)


def _indent(text: str) -> str:
    return textwrap.indent(text, "\t")


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"is {value!r:.60}; expected a mapping of fields")
    return value


def _text(entry: dict[str, Any], field: str) -> str:
    value = entry[field]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"field {field!r} is {value!r:.60}; expected a text")
    return value


def _json_list(file: Path) -> list[Any]:
    try:
        data = json.loads(_read(file))
    except ValueError as error:
        raise DatasetError(f"{file}: is no JSON ({error}); expected a list of tasks") from error
    if not isinstance(data, list):
        raise DatasetError(f"{file}: holds {type(data).__name__}; expected a list of tasks")
    return data


def _python_entries(file: Path) -> Iterator[tuple[int, Any]]:
    """The keywords of each `Task(...)` call, or each dict with an instruction, in file order; other code is ignored."""
    try:
        tree = ast.parse(_read(file))
    except SyntaxError as error:
        raise DatasetError(
            f"{file}:{error.lineno}: is no Python ({error.msg}); expected tau-bench's task file"
        ) from error
    return enumerate(_entry(node) for node in _top_lists(tree))


def _top_lists(tree: ast.Module) -> Iterator[ast.expr]:
    for statement in tree.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(value, ast.List):
            yield from value.elts


def _entry(node: ast.expr) -> dict[str, Any] | str:
    """What an entry says of instruction and user_id; a text that is no entry is handed on to be named as a fault."""
    if isinstance(node, ast.Call):
        fields = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    elif isinstance(node, ast.Dict):
        fields = {
            k.value: v
            for k, v in zip(node.keys, node.values, strict=True)
            if isinstance(k, ast.Constant) and isinstance(k.value, str)
        }
    else:
        return ast.unparse(node)[:60]
    return {
        name: _literal(value)
        for name, value in fields.items()
        if name in ("instruction", "user_id")
    }


def _literal(node: ast.expr) -> Any:
    """A text written as one literal, or several added up; anything else is shown as code and will not pass as a text."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _literal(node.left), _literal(node.right)
        return left + right if isinstance(left, str) and isinstance(right, str) else None
    return node.value if isinstance(node, ast.Constant) else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise DatasetError(
            f"{file}: cannot be read ({error.strerror}); expected a task file of tau-bench or tau2"
        ) from error
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{file}: byte {error.start} is not UTF-8; expected a task file of tau-bench or tau2"
        ) from error
