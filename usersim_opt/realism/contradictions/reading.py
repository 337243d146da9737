"""What a judge answers, read without guessing.

A verdict is the last word of an answer, YES or NO in capitals. Where the last word is neither, the
only one of the two that stands anywhere counts, as in the released code (arXiv 2511.00222), which
takes an answer that holds YES for a contradiction. It takes one that holds both so, too; here such
an answer cannot be read unless it ends on one of them: judges quote lines, and lines shout.
"""

import re
from typing import Any

from usersim_opt.basics.text import is_blank, without_thoughts
from usersim_opt.measuring.answers import UnreadableError, quoted, values

QUESTIONS = 5
"""Questions that a story is asked, as in arXiv 2511.00222."""
QuestionAndAnswer = tuple[str, str]


def verdict_in(answer: str) -> bool:
    """Whether the answer says YES; UnreadableError where it says neither YES nor NO, or both."""
    said = re.findall(r"\b(?:YES|NO)\b", without_thoughts(answer))
    last = re.search(r"\b(YES|NO)\W*\Z", without_thoughts(answer))
    if last:
        return str(last[1]) == "YES"
    if len(set(said)) != 1:
        words = "both YES and NO" if said else "neither YES nor NO"
        raise UnreadableError(f"the judge's answer has {words}: {quoted(answer)}")
    return "YES" in said


def conflicts_in(answer: str, before: int) -> list[int]:
    """The numbers of lines in conflict, all below `before`; UnreadableError for anything else."""
    numbers = _field(answer, "conflicts")
    for number in numbers:
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < before:
            raise UnreadableError(
                f"the judge names line {number!r:.20}; expected lines from 1 to {before - 1}: "
                f"{quoted(answer)}"
            )
    return sorted(set(numbers))


def questions_in(answer: str) -> list[QuestionAndAnswer]:
    """Five questions with their answers; UnreadableError for anything else."""
    listed = _five(answer, "questions")
    entries = [each for each in listed if isinstance(each, dict)]
    pairs = [(each.get("question"), each.get("answer")) for each in entries]
    if len(entries) < QUESTIONS or not all(
        _is_text(question) and _is_text(reply) for question, reply in pairs
    ):
        raise UnreadableError(f"a question or its answer is no text: {quoted(answer)}")
    return [(str(question), str(reply)) for question, reply in pairs]


def answers_in(answer: str) -> list[str]:
    """Five answers; UnreadableError for anything else."""
    listed = _five(answer, "answers")
    if not all(map(_is_text, listed)):
        raise UnreadableError(f"an answer is no text: {quoted(answer)}")
    return [str(each) for each in listed]


def grades_in(answer: str) -> list[bool]:
    """Five grades, YES or NO; UnreadableError for anything else."""
    listed = _five(answer, "grades")
    words = [each.strip().upper() if isinstance(each, str) else "" for each in listed]
    if not set(words) <= {"YES", "NO"}:
        raise UnreadableError(f"a grade is neither YES nor NO: {quoted(answer)}")
    return [word == "YES" for word in words]


def _five(answer: str, field: str) -> list[Any]:
    listed = _field(answer, field)
    if len(listed) != QUESTIONS:
        raise UnreadableError(
            f"the judge gave {len(listed)} {field}, expected {QUESTIONS}: {quoted(answer)}"
        )
    return listed


def _field(answer: str, field: str) -> list[Any]:
    """The list under a field of the last object that has it."""
    found = [value[field] for value in values(answer) if isinstance(value, dict) and field in value]
    if not found or not isinstance(found[-1], list):
        raise UnreadableError(f"the judge's answer has no list {field!r}: {quoted(answer)}")
    return found[-1]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not is_blank(value)
