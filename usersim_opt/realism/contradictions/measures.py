"""The measures of consistency by a judge (arXiv 2511.00222), for one conversation.

With l_1..l_n the customer's own lines:

    prompt_to_line  share of the lines without a contradiction to the story
    line_to_line    1 - #conflicting pairs / #pairs (l_j, l_i), j < i; for each line but the first
                    the judge lists earlier lines in clear conflict, those of the agent are dropped
    pairwise        share of the pairs without a contradiction; each pair is judged by itself
    questions       mean over the lines of (#right answers / 5); after each line five questions are
                    answered from story and conversation so far, and graded by the story's answers

What was lost is left out above and below the line. None where nothing is left.

Other than in the released code, prompt_to_line shows the agent's message before the line, without
which "yes, do that" says nothing; the five questions are answered in one call and graded in one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

from usersim_opt.basics import strict_yaml
from usersim_opt.realism.contradictions.reading import (
    QUESTIONS,
    QuestionAndAnswer,
    answers_in,
    conflicts_in,
    grades_in,
    questions_in,
    verdict_in,
)
from usersim_opt.realism.interview import Interview
from usersim_opt.realism.stories import Line, Told

PROMPTS: Mapping[str, str] = strict_yaml.load(Path(__file__).with_name("prompts.yaml"))
MEASURES = ("prompt_to_line", "line_to_line", "pairwise", "questions")
"""The measures by a judge."""


@dataclass(frozen=True)
class Part:
    """One thing that was judged: how much of it is right, of how much; and what is not.

    `wrong` holds the customer's lines by their number among its own: a line alone, or a pair.
    """

    right: float
    of: float
    wrong: tuple[tuple[int, ...], ...] = ()


Job = Callable[[], Part | None]
"""Asks for one part; None where it is lost."""


def jobs_for(
    measure: str, told: Told, interview: Interview, asked: Sequence[QuestionAndAnswer] | None
) -> list[Job]:
    """The jobs of a measure on a conversation; `asked` are the story's five questions."""
    own = told.own
    if measure == "prompt_to_line":
        return [partial(_against_story, told, interview, n) for n in range(len(own))]
    if measure == "line_to_line":
        return [partial(_against_lines, told, interview, n) for n in range(1, len(own))]
    if measure == "pairwise":
        pairs = combinations(range(len(own)), 2)
        return [partial(_against_line, told, interview, pair) for pair in pairs]
    return [partial(_still_the_same, told, interview, line, asked) for line in own]


def calls_of(measure: str, lines: int) -> int:
    """Calls of a measure on so many own lines; the questions cost one more for each task."""
    prices = {
        "prompt_to_line": lines,
        "line_to_line": max(0, lines - 1),
        "pairwise": lines * (lines - 1) // 2,
        "questions": 2 * lines,
    }
    return prices[measure]


def questions_about(told: Told, interview: Interview) -> list[QuestionAndAnswer] | None:
    """Five questions that the story answers; None where they are lost."""
    about = f"questions about task {told.task.id}"
    return interview.ask(
        PROMPTS["questions"], {"story": told.task.story}, questions_in, about=about
    )


def score(parts: Sequence[Part]) -> float | None:
    """The share that is right of all parts together."""
    total = sum(part.of for part in parts)
    return sum(part.right for part in parts) / total if total else None


def _against_story(told: Told, interview: Interview, place: int) -> Part | None:
    line = told.own[place]
    before = [each.text for each in told.lines[: line.number - 1] if each.role == "agent"]
    data = {"story": told.task.story, "agent": before[-1] if before else "", "line": line.text}
    about = f"prompt_to_line of {told.name}, line {place + 1}"
    contradicts = interview.ask(PROMPTS["prompt_to_line"], data, verdict_in, about=about)
    return _verdict(contradicts, (place + 1,))


def _verdict(contradicts: bool | None, lines: tuple[int, ...]) -> Part | None:
    if contradicts is None:
        return None
    return Part(0, 1, (lines,)) if contradicts else Part(1, 1)


def _against_lines(told: Told, interview: Interview, place: int) -> Part | None:
    """All pairs of one own line with the own lines before it."""
    line = told.own[place]
    data = {"lines": _shown(told.lines[: line.number]), "line_to_check": line.number}
    read = partial(conflicts_in, before=line.number)
    about = f"line_to_line of {told.name}, line {place + 1}"
    numbers = interview.ask(PROMPTS["line_to_line"], data, read, about=about)
    if numbers is None:
        return None
    own = [n for n, each in enumerate(told.own[:place], start=1) if each.number in numbers]
    return Part(place - len(own), place, tuple((n, place + 1) for n in own))


def _against_line(told: Told, interview: Interview, pair: tuple[int, int]) -> Part | None:
    earlier, later = (told.own[place].text for place in pair)
    numbers = (pair[0] + 1, pair[1] + 1)
    about = f"pairwise of {told.name}, lines {numbers[0]} and {numbers[1]}"
    data = {"earlier": earlier, "later": later}
    return _verdict(interview.ask(PROMPTS["pairwise"], data, verdict_in, about=about), numbers)


def _still_the_same(
    told: Told, interview: Interview, line: Line, asked: Sequence[QuestionAndAnswer] | None
) -> Part | None:
    """The share of the five questions that are answered right after a line."""
    if asked is None:
        return None
    number = told.own.index(line) + 1
    about = f"questions of {told.name}, line {number}"
    data = {
        "story": told.task.story,
        "conversation": _shown(told.lines[: line.number]),
        "questions": [question for question, _ in asked],
    }
    answers = interview.ask(PROMPTS["answers"], data, answers_in, about=about)
    if answers is None:
        return None
    rows = [
        {"question": question, "reference": reference, "answer": answer}
        for (question, reference), answer in zip(asked, answers, strict=True)
    ]
    grades = interview.ask(PROMPTS["grades"], rows, grades_in, about=f"grades, {about}")
    if grades is None:
        return None
    right = sum(grades) / QUESTIONS
    return Part(right, 1, ((number,),) if right < 1 else ())


def _shown(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [{"number": line.number, "speaker": line.role, "text": line.text} for line in lines]
