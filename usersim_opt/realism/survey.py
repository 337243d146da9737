"""Asks a simulator the survey after a conversation, in character, and reads what it answers.

The form comes as the agent's last message under the simulator's own prompt: the model that played
the customer rates what the customer lived through. For the index it rates the conversations of
people (arXiv 2603.11245):

    answers = {id: take_survey(simulator, scenario, entry["conversation"]) for id, entry in ...}
    uso.realism.score_usi(model, human, model_survey=answers)

A question that is not answered is missing; it is never filled in here.

Not covered: prompts that allow only short spoken messages may keep a simulator from the form.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.realism.questions import REQUEST, SURVEY, Question
from usersim_opt.realism.turns import Conversation, seen_turn

if TYPE_CHECKING:  # the form can be used without dspy
    from usersim_opt.customer.simulator import UserSimulator

Survey = dict[str, dict[str, str]]
"""Question and answer by field, as in the public human data."""

_LINE = re.compile(r"[\s\"'*`-]*(?P<field>[a-z_]+)[\"'*`]*\s*[:=]\s*[\"'*`]*(?P<answer>[^\n\"]+)")


@checks_arguments
def take_survey(
    simulator: "UserSimulator", scenario: str, conversation: Conversation, **config: Any
) -> dict[str, Survey]:
    """What a simulator answers after a conversation, as an entry `{"survey": ...}`.

    `scenario` is the private story, `conversation` has messages with `role` (user, assistant) and
    `content`, `config` sampling options. InputError where the customer or the agent says nothing,
    BadReply for an empty answer.
    """
    history = _history(conversation)
    reply = simulator(scenario=scenario, history=history, config=config).reply
    return {"survey": read_answers(reply)}


@checks_arguments
def survey_form() -> str:
    """The survey as the simulator is asked it."""
    questions = "\n".join(_asked(field, question) for field, question in SURVEY.items())
    return REQUEST.replace("{questions}", questions).strip()


@checks_arguments
def read_answers(text: str) -> Survey:
    """The answers in a reply: `field: number` or `field: the answer`, a line or JSON field each.

    What is no field or no answer of it is left out; of several answers to one question the last
    counts.
    """
    return dict(_answers(text))


def _answers(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for line in re.split(r"[\n{}]|,(?=\s*\")", text):
        found = _LINE.match(line)
        if found and found["field"] in SURVEY:
            question = SURVEY[found["field"]]
            answer = _answer_of(question, found["answer"].strip(" \t\"'*`.,"))
            if answer:
                yield found["field"], {"question": question.question, "answer": answer}


def _answer_of(question: Question, text: str) -> str | None:
    """The answer that a text names by its words, or by its number in the form."""
    by_words = {answer.casefold(): answer for answer in question.answers}
    by_number = dict(enumerate(question.answers, start=1))
    number = re.match(r"\d+\b", text)
    return by_words.get(text.casefold()) or (by_number.get(int(number[0])) if number else None)


def _asked(field: str, question: Question) -> str:
    answers = ", ".join(f"{number} {_shown(a)}" for number, a in enumerate(question.answers, 1))
    return f"{field}: {question.question} ({answers})"


def _shown(answer: str) -> str:
    """An answer without the number that some of them begin with."""
    bare = re.fullmatch(r"\d+ \((.*)\)", answer)
    return bare[1] if bare else answer


def _history(conversation: Conversation) -> list[dict[str, str]]:
    turns = [turn for message in conversation if (turn := seen_turn(message))]
    if {turn["role"] for turn in turns} != {"agent", "customer"}:
        raise InputError(
            "the conversation has only one side; expected messages of the roles user and assistant "
            "with text, so that there is something to rate"
        )
    return [*turns, {"role": "agent", "content": survey_form()}]
