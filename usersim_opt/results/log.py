"""What the lines of a journal say by themselves, before any of them is made a record.

Lenient: a line without a field that is asked for says nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from usersim_opt.basics.figures import ByRole, summed
from usersim_opt.measuring.outcome import ROLES
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.events import Event
from usersim_opt.results.fingerprint import GRADING, GRADING_CODE, LIBRARY
from usersim_opt.results.outlook import ENDED_BY

PROPOSER = "proposer"
LONGEST_STEP = 600.0
"""Seconds between two lines of the log beyond which nobody worked."""


@dataclass(frozen=True)
class Log:
    """What the events of a journal say by themselves, before any of them is made a record."""

    header: Event
    events: Sequence[Event]

    def of(self, kind: str) -> list[Event]:
        """The events of a kind, in order."""
        return [event for event in self.events if event["event"] == kind]

    @property
    def inputs(self) -> dict[str, Any]:
        """What the run is made from."""
        inputs = self.header.get("inputs")
        return inputs if isinstance(inputs, dict) else {}

    @cached_property
    def times(self) -> list[str]:
        """The time of each line."""
        return [str(event["at"]) for event in [self.header, *self.events] if "at" in event]

    @property
    def answers(self) -> dict[str, str]:
        """The proposer's raw answers by stage."""
        return {stage: str(event.get("answer", "")) for stage, event in self.proposals.items()}

    @cached_property
    def proposals(self) -> dict[str, Event]:
        """The proposals by stage."""
        return {str(event["stage"]): event for event in self.of("proposal") if "stage" in event}

    @property
    def searched(self) -> Event:
        """The end of the search; empty before it."""
        return next(iter(self.of("searched")), {})

    @property
    def rounds(self) -> int:
        """Minibatches of the search; a run that stopped before it has had its first look."""
        return _whole(self.searched.get("rounds", int(self.stopped)))

    @property
    def ended_by(self) -> str:
        """What ended the search, in words; empty while it is under way."""
        return str(self.searched.get("why", ENDED_BY if self.stopped else ""))

    @property
    def later_proposers(self) -> list[str]:
        """The proposers that took over."""
        return [str(event.get("model", "")) for event in self.of("proposer")]

    @property
    def later_graders(self) -> list[str]:
        """A sentence on each grader that took over."""
        return [_on_grader(event) for event in self.of("grader")]

    @property
    def uses(self) -> list[Event]:
        """The use of the smoke split, as an event of its own; none in a run that is not counted."""
        uses = [event.get("use") for event in self.of("confirming")]
        return [{"event": "confirming"} | use for use in uses if isinstance(use, dict)]

    @property
    def stopped(self) -> bool:
        """Whether the outlook stopped the run, and nobody has gone on since."""
        stops = any(event.get("stops") is True for event in self.of("outlook"))
        return stops and not self.of("despite_ceiling")

    @property
    def calls(self) -> ByRole:
        """Calls of every line: a reply that was measured again was paid for twice."""
        none = dict.fromkeys(ROLES, 0)
        paid = [*self._paid("calls"), {PROPOSER: len(self.proposals)}]
        return summed([none, *paid])

    @property
    def tokens(self) -> ByRole:
        """Tokens of every line by the roles named there; format 1 has none of the proposer."""
        return summed([*self._paid("tokens"), *self._of_answers("tokens")])

    @property
    def written(self) -> ByRole:
        """Of the tokens those that were written, of the roles of which every line tells it."""
        written = summed([*self._paid("written"), *self._of_answers("written")])
        untold = self._untold
        return {role: number for role, number in written.items() if not untold.get(role)}

    @property
    def _untold(self) -> ByRole:
        """Tokens by role of the lines that do not tell how many of them were written."""
        answers = [event for event in self.proposals.values() if "written" not in event]
        proposed = [{PROPOSER: _whole(event.get("tokens"))} for event in answers]
        lines = [event for event in self._paid_lines if "written" not in event]
        return summed([*(_by_role(line.get("tokens")) for line in lines), *proposed])

    @property
    def _paid_lines(self) -> list[Event]:
        """The lines of replies, looks and conversations."""
        return [event for kind in ("outcome", "look", "realism") for event in self.of(kind)]

    def _paid(self, field: str) -> list[ByRole]:
        """The numbers by role that each paid line has in a field."""
        return [_by_role(event.get(field)) for event in self._paid_lines]

    def _of_answers(self, field: str) -> list[ByRole]:
        """The numbers that each proposal has in a field."""
        answers = [event for event in self.proposals.values() if field in event]
        return [{PROPOSER: _whole(event[field])} for event in answers]

    @property
    def smoke_is_measured(self) -> bool:
        """Whether all that was planned on the smoke split has come."""
        return bool(self._on_smoke("measured"))

    @property
    def smoke_sides(self) -> int:
        """How many versions have replies on the smoke split."""
        return len({str(event.get("version")) for event in self._on_smoke("outcome")})

    def _on_smoke(self, kind: str) -> list[Event]:
        return [event for event in self.of(kind) if event.get("stage") == SMOKE]


def _by_role(value: object) -> ByRole:
    """Numbers by role as an event has them; what is no number is left out."""
    if not isinstance(value, dict):
        return {}
    return {str(role): n for role, n in value.items() if isinstance(n, int)}


def _whole(value: object) -> int:
    """A whole number, 0 for anything else."""
    return value if isinstance(value, int) else 0


def minutes_of(times: Sequence[str]) -> float:
    """The minutes between the lines, those of a break left out: a run may rest for days."""
    return sum(step for step in _steps(times) if 0 <= step <= LONGEST_STEP) / 60


def _steps(times: Sequence[str]) -> Iterator[float]:
    """The seconds from each line to the next; a line without a time is left out."""
    moments = [moment(time) for time in times]
    for earlier, later in pairwise(each for each in moments if each is not None):
        yield later - earlier


def moment(time: str) -> float | None:
    """An ISO time in seconds since 1970; None for what is no time."""
    try:
        return datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError):
        return None


def _on_grader(event: Event) -> str:
    """What is told of a grader that took over from another one."""
    was, now = (_edition(event.get(side)) for side in ("was", "now"))
    return (
        f"From {str(event.get('at', ''))[:16]} on another version of usersim-opt graded ({was}, "
        f"then {now}): what was graded before and after is not of one grader."
    )


def _edition(grader: Any) -> str:
    """A version of the package, with the beginnings of its digests."""
    named = grader if isinstance(grader, dict) else {}
    version, *digests = (str(named.get(name, "?")) for name in (LIBRARY, GRADING, GRADING_CODE))
    return " ".join([version, *(digest[:8] for digest in digests)])
