"""The scenarios in which base or rival fails, to be read: story, conversation, criteria, replies, verdicts, evidence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import escape

from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.reading import Reading
from usersim_opt.results.report.wording import EVIDENCE, REASON, REPLY, STORY, TURN, clip, visible
from usersim_opt.scenarios.records import Scenario, Turn

BASE = "base"
MOST_REPLIES = 3
"""Different replies of one version to one scenario that are shown, the failing ones first."""
_TAGS, _AROUND = 170, 1_500
"""Bytes of markup around a verdict or a criterion, and around a scenario."""


@dataclass(frozen=True)
class Reply:
    """A reply, how often it was given, and what was found."""

    outcome: Outcome
    times: int

    @property
    def text(self) -> str:
        """The reply, or why there is none."""
        return clip(self.outcome.reply, REPLY)

    @property
    def why(self) -> str:
        """Why it has no grade."""
        return clip(self.outcome.why, REASON)

    @property
    def verdicts(self) -> Sequence[tuple[str, str, str, str]]:
        """Verdict, criterion, evidence, and who gave it."""
        found = self.outcome.grade.verdicts if self.outcome.grade else ()
        return [
            (v.outcome, clip(v.criterion, 60), clip(v.evidence, EVIDENCE), v.source) for v in found
        ]


@dataclass(frozen=True)
class Side:
    """The replies of one version to one scenario; `more` is the number of those that are not shown."""

    role: str
    replies: Sequence[Reply]
    more: int
    passed: Mapping[str, tuple[int, int]]
    """Passed and scored by criterion."""


@dataclass(frozen=True)
class Case:
    """One scenario with the replies of base and rival; the record is None where the data of the run are not at hand."""

    id: str
    anchor: str
    record: Scenario | None
    story: str
    sides: Sequence[Side]

    @property
    def rival_fails(self) -> bool:
        """Whether the best version fails a criterion here."""
        return any(
            passed < scored
            for side in self.sides
            if side.role != BASE
            for passed, scored in side.passed.values()
        )

    @property
    def history(self) -> Sequence[Turn]:
        """The conversation so far."""
        return (
            [Turn(role=turn.role, text=clip(turn.text, TURN)) for turn in self.record.history]
            if self.record
            else []
        )


def cases(reading: Reading, *, room: int) -> tuple[list[Case], int]:
    """The failing scenarios in order of id, and the number of those for which `room` bytes are not enough; those of the best version come first."""
    sides = {BASE: reading.base_outcomes, reading.rival: reading.best_outcomes}
    wanted = _failing(reading.best_outcomes) + _failing(reading.base_outcomes)
    found: list[Case] = []
    for number, scenario in enumerate(dict.fromkeys(wanted)):
        made = _case(reading, scenario, f"case-{number}", sides)
        room -= _weight(made)
        if room < 0:
            return sorted(found, key=lambda case: case.id), len(dict.fromkeys(wanted)) - len(found)
        found.append(made)
    return sorted(found, key=lambda case: case.id), 0


def _failing(outcomes: Sequence[Outcome]) -> list[str]:
    return sorted({o.scenario for o in outcomes if o.grade and o.grade.passed < o.grade.scored})


def _case(
    reading: Reading, scenario: str, anchor: str, sides: Mapping[str, Sequence[Outcome]]
) -> Case:
    record = reading.record.scenarios.get(scenario)
    task = reading.record.tasks.get(scenario.partition(".")[0])
    met = {
        role: [o for o in outcomes if o.scenario == scenario] for role, outcomes in sides.items()
    }
    made = [_side(role, outcomes) for role, outcomes in met.items() if outcomes]
    return Case(scenario, anchor, record, clip(task.story, STORY) if task else "", made)


def _side(role: str, outcomes: Sequence[Outcome]) -> Side:
    """Replies that are alike, word for word and in their verdicts, are shown once."""
    alike = Counter((o.reply, o.status, o.grade.verdicts if o.grade else o.why) for o in outcomes)
    first = {
        (o.reply, o.status, o.grade.verdicts if o.grade else o.why): o for o in reversed(outcomes)
    }
    replies = sorted(
        (Reply(first[key], times) for key, times in alike.items()), key=_failures, reverse=True
    )
    passed: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        for verdict in outcome.grade.verdicts if outcome.grade else ():
            if verdict.outcome != "unscored":
                before = passed.get(verdict.criterion, (0, 0))
                passed[verdict.criterion] = (before[0] + (verdict.outcome == "pass"), before[1] + 1)
    return Side(
        role, replies[:MOST_REPLIES], sum(reply.times for reply in replies[MOST_REPLIES:]), passed
    )


def _failures(reply: Reply) -> tuple[int, int]:
    grade = reply.outcome.grade
    return (grade.scored - grade.passed if grade else 0, reply.times)


def _weight(case: Case) -> int:
    """Bytes that a case will take on the page, about."""
    verdicts = [v for side in case.sides for reply in side.replies for v in reply.verdicts]
    texts = [
        case.story,
        *(turn.text for turn in case.history),
        *(reply.text + reply.why for side in case.sides for reply in side.replies),
    ]
    criteria = [criterion.text for criterion in case.record.criteria] if case.record else []
    return (
        _AROUND
        + sum(map(weight, texts))
        + sum(weight(text) + _TAGS for text in criteria)
        + sum(weight(v[1] + v[2]) + _TAGS for v in verdicts)
    )


def weight(text: str) -> int:
    """Bytes of a text on the page."""
    return len(escape(visible(text)).encode())
