"""Files of conversations: JSON lines of our own, tau-bench's trajectories, tau2's results.

    read_conversations("runs/talk")             a rollout's folder
    read_conversations("conversations.jsonl")   JSON lines
    read_conversations("gpt-4o-airline.json")   a results file of tau-bench or tau2

The name says whether a file holds JSON lines (`.jsonl`), its content the rest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.validation import Fields, parse
from usersim_opt.customer.conversation import Conversation
from usersim_opt.results.conversation_file import FILE, LIKE, dumped
from usersim_opt.tau.results import conversations_of_tau2, to_tau2
from usersim_opt.tau.trajectories import to_tau_bench, trajectory

FORMS: Mapping[str, Callable[[Sequence[Conversation]], str]] = {
    "jsonl": dumped,
    "tau_bench": to_tau_bench,
    "tau2": to_tau2,
}
"""By name, what writes a form."""
_EXPECTED = "results of tau-bench or tau2, or JSON lines of conversations in a file *.jsonl"


@checks_arguments
def write_conversations(
    conversations: Iterable[Conversation], path: str | Path, *, form: str = "jsonl"
) -> Path:
    """Write conversations in a form, `jsonl`, `tau_bench` or `tau2`, whole or not at all.

    Each form is read back as it was. InputError for an unknown form.
    """
    if form not in FORMS:
        raise InputError(f"form is {form!r}; expected one of {', '.join(FORMS)}")
    file = Path(path)
    check_writable(file)
    write_text(file, FORMS[form](list(conversations)))
    return file


@checks_arguments
def read_conversations(path: str | Path) -> list[Conversation]:
    """The conversations of a file of any of the forms, or of a rollout's folder.

    DatasetError names the place of what is none, and says where a file is of another version.
    """
    file = Path(path)
    if file.is_dir():
        file = _in_folder(file)
    if file.suffix == ".jsonl":
        lines = lines_in(file, like=LIKE, error=DatasetError, own=True)
        return [_of_line(fields, where=where) for where, fields in lines]
    data = strict_json.load(file, expected=_EXPECTED, error=DatasetError, halves=True)
    return _of_file(data, where=str(file))


def _in_folder(folder: Path) -> Path:
    if not (folder / FILE).exists():
        raise DatasetError(
            f"{folder}: cannot be read (Is a directory, without {FILE}); expected the folder of a "
            "rollout, or a file (tau2 1.0 keeps voice results in folders, which are not read)"
        )
    return folder / FILE


def _of_line(fields: Fields, *, where: str) -> Conversation:
    if "prompt_sha256" in fields or "task" in fields:
        return parse(fields, Conversation, where=where)
    return trajectory(fields, where=where)


def _of_file(data: Any, *, where: str) -> list[Conversation]:
    if isinstance(data, list):
        return [trajectory(each, where=f"{where}: [{number}]") for number, each in enumerate(data)]
    if isinstance(data, dict) and "simulations" in data:
        return conversations_of_tau2(data, where=where)
    raise DatasetError(
        f"{where}: is neither a list of trajectories nor a result with simulations; "
        f"expected {_EXPECTED}"
    )
