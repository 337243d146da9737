"""Which of two replies somebody found more like a person's, or how much so each of them is.

    {"scenario": "001.3", "one": {"prompt": "base"}, "other": {"prompt": "mine"}, "chosen": "other"}
    {"scenario": "001.3", "one": {"reply": "ok"}, "other": {"reply": "no"}, "chosen": "neither"}
    {"scenario": "001.3", "prompt": "base", "score": 2.5}

A side is named by its prompt, by the reply itself, or by both; scores may have any unit, the higher
the better. `who` may say who judged: two people may differ, one person may not.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import FiniteFloat, PrivateAttr, model_validator

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.records import Record, Text

LIKE = '{"scenario": "001.3", "one": {"prompt": "a"}, "other": {"prompt": "b"}, "chosen": "one"}'


class Side(Record):
    """A reply to the scenario: by the name of its prompt, by its text, or by both."""

    prompt: str = ""
    reply: str = ""

    @property
    def label(self) -> str:
        """`base`, or `base: no, the outbound`."""
        return ": ".join(filter(None, (self.prompt, self.reply)))

    @model_validator(mode="after")
    def _name_something(self) -> "Side":
        if not self.prompt and not self.reply:
            raise ValueError("names no reply; give its `prompt`, its `reply`, or both")
        return self


class _Judgement(Record):
    """What pairs and scores have in common."""

    scenario: Text
    who: str = ""

    _where: str = PrivateAttr("")

    @property
    def where(self) -> str:
        """The place that it was read from, `FILE:NUMBER`."""
        return self._where

    def _placed(self, where: str) -> None:
        self._where = where

    @property
    def can_contradict(self) -> bool:
        """Always: one person says one thing of a pair, or of a reply."""
        return True


class Preference(_Judgement):
    """Somebody saw two replies to a scenario and chose one of them, or neither."""

    one: Side
    other: Side
    chosen: Literal["one", "other", "neither"]

    @property
    def subject(self) -> object:
        """Who compared which two replies, whichever stood first."""
        return (self.scenario, self.who, frozenset((self.one, self.other)))

    @property
    def claim(self) -> object:
        """The reply that was chosen, or `neither`."""
        sides = {"one": self.one.label, "other": self.other.label}
        return sides.get(self.chosen, self.chosen)

    @model_validator(mode="after")
    def _compare_two(self) -> "Preference":
        if self.one == self.other:
            raise ValueError("one and other are the same reply; expected two different ones")
        return self


class Score(_Judgement):
    """Somebody gave one reply a score; the higher, the more like a person."""

    prompt: str = ""
    reply: str = ""
    score: FiniteFloat

    @property
    def subject(self) -> object:
        """Who scored which reply."""
        return (self.scenario, self.who, self.prompt, self.reply)

    @property
    def claim(self) -> object:
        """The score."""
        return self.score

    @model_validator(mode="after")
    def _name_something(self) -> "Score":
        Side.model_validate({"prompt": self.prompt, "reply": self.reply})
        return self


Judgement = Preference | Score


@checks_arguments
def read_preferences(path: str | Path) -> Sequence[Judgement]:
    """The preferences and scores of a file of JSON lines, in order, each with its place.

    InputError names the line, what was got and what was expected.
    """
    return [_judgement(fields, where) for where, fields in lines_in(Path(path), like=LIKE)]


def _judgement(fields: dict[str, object], where: str) -> Judgement:
    kind: type[Preference | Score] = Score if "score" in fields else Preference
    judgement = parse(fields, kind, where=where)
    judgement._placed(where)  # noqa: SLF001 - of this file
    return judgement
