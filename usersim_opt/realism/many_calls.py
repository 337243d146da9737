"""Many calls of a judge at the same time, with the answers in the order of the questions."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from usersim_opt.basics.arguments import check_count
from usersim_opt.basics.asking import note_repeat
from usersim_opt.basics.errors import BadReply, InputError, ModelError, one_line
from usersim_opt.basics.parallel import as_finished

Question = TypeVar("Question")
Answer = TypeVar("Answer")
AGAIN = """\

An earlier answer could not be read. Answer with the JSON object and nothing else."""
"""Stands behind the material where a judge is asked once more."""


def readable(ask: Callable[[str], Answer], material: str) -> Answer | None:
    """What `ask` makes of the material; asked once more after BadReply, and None after two."""
    try:
        return ask(material)
    except BadReply:
        note_repeat()
    try:
        return ask(material + AGAIN)
    except BadReply:
        return None


def answers_to(
    questions: Sequence[Question], ask: Callable[[Question], Answer], *, workers: int
) -> list[Answer]:
    """The answer to each question, asked from `workers` threads.

    ModelError, with the question, where a call fails; InputError goes through.
    """
    check_count("workers", workers)
    answers: dict[int, Answer] = {}
    with ThreadPoolExecutor(workers) as executor:
        asked = {
            executor.submit(copy_context().run, _asked, ask, question): number
            for number, question in enumerate(questions)
        }
        as_finished(list(asked), lambda future: answers.update({asked[future]: future.result()}))
    return [answers[number] for number in range(len(questions))]


def _asked(ask: Callable[[Question], Answer], question: Question) -> Answer:
    try:
        return ask(question)
    except InputError:
        raise
    except Exception as error:
        raise ModelError(
            f"the judge failed on {question!s:.60} ({one_line(error)}); mend the model connection "
            "and ask again"
        ) from error
