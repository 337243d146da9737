"""Records in which one bit is turned over: the same is read, or something is said."""

import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from _attack_run import ROOT, copied
from _attack_ways import Came, without

import usersim_opt as uso
from usersim_opt.basics.errors import UsersimError
from usersim_opt.results.conversation_file import FILE as CONVERSATIONS
from usersim_opt.results.journal import FILE as JOURNAL

TRIES = 60
Told = Callable[[], str]
"""All that is read of a record, as a text."""


def of_journal(folder: Path) -> Came:
    """Turn a random bit of the journal over."""
    run = copied(folder)
    return turned_over(run / JOURNAL, lambda: str(uso.load_result(run)))


def of_conversations(folder: Path) -> Came:
    """Turn a random bit of a rollout's conversations over."""
    data = uso.load_dataset(ROOT / "datasets" / "airline")
    customer = uso.UserSimulator("Be brief.\n{scenario}", uso.connect("offline/user"))
    agent = uso.LMAgent(uso.connect("offline/agent"))
    uso.rollout(customer, agent, list(data.tasks.values())[:4], run_dir=folder, max_turns=3)
    return turned_over(folder / CONVERSATIONS, lambda: repr(uso.read_conversations(folder)))


def of_evaluation(folder: Path) -> Came:
    """Turn a random bit of a saved evaluation over."""
    examples = uso.load_dataset(ROOT / "datasets" / "airline").smoke[:9]
    lines = [{"scenario": each.record.id, "reply": "no, the other one"} for each in examples]
    file = uso.grade_replies(lines, examples, uso.RubricMetric()).save(folder / "e.jsonl")
    return turned_over(file, lambda: _whole(uso.read_evaluation(file)))


def turned_over(file: Path, told: Told) -> Came:
    """Turn bits of a file over, one at a time, and see what is told of it."""
    raw, was = file.read_bytes(), told()
    draw = random.Random(1)  # noqa: S311 - reproducible faults

    def tries() -> Iterator[tuple[bool, str]]:
        for _ in range(TRIES):
            bent = bytearray(raw)
            bent[draw.randrange(len(bent))] ^= 1 << draw.randrange(8)
            file.write_bytes(bent)
            yield _same_or_said(file.parent, told, was)

    return Came.of(tries())


def _same_or_said(folder: Path, told: Told, was: str) -> tuple[bool, str]:
    """Whether a record tells the same, or says that it was changed."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            same = told() == was
        except UsersimError as error:
            return True, without(folder, error)
    return same or bool(warned), "the same figures, an error, or a warning that names the line"


def _whole(evaluation: uso.Evaluation) -> str:
    return repr((dict(evaluation.scenarios), list(evaluation.outcomes), evaluation.origin))
