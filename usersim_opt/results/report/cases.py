"""The scenarios in which base or rival fails or breaks a guard, to be read.

Each with its story, conversation and criteria, and with replies, verdicts and evidence. They are
training scenarios unless those of the smoke split are asked for: what was read is held out no more.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import escape

from usersim_opt.basics.text import visible
from usersim_opt.measuring.outcome import Outcome, Verdict
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.report.wording import EVIDENCE, REASON, REPLY, STORY, TURN, clip
from usersim_opt.scenarios.records import Scenario, Turn, in_task_order

BASE = "base"
MOST_REPLIES = 3
"""Different replies of one version to one scenario that are shown, the failing ones first."""
MOST_OF_A_CRITERION = 60
"""Characters of a criterion's id beside a verdict."""
_TAGS, _AROUND = 170, 1_500
"""Bytes of markup around a verdict or a criterion, and around a scenario."""
_Outcomes = Sequence[Outcome]
_Sides = Mapping[str, _Outcomes]
"""The replies of base and rival by their roles."""
_Hits = tuple[int, int]
"""The number of verdicts that passed, and of those that were scored."""


class VerdictLine(NamedTuple):
    """A verdict as it stands under a reply."""

    outcome: str
    criterion: str
    evidence: str
    source: str
    role: str
    """`score`, or `guard` where it is no part of the pass rate."""

    @classmethod
    def of(cls, verdict: Verdict, *, role: str = "score") -> "VerdictLine":
        """The line of a verdict, its texts cut to their lengths."""
        criterion = clip(verdict.criterion, MOST_OF_A_CRITERION)
        evidence = clip(verdict.evidence, EVIDENCE)
        return cls(verdict.outcome, criterion, evidence, verdict.source, role)

    @property
    def weight(self) -> int:
        """Bytes that it takes on the page, about."""
        return weight(self.criterion + self.evidence) + _TAGS


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
        """The verdicts in the order of the rubric, those on guards last."""
        guards = [VerdictLine.of(verdict, role="guard") for verdict in self.outcome.guards]
        return [*map(VerdictLine.of, self.outcome.verdicts), *guards]

    @property
    def badness(self) -> tuple[int, int]:
        """Verdicts of fail, then how often it was given: the worst replies are to be read first."""
        return len(self.outcome.failed) + len(self.outcome.broken), self.times

    @property
    def weight(self) -> int:
        """Bytes that it takes on the page with its verdicts, about."""
        return weight(self.text + self.why) + sum(line.weight for line in self.verdicts)


@dataclass(frozen=True)
class Side:
    """The replies of one version to one scenario; `more` is the number of those not shown."""

    role: str
    replies: Sequence[Reply]
    more: int
    passed: Mapping[str, _Hits]
    """Passed and scored by criterion, of those that score."""
    kept: Mapping[str, _Hits]
    """The same of guards."""

    @property
    def fails(self) -> bool:
        """Whether any reply fails a criterion or breaks a guard."""
        hits = (*self.passed.values(), *self.kept.values())
        return any(passed < scored for passed, scored in hits)


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
        """Whether the best version fails a criterion or breaks a guard here."""
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


def cases(reading: Reading, *, room: int, split: str) -> tuple[list[Case], int]:
    """The failing scenarios in order of id, and the number of those that have no room.

    `room` is in bytes of the page; those of the best version come first. `split` is `smoke` or
    `search`.
    """
    sides = _sides_on(reading, split)
    failing = _failing(sides)
    chosen = {case.id: case for case in _fitting(reading.record, sides, failing, room)}
    in_order = [chosen[scenario] for scenario in in_task_order(chosen)]
    return in_order, len(failing) - len(in_order)


def _sides_on(reading: Reading, split: str) -> _Sides:
    """The replies of seed and finalist on a split."""
    by_version = reading.smoke if split == SMOKE else reading.searched
    versions = {BASE: reading.seed}
    if reading.found_better:
        versions[reading.rival] = reading.finalist
    return {role: by_version.get(each.id, ()) for role, each in versions.items() if each}


def _failing(sides: _Sides) -> list[str]:
    """The scenarios in which either side fails, those of the best version first."""
    failing = [_failing_of(outcomes) for outcomes in reversed(list(sides.values()))]
    return list(dict.fromkeys(scenario for side in failing for scenario in side))


def _failing_of(outcomes: _Outcomes) -> list[str]:
    failing = [outcome for outcome in outcomes if outcome.fails or outcome.broken]
    return in_task_order({outcome.scenario for outcome in failing})


def _fitting(
    record: RunRecord, sides: _Sides, scenarios: Sequence[str], room: int
) -> Iterator[Case]:
    """The cases of the scenarios, until the next one has no room."""
    for number, scenario in enumerate(scenarios):
        case = _case(record, sides, scenario, anchor=f"case-{number}")
        room -= _weight(case)
        if room < 0:
            return
        yield case


def _case(record: RunRecord, sides: _Sides, scenario: str, *, anchor: str) -> Case:
    return Case(
        id=scenario,
        anchor=anchor,
        scenario=record.scenarios.get(scenario),
        story=_story(record, scenario),
        sides=list(_answering(sides, scenario)),
    )


def _story(record: RunRecord, scenario: str) -> str:
    """The private story of a scenario's task; empty where the data are not at hand."""
    task = record.tasks.get(scenario.partition(".")[0])
    return clip(task.story, STORY) if task else ""


def _answering(sides: _Sides, scenario: str) -> Iterator[Side]:
    """The sides that answered to a scenario."""
    for role, outcomes in sides.items():
        answers = [outcome for outcome in outcomes if outcome.scenario == scenario]
        if answers:
            yield _side(role, answers)


def _side(role: str, outcomes: _Outcomes) -> Side:
    """The replies of one version, the worst first."""
    replies = sorted(_distinct(outcomes), key=lambda reply: reply.badness, reverse=True)
    more = sum(reply.times for reply in replies[MOST_REPLIES:])
    passed = _hits(verdict for outcome in outcomes for verdict in outcome.verdicts)
    kept = _hits(verdict for outcome in outcomes for verdict in outcome.guards)
    return Side(role, replies[:MOST_REPLIES], more, passed, kept)


def _distinct(outcomes: _Outcomes) -> list[Reply]:
    """The replies; those alike word for word and in their verdicts stand once."""
    first: dict[object, Outcome] = {}
    times: Counter[object] = Counter()
    for outcome in outcomes:
        content = _content(outcome)
        first.setdefault(content, outcome)
        times[content] += 1
    return [Reply(first[content], number) for content, number in times.items()]


def _content(outcome: Outcome) -> object:
    """What two replies that stand as one have in common."""
    return outcome.reply, outcome.status, outcome.verdicts or outcome.why, outcome.guards


def _hits(verdicts: Iterable[Verdict]) -> dict[str, _Hits]:
    """Passed and scored verdicts by criterion."""
    decided = [verdict for verdict in verdicts if verdict.scored]
    scored = Counter(verdict.criterion for verdict in decided)
    passed = Counter(verdict.criterion for verdict in decided if verdict.passed)
    return {criterion: (passed[criterion], number) for criterion, number in scored.items()}


def _weight(case: Case) -> int:
    """Bytes that a case will take on the page, about."""
    parts = [
        _AROUND,
        weight(case.story),
        *(weight(turn.text) for turn in case.history),
        *_weights_of_criteria(case.scenario),
        *(reply.weight for reply in case.replies),
    ]
    return sum(parts)


def _weights_of_criteria(scenario: Scenario | None) -> list[int]:
    criteria = scenario.criteria if scenario else ()
    return [weight(clip(criterion.text, REASON)) + _TAGS for criterion in criteria]


def weight(text: str) -> int:
    """Bytes of a text on the page."""
    return len(escape(visible(text)).encode())
