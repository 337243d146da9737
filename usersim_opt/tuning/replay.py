"""What the record of a run already holds: looked up before anything is paid for.

A run is a function of its inputs and of the answers that the models gave. After a kill it is run
again from its beginning; every answer that the journal has comes from here, and what follows from
the answers must be what followed before.

    once       write an event, unless it is there
    as_before  the same for what follows from answers; another content is an error
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.validation import explain
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.journal import Event, Journal, name_of

Name = tuple[str, ...]
"""What an event is looked up by: its kind, and what makes it unique among its kind."""


class Replay:
    """The events of a journal by name, and the way to add to them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._events: dict[Name, Event] = {}
        self._made_again: list[Event] = list(journal.owed_again)
        for event in journal.events:
            name = name_of(event)
            if event["event"] == "outcome" and name in self._events:
                self._made_again.append(self._events[name])
            self._events[name] = event

    def get(self, *name: str) -> Event | None:
        """The event of a name; None if it has not happened yet."""
        return self._events.get(name)

    def outcome(self, key: Sequence[object]) -> Outcome | None:
        """The recorded outcome of a job; None if it is owed."""
        event = self._events.get(("outcome", *map(str, key)))
        return None if event is None else read_outcome(event, self._journal.path)

    def record(self, event: Event) -> None:
        """Write an event that can happen again, such as a reply that failed before."""
        self._journal.append(event)

    def once(self, event: Event) -> Event:
        """The event as it stands in the record, written now if it is not there."""
        name = name_of(event)
        if name not in self._events:
            self._journal.append(event)
            self._events[name] = event
        return self._events[name]

    def as_before(self, event: Event) -> None:
        """Record what follows from recorded answers; JournalError if something else followed before."""
        name = name_of(event)
        earlier = self._events.get(name)
        if earlier is not None and {**earlier, "at": None} != {**event, "at": None}:
            raise JournalError(
                f"{self._journal.path}: {' '.join(name)} would now be another one; "
                "the record does not fit this version of the library"
            )
        self.once(event)

    def paid_in_vain(self, stage: str) -> list[Event]:
        """The replies of a stage that were paid for and made again; each is given once.

        They count when the stage is reached, not before: a resumed search must not end earlier than
        it did.
        """
        found = [event for event in self._made_again if event["stage"] == stage]
        self._made_again = [event for event in self._made_again if event["stage"] != stage]
        return found


def read_outcome(event: Event, path: Path) -> Outcome:
    """The outcome of an event; JournalError names the scenario of one that is none."""
    fields = {key: value for key, value in event.items() if key not in ("event", "at")}
    try:
        return Outcome.model_validate(fields)
    except ValidationError as error:
        raise JournalError(
            f"{path}: an outcome of {event['scenario']} is not readable ({explain(error)}); "
            "restore the file from a copy"
        ) from error
