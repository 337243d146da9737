"""What a judge is shown of a scenario: the story only where a criterion needs it.

Most criteria are decided on the conversation and the reply. One that says `sees: story` is decided
with the private story beside them: that a reply makes something up cannot be told without it. Such
criteria are put to the judge in a call of their own, so that the story colours no other verdict.

What such a verdict says of the story goes no further: see quoting.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.judge import Judge, kept_private, one_each, verdicts_by
from usersim_opt.measuring.outcome import Verdict, undecided_verdict
from usersim_opt.measuring.together import Question
from usersim_opt.scenarios.records import Criterion, Scenario

NOT_SHOWN = "the judge cannot be shown the private story, which this criterion needs"
NO_STORY = "the private story, which this criterion needs, is not at hand"


def takes_story(judge: object) -> bool:
    """Whether a judge can be shown the private story: it says so by `sees_story`."""
    return getattr(judge, "sees_story", False) is True


def questions(judge: Judge, criteria: Sequence[Criterion]) -> int:
    """How many times the judge is asked about one reply: once with the story, once without."""
    private = any(criterion.sees == "story" for criterion in criteria) and takes_story(judge)
    return private + any(criterion.sees == "chat" for criterion in criteria)


def verdicts_on(
    judge: Judge, scenario: Scenario, reply: str, criteria: Sequence[Criterion]
) -> dict[str, Verdict]:
    """A judge's verdicts on some of a scenario's criteria, by criterion, in their order.

    Raises what `verdicts_by` raises.
    """
    chat = [criterion for criterion in criteria if criterion.sees == "chat"]
    private = [criterion for criterion in criteria if criterion.sees == "story"]
    found = verdicts_by(judge, scenario.history, reply, criteria=chat) if chat else {}
    found |= _with_story(judge, scenario, reply, private) if private else {}
    return {criterion.id: found[criterion.id] for criterion in criteria}


def _with_story(
    judge: Judge, scenario: Scenario, reply: str, criteria: Sequence[Criterion]
) -> dict[str, Verdict]:
    story = scenario.moment.story
    if not story or not takes_story(judge):
        why = NOT_SHOWN if story else NO_STORY
        return {criterion.id: undecided_verdict(criterion.id, why) for criterion in criteria}
    return verdicts_by(judge, scenario.history, reply, criteria=criteria, story=story)


# -- several replies in one call -------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """Criteria of a reply to a scenario that a judge is to decide."""

    scenario: Scenario
    reply: str
    criteria: Sequence[Criterion]


Answer = Mapping[str, Verdict] | Exception
"""The verdicts on one reply by criterion, or why there are none."""


@dataclass(frozen=True)
class Together:
    """What a judge said of several replies."""

    answers: Sequence[Answer]
    """For each of them, in order."""
    calls: int
    """At the judge's price; repeats are not in it."""


def batch_of(judge: object) -> int:
    """How many replies a judge can be asked about in one call; 1 where it says nothing."""
    batch = getattr(judge, "batch", 1)
    return batch if isinstance(batch, int) and callable(getattr(judge, "many", None)) else 1


def verdicts_on_many(judge: Any, asked: Sequence[Asked]) -> Together:
    """The verdicts on several replies: one call without the story, one with it, as they are needed.

    A call that fails is the exception of each reply that it was about. Raises InputError for a
    judge that answers with no verdicts.
    """
    answers: list[Answer] = [{} for _ in asked]
    calls = 0
    for told in (False, True):
        questions = {
            number: question
            for number, each in enumerate(asked)
            if (question := _question(judge, each, told=told)) is not None
        }
        calls += bool(questions)
        for number, answer in _many(judge, questions).items():
            answers[number] = _joined(answers[number], answer)
    return Together(
        [_whole(judge, each, answer) for each, answer in zip(asked, answers, strict=True)], calls
    )


def _question(judge: object, asked: Asked, *, told: bool) -> Question | None:
    """What is to be asked with the story, or without it; None where nothing is."""
    sees = "story" if told else "chat"
    criteria = [criterion for criterion in asked.criteria if criterion.sees == sees]
    story = asked.scenario.moment.story if told else ""
    if not criteria or (told and not (story and takes_story(judge))):
        return None
    return Question(asked.scenario.history, asked.reply, criteria, story=story)


def _many(judge: Any, questions: Mapping[int, Question]) -> dict[int, Answer]:
    if not questions:
        return {}
    try:
        given = judge.many(list(questions.values()))
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - it is that of these replies
        return dict.fromkeys(questions, error)
    pairs = zip(questions.items(), given, strict=True)
    return {number: _kept(question, answer, judge) for (number, question), answer in pairs}


def _kept(question: Question, answer: Any, judge: object) -> Answer:
    if isinstance(answer, Exception):
        return answer
    found = one_each(list(answer.values()), question.criteria, judge)
    if not question.story:
        return found
    return {name: kept_private(each, question.reply) for name, each in found.items()}


def _joined(one: Answer, other: Answer) -> Answer:
    if isinstance(one, Exception):
        return one
    return other if isinstance(other, Exception) else {**one, **other}


def _whole(judge: object, asked: Asked, answer: Answer) -> Answer:
    """The verdicts in the order of the criteria, with those that nobody could give."""
    if isinstance(answer, Exception):
        return answer
    why = NOT_SHOWN if asked.scenario.moment.story else NO_STORY
    return {
        criterion.id: answer.get(criterion.id) or undecided_verdict(criterion.id, why)
        for criterion in asked.criteria
    }
