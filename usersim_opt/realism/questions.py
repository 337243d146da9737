"""The survey as data, from survey.yaml: eight questions with their answers in order."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

_FILE = Path(__file__).with_name("survey.yaml")


class Question(BaseModel):
    """A question with the ordinals of its answers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    question: str
    answers: dict[str, int]

    @property
    def ordinals(self) -> list[int]:
        """The distinct ordinals, in order."""
        return sorted(set(self.answers.values()))

    def value(self, ordinal: int) -> float:
        """An ordinal on the scale of the question, 0 to 1."""
        least, most = self.ordinals[0], self.ordinals[-1]
        return (ordinal - least) / (most - least)


class _Survey(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    request: str
    questions: dict[str, Question]


_SURVEY = parse(strict_yaml.load(_FILE), _Survey, where=_FILE.name)
SURVEY: Mapping[str, Question] = _SURVEY.questions
"""The questions by field, in order."""
REQUEST = _SURVEY.request
"""How the customer is asked; with `{questions}`."""
