"""What the record of a run already holds: looked up before anything is paid for.

A run is a function of its inputs and of the answers that the models gave. After a kill it is run
again from its beginning; every answer that the journal has comes from here, and what follows from
the answers must be what followed before.

    once       write an event, unless it is there
    as_before  the same for what follows from answers; another content is an error
    again      write an event that may be there already, such as a reply that failed before
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.validation import explain
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.events import Event, name_of
from usersim_opt.results.journal import Journal

Name = tuple[str, ...]
"""What an event is looked up by: its kind, and what makes it unique among its kind."""


class Replay:
    """The events of a journal by name, and the ways to add to them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._events = {name_of(event): event for event in journal.events}
        self._of_earlier_proposers = _stages_before_takeover(journal.events)
        self._in_vain = [*_replaced(journal.events), *journal.owed_again]

    def get(self, *name: str) -> Event | None:
        """The event of a name; None if it has not happened yet."""
        return self._events.get(name)

    def is_of_earlier_proposer(self, stage: str) -> bool:
        """Whether the proposal of a stage was made before another proposer took over."""
        return stage in self._of_earlier_proposers

    def outcome(self, key: Sequence[object]) -> Outcome | None:
        """The recorded outcome of a job; None if it is owed."""
        event = self.get("outcome", *map(str, key))
        return None if event is None else read_outcome(event, self._journal.path)

    def again(self, event: Event) -> None:
        """Write an event, in the place of an earlier one of its name if there is one."""
        self._journal.append(event)
        self._events[name_of(event)] = event

    def once(self, event: Event) -> Event:
        """The event as it stands in the record, written now if it is not there."""
        earlier = self.get(*name_of(event))
        if earlier is not None:
            return earlier
        self.again(event)
        return event

    def as_before(self, event: Event) -> None:
        """Record what follows from recorded answers; JournalError if it is not what followed."""
        if _untimed(self.once(event)) != _untimed(event):
            raise JournalError(
                f"{self._journal.path}: {' '.join(name_of(event))} would now be another one; "
                "the record does not fit this version of the library"
            )

    def paid_in_vain(self, stage: str) -> list[Event]:
        """The replies of a stage that were paid for and are made again; each is given once.

        They count when the stage is reached, not before: a resumed search must not end earlier than
        it did.
        """
        of_the_stage = [event for event in self._in_vain if event["stage"] == stage]
        self._in_vain = [event for event in self._in_vain if event["stage"] != stage]
        return of_the_stage


def _stages_before_takeover(events: Iterable[Event]) -> set[str]:
    """The stages of the proposals that were made before the present proposer took over."""
    proposed: set[str] = set()
    earlier: set[str] = set()
    for event in events:
        if event["event"] == "proposal":
            proposed.add(event["stage"])
        elif event["event"] == "proposer":
            earlier = set(proposed)
    return earlier


def _replaced(events: Iterable[Event]) -> list[Event]:
    """The replies that a later reply to the same job took the place of."""
    latest: dict[Name, Event] = {}
    replaced: list[Event] = []
    for event in events:
        if event["event"] != "outcome":
            continue
        name = name_of(event)
        if name in latest:
            replaced.append(latest[name])
        latest[name] = event
    return replaced


def _untimed(event: Event) -> Event:
    """An event without the time of its writing."""
    return {key: value for key, value in event.items() if key != "at"}


def read_outcome(event: Event, path: Path) -> Outcome:
    """The outcome of an event; JournalError names the scenario of one that cannot be read."""
    fields = {key: value for key, value in _untimed(event).items() if key != "event"}
    try:
        return Outcome.model_validate(fields)
    except ValidationError as error:
        raise JournalError(
            f"{path}: an outcome of {event['scenario']} is not readable ({explain(error)}); "
            "restore the file from a copy"
        ) from error
