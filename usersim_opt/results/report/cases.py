"""The scenarios in which base or rival fails, to be read.

Each with its story, conversation and criteria, and with replies, verdicts and evidence.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import escape

from usersim_opt.basics.text import visible
from usersim_opt.measuring.outcome import Outcome, Verdict
from usersim_opt.results.reading import Reading
from usersim_opt.results.report.wording import EVIDENCE, REASON, REPLY, STORY, TURN, clip
from usersim_opt.scenarios.records import Scenario, Turn

BASE = "base"
MOST_REPLIES = 3
"""Different replies of one version to one scenario that are shown, the failing ones first."""
MOST_OF_A_CRITERION = 60
"""Characters of a criterion's id beside a verdict."""
_TAGS, _AROUND = 170, 1_500
"""Bytes of markup around a verdict or a criterion, and around a scenario."""


class VerdictLine(NamedTuple):
    """A verdict as it stands under a reply."""

    outcome: str
    criterion: str
    evidence: str
    source: str


@dataclass(frozen=True)
class Reply:
    """A reply with its verdicts, and how often it was given."""

    outcome: Outcome
    times: int

    @property
    def text(self) -> str:
        """The reply; empty if there is none."""
        return clip(self.outcome.reply, REPLY)

    @property
    def why(self) -> str:
        """Why it has no grade."""
        return clip(self.outcome.why, REASON)

    @property
    def verdicts(self) -> list[VerdictLine]:
        """The verdicts in the order of the rubric."""
        return [
            VerdictLine(
                verdict.outcome,
                clip(verdict.criterion, MOST_OF_A_CRITERION),
                clip(verdict.evidence, EVIDENCE),
                verdict.source,
            )
            for verdict in _verdicts(self.outcome)
        ]

    @property
    def failures(self) -> int:
        """Verdicts of fail."""
        return len(self.outcome.grade.failed) if self.outcome.grade else 0


@dataclass(frozen=True)
class Side:
    """The replies of one version to one scenario; `more` is the number of those not shown."""

    role: str
    replies: Sequence[Reply]
    more: int
    passed: Mapping[str, tuple[int, int]]
    """Passed and scored by criterion."""

    @property
    def fails(self) -> bool:
        """Whether any reply fails a criterion."""
        return any(passed < scored for passed, scored in self.passed.values())


@dataclass(frozen=True)
class Case:
    """One scenario with the replies of base and rival."""

    id: str
    anchor: str
    scenario: Scenario | None
    """None where the data of the run are not at hand."""
    story: str
    sides: Sequence[Side]

    @property
    def rival_fails(self) -> bool:
        """Whether the best version fails a criterion here."""
        return any(side.fails for side in self.sides if side.role != BASE)

    @property
    def history(self) -> list[Turn]:
        """The conversation so far."""
        turns = self.scenario.history if self.scenario else ()
        return [Turn(role=turn.role, text=clip(turn.text, TURN)) for turn in turns]

    @property
    def replies(self) -> list[Reply]:
        """The replies of both sides that are shown."""
        return [reply for side in self.sides for reply in side.replies]


def cases(reading: Reading, *, room: int) -> tuple[list[Case], int]:
    """The failing scenarios in order of id, and the number of those that have no room.

    `room` is in bytes of the page; those of the best version come first.
    """
    wanted = _wanted(reading)
    chosen: list[Case] = []
    for number, scenario in enumerate(wanted):
        case = _case(reading, scenario, anchor=f"case-{number}")
        room -= _weight(case)
        if room < 0:
            break
        chosen.append(case)
    return sorted(chosen, key=lambda case: case.id), len(wanted) - len(chosen)


def _wanted(reading: Reading) -> list[str]:
    """The failing scenarios, those of the best version first."""
    failing = _failing(reading.best_outcomes) + _failing(reading.base_outcomes)
    return list(dict.fromkeys(failing))


def _failing(outcomes: Sequence[Outcome]) -> list[str]:
    return sorted({outcome.scenario for outcome in outcomes if outcome.fails})


def _case(reading: Reading, scenario: str, *, anchor: str) -> Case:
    record = reading.record
    task = record.tasks.get(scenario.partition(".")[0])
    return Case(
        id=scenario,
        anchor=anchor,
        scenario=record.scenarios.get(scenario),
        story=clip(task.story, STORY) if task else "",
        sides=list(_sides(reading, scenario)),
    )


def _sides(reading: Reading, scenario: str) -> Iterator[Side]:
    """The sides that answered to a scenario."""
    sides = {BASE: reading.base_outcomes, reading.rival: reading.best_outcomes}
    for role, outcomes in sides.items():
        answers = [outcome for outcome in outcomes if outcome.scenario == scenario]
        if answers:
            yield _side(role, answers)


def _side(role: str, outcomes: Sequence[Outcome]) -> Side:
    """The worst replies first: those are to be read."""
    replies = sorted(
        _distinct(outcomes), key=lambda reply: (reply.failures, reply.times), reverse=True
    )
    more = sum(reply.times for reply in replies[MOST_REPLIES:])
    return Side(role, replies[:MOST_REPLIES], more, _passed(outcomes))


def _distinct(outcomes: Sequence[Outcome]) -> list[Reply]:
    """The replies; those alike word for word and in their verdicts stand once."""
    first: dict[object, Outcome] = {}
    times: Counter[object] = Counter()
    for outcome in outcomes:
        content = (outcome.reply, outcome.status, _verdicts(outcome) or outcome.why)
        first.setdefault(content, outcome)
        times[content] += 1
    return [Reply(first[content], number) for content, number in times.items()]


def _verdicts(outcome: Outcome) -> tuple[Verdict, ...]:
    return outcome.grade.verdicts if outcome.grade else ()


def _passed(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """Passed and scored verdicts by criterion."""
    verdicts = [verdict for outcome in outcomes for verdict in _verdicts(outcome)]
    scored = Counter(v.criterion for v in verdicts if v.outcome != "unscored")
    passed = Counter(v.criterion for v in verdicts if v.outcome == "pass")
    return {criterion: (passed[criterion], number) for criterion, number in scored.items()}


def _weight(case: Case) -> int:
    """Bytes that a case will take on the page, about."""
    criteria = case.scenario.criteria if case.scenario else ()
    verdicts = [verdict for reply in case.replies for verdict in reply.verdicts]
    parts = [
        _AROUND,
        weight(case.story),
        *(weight(turn.text) for turn in case.history),
        *(weight(reply.text + reply.why) for reply in case.replies),
        *(weight(clip(criterion.text, REASON)) + _TAGS for criterion in criteria),
        *(weight(verdict.criterion + verdict.evidence) + _TAGS for verdict in verdicts),
    ]
    return sum(parts)


def weight(text: str) -> int:
    """Bytes of a text on the page."""
    return len(escape(visible(text)).encode())
