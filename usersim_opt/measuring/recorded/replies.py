"""Recorded replies: what a model or a person answered to scenarios, without a run around it.

    {"scenario": "001.3", "prompt": "base", "reply": "no, the outbound"}
    {"scenario": "001.3", "who": "p07", "when": "2026-11-30", "reply": "wait, other way round"}

`prompt` (or `version`) says by what the reply was made, `repeat` which of several it is; people
have `who` and `when` where somebody noted it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, Protocol, TypeVar

from pydantic import AliasChoices, Field, PrivateAttr

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.json_lines import records_in
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.records import Record, Text

LIKE = '{"scenario": "001.3", "prompt": "base", "reply": "no, the outbound"}'


class RecordedReply(Record):
    """One reply to one scenario, as a line of a file has it.

    A customer who left without a word is recorded as `###STOP###`, never as an empty text.
    """

    scenario: Text
    reply: Text
    prompt: Annotated[str, Field(validation_alias=AliasChoices("prompt", "version"))] = ""
    """The name of the prompt, or of whatever made the reply; empty where nobody noted it."""
    repeat: Annotated[int, Field(ge=0)] | None = None
    """Which of the replies of that prompt to that scenario; numbered in order where it is None."""
    who: str = ""
    when: str = ""

    _where: str = PrivateAttr("")

    @property
    def where(self) -> str:
        """The place that it was read from, `FILE:NUMBER`; empty for one that was made by hand."""
        return self._where

    def at(self, where: str) -> "RecordedReply":
        """The same reply with the place that it was read from."""
        placed = self.model_copy()
        placed._where = where  # noqa: SLF001 - of the same class
        return placed

    @property
    def subject(self) -> object:
        """What only one reply can belong to; two that share it contradict each other."""
        return (self.scenario, self.prompt, self.who, self.repeat)

    @property
    def claim(self) -> object:
        """What it says of its subject."""
        return self.reply

    @property
    def can_contradict(self) -> bool:
        """Whether a second one with the same subject would be another claim, not a repeat."""
        return self.repeat is not None


@checks_arguments
def read_replies(path: str | Path) -> list[RecordedReply]:
    """The replies of a file of JSON lines, each with its place.

    InputError names the line, what was got and what was expected. Scenarios are not looked up:
    see `usable` and `grade_replies`.
    """
    return [reply.at(where) for where, reply in records_in(Path(path), RecordedReply, like=LIKE)]


def as_replies(replies: Iterable[Any]) -> list[RecordedReply]:
    """Records, or mappings with the fields of one, as records; InputError for anything else."""
    return [_as_reply(reply, f"replies[{n}]") for n, reply in enumerate(replies)]


def _as_reply(reply: Any, where: str) -> RecordedReply:
    if isinstance(reply, RecordedReply):
        return reply if reply.where else reply.at(where)
    fields = dict(reply) if isinstance(reply, Mapping) else reply
    return parse(fields, RecordedReply, where=where).at(where)


# -- which of the lines can be used --------------------------------------------------------------


class Placed(Protocol):
    """A line of a file that says something of a scenario."""

    @property
    def scenario(self) -> str:
        """The id of the scenario."""
        ...

    @property
    def where(self) -> str:
        """Where it stands."""
        ...

    @property
    def subject(self) -> object:
        """What it says something of."""
        ...

    @property
    def claim(self) -> object:
        """What it says of it."""
        ...

    @property
    def can_contradict(self) -> bool:
        """Whether two claims on its subject cannot both be right."""
        ...


AnyLine = TypeVar("AnyLine", bound=Placed)


@dataclass(frozen=True)
class Usable(Generic[AnyLine]):
    """The lines that can be used, and what is wrong with the others, in words with their places."""

    lines: Sequence[AnyLine]
    problems: Sequence[str]


def usable(lines: Sequence[AnyLine], scenarios: Collection[str]) -> Usable[AnyLine]:
    """Sort lines by whether they can be used: those of known scenarios without a contradiction.

    Of lines that contradict each other none is used: nothing says which one is right.
    """
    unknown = [line for line in lines if line.scenario not in scenarios]
    known = [line for line in lines if line.scenario in scenarios]
    disputed = list(_contradictions(known))
    out = {id(line) for group in disputed for line in group}
    problems = [*_unknown(unknown, len(scenarios)), *map(_contradiction, disputed)]
    return Usable([line for line in known if id(line) not in out], problems)


def check_usable(lines: Sequence[AnyLine], scenarios: Collection[str]) -> None:
    """InputError where any line cannot be used, with the first reason and the number of others."""
    problems = usable(lines, scenarios).problems
    if problems:
        more = f"; and {many(len(problems) - 1, 'problem')} more" if problems[1:] else ""
        raise InputError(f"{problems[0]}{more}")


def _unknown(lines: Sequence[AnyLine], known: int) -> Iterator[str]:
    """One problem for each unknown scenario, with all its places."""
    by_scenario: dict[str, list[AnyLine]] = defaultdict(list)
    for line in lines:
        by_scenario[line.scenario].append(line)
    for scenario, of_it in by_scenario.items():
        yield (
            f"{places(of_it)}: scenario {scenario[:40]!r} is none of the {known:,} scenarios here; "
            "name the data set and the split that it belongs to, or take the line out"
        )


def _contradictions(lines: Sequence[AnyLine]) -> Iterator[list[AnyLine]]:
    """Groups of lines on one subject with more than one claim."""
    by_subject: dict[object, list[AnyLine]] = defaultdict(list)
    for line in lines:
        if line.can_contradict:
            by_subject[line.subject].append(line)
    for group in by_subject.values():
        if len({line.claim for line in group}) > 1:
            yield group


def _contradiction(lines: Sequence[AnyLine]) -> str:
    claims = ", ".join(repr(line.claim)[:60] for line in lines[:2])
    return (
        f"{places(lines)}: contradict each other on scenario {lines[0].scenario} ({claims}); "
        "expected one line for each; keep the right one"
    )


def places(lines: Sequence[Placed], most: int = 4) -> str:
    """Where lines stand: `people.jsonl:3, :7 and 2 more`; the file is named once."""
    names = [line.where for line in lines]
    file = names[0].rpartition(":")[0]
    shared = file and all(name.rpartition(":")[0] == file for name in names)
    rest = [name.removeprefix(file) if shared else name for name in names[1:most]]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join([names[0], *rest]) + more
