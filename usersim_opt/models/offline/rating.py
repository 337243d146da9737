"""How the stand-in for the user fills in a form after the chat: content if it went well.

A form is a turn of the agent with a line for each question, and the answers in brackets:

    reuse: Would you take this agent again? (1 No, 2 Maybe, 3 Yes)

Not covered: meaning. A higher number is taken for a better answer.
"""

import re
from collections.abc import Mapping, Sequence

from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.moments import closes, tells_of_trouble

_QUESTION = re.compile(r"^(?P<name>[a-z_]+): .*\((?P<answers>1 [^()]*)\)$", re.M)
_NUMBER = re.compile(r"(?:^|, )(\d+) ")
_CONTENT, _OPEN = 0.85, 0.35
"""How content a customer is, 0 to 1, whose wish is done, and one whose wish is not."""
_TROUBLE, _TURN = 0.12, 0.015
"""What each trouble and each turn takes from that."""
_SPREAD = 0.18
"""How far answers scatter around it."""


def form_in(agent: str) -> Mapping[str, int]:
    """The questions of a form, each with its number of answers; empty for any other turn."""
    found = _QUESTION.finditer(agent)
    questions = {each["name"]: len(_NUMBER.findall(each["answers"])) for each in found}
    return questions if len(questions) > 1 else {}


def filled_in(form: Mapping[str, int], call: Call) -> str:
    """An answer to each question, a line each, seeded by the request."""
    random, mood = call.random(), _mood([text for _, text in call.turns[:-1]])
    lines = []
    for name, answers in form.items():
        drawn = min(1.0, max(0.0, random.gauss(mood, _SPREAD)))
        lines.append(f"{name}: {1 + round(drawn * (answers - 1))}")
    return "\n".join(lines)


def _mood(chat: Sequence[str]) -> float:
    """How content the customer is, by what the agent said."""
    agent = chat[::2]
    start = _CONTENT if any(map(closes, agent[1:])) else _OPEN
    return start - _TROUBLE * sum(map(tells_of_trouble, agent)) - _TURN * len(agent)
