"""The record of a run, read back from its folder: finished, under way, or broken off.

    record = read_record("runs/airline")
    record.finished, len(record.versions), record.calls

The journal says what was asked, answered and decided; `data.json` beside it holds the scenarios and stories that the run
was made with, so that a folder can be read where the data set is not at hand. Reading is lenient: what cannot be read is
left out and named in `problems`. Resuming a run is not; see journal.py.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.files import write_text
from usersim_opt.basics.validation import explain
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.journal import FILE, SCHEMA_VERSION, Event
from usersim_opt.results.versions import Decision, Version
from usersim_opt.scenarios.records import Record, Scenario, Task

if TYPE_CHECKING:
    import pandas as pd

DATA_FILE = "data.json"
MOST_PROBLEMS = 20
LONGEST_STEP = 600.0
"""Seconds between two lines from which it was a break."""
_Made = TypeVar("_Made", bound=Record)


@dataclass(frozen=True)
class RunRecord:
    """Everything that a run folder tells; sequences are in the order in which things happened."""

    folder: Path
    inputs: Mapping[str, Any]
    """The fingerprint: digests of prompt and data, `model.user` and so on, and the options."""
    versions: Mapping[str, Version]
    decisions: Sequence[Decision]
    outcomes: Sequence[Outcome]
    """Every reply, the failed ones that were made again left out."""
    proposals: Mapping[str, str]
    """The proposer's raw answers by stage."""
    records: Mapping[str, Scenario]
    tasks: Mapping[str, Task]
    calls: Mapping[str, int]
    """By role, those that were made twice included."""
    tokens: int
    rounds: int
    """Minibatches of the search; 0 while it is under way."""
    ended_by: str
    """What ended the search; empty while it is under way."""
    finished: bool
    """Whether the smoke split has been measured and has decided."""
    started: str
    """Time of the first and of the last line (ISO 8601, UTC)."""
    last: str
    minutes: float
    """Of work: the time between lines, pauses over ten minutes left out."""
    problems: Sequence[str]
    """What could not be read, in words."""

    @property
    def seed(self) -> Version | None:
        """The version that the run started from."""
        return next(iter(self.versions.values()), None)

    @property
    def models(self) -> dict[str, str]:
        """Model strings with their sampling options, by role."""
        return {key.removeprefix("model."): str(value) for key, value in self.inputs.items() if key.startswith("model.")}

    @property
    def offline(self) -> bool:
        """Whether any model of the run was an offline stand-in."""
        return any(model.startswith("offline/") for model in self.models.values())

    def of_stage(self, stage: str) -> list[Outcome]:
        """The replies of one stage, such as `smoke` or `003.look`."""
        return [outcome for outcome in self.outcomes if outcome.stage == stage]

    def to_pandas(self) -> "pd.DataFrame":
        """One row per reply of the run, smoke split included; see frames.py."""
        from usersim_opt.basics.frames import frame  # noqa: PLC0415 - frames know records, not the other way round
        from usersim_opt.measuring.rows import OUTCOME_COLUMNS, outcome_rows  # noqa: PLC0415 - frames know records, not the other way round

        return frame(outcome_rows(self), OUTCOME_COLUMNS)


def write_data(folder: Path, *, records: Mapping[str, Scenario], tasks: Mapping[str, Task]) -> None:
    """Keep the data of a run in its folder."""
    kept = {
        "tasks": [tasks[i].model_dump(mode="json") for i in sorted(tasks)],
        "records": [records[i].model_dump(mode="json", by_alias=True, exclude_none=True) for i in sorted(records)],
    }
    write_text(folder / DATA_FILE, json.dumps(kept) + "\n")


def read_record(folder: str | Path) -> RunRecord:
    """Read a run folder; JournalError if it holds none."""
    path = Path(folder)
    header, events, problems = _events(path)
    outcomes = _outcomes(events, problems)
    records, tasks = _data(path, problems)
    searched = next((event for event in events if event["event"] == "searched"), {})
    paid = [event for event in events if event["event"] == "outcome"]
    proposals = {str(event["stage"]): str(event.get("answer", "")) for event in events if event["event"] == "proposal" and "stage" in event}
    versions = _made(Version, events, "version", problems)
    decisions = _made(Decision, events, "decision", problems)
    times = [str(event["at"]) for event in [header, *events] if "at" in event]
    return RunRecord(
        folder=path,
        inputs=header.get("inputs", {}) if isinstance(header.get("inputs"), dict) else {},
        versions={version.id: version for version in versions},
        decisions=decisions,
        outcomes=outcomes,
        proposals=proposals,
        records=records,
        tasks=tasks,
        calls={"user": _total(paid, "user_calls"), "judge": _total(paid, "judge_calls"), "proposer": len(proposals)},
        tokens=_total(paid, "tokens"),
        rounds=_total([searched], "rounds"),
        ended_by=str(searched.get("why", "")),
        finished=_finished(events, decisions),
        started=times[0] if times else "",
        last=times[-1] if times else "",
        minutes=_minutes(times),
        problems=problems[:MOST_PROBLEMS],
    )


def _events(folder: Path) -> tuple[Event, list[Event], list[str]]:
    """Header, readable events, and problems. JournalError where there is no header of a run."""
    path = folder / FILE
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise JournalError(f"{folder}: holds no run ({FILE}: {error.strerror}); expected the --run-dir of a run") from error
    lines = raw.split(b"\n")
    problems = ["the last line was cut off; it is left out"] if lines.pop() else []
    events: list[Event] = []
    for number, line in enumerate(lines, start=1):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            event = None
        if isinstance(event, dict) and isinstance(event.get("event"), str):
            events.append(event)
        else:
            problems.append(f"line {number} is no event; it is left out")
    if not events or events[0]["event"] != "start":
        raise JournalError(f"{path}: does not begin with the header of a run; expected the {FILE} of a run folder")
    if events[0].get("schema_version") != SCHEMA_VERSION:
        problems.insert(
            0, f"format {events[0].get('schema_version')!r}, this version knows format {SCHEMA_VERSION}: what it does not know is left out"
        )
    return events[0], events[1:], problems


def _finished(events: Sequence[Event], decisions: Sequence[Decision]) -> bool:
    """Whether the smoke split is measured, and decided upon where there was a finalist."""
    sides = {str(event.get("version")) for event in events if event["event"] == "outcome" and event.get("stage") == "smoke"}
    measured = any(event["event"] == "measured" and event.get("stage") == "smoke" for event in events)
    return measured and (len(sides) < 2 or any(decision.rule == "smoke" for decision in decisions))


def _made(kind: type[_Made], events: Sequence[Event], name: str, problems: list[str]) -> list[_Made]:
    """The events of one name as records."""
    made = []
    for event in events:
        if event["event"] == name:
            try:
                made.append(kind.model_validate({key: value for key, value in event.items() if key not in ("event", "at")}))
            except ValidationError as error:
                problems.append(f"a line of the kind {name!r} is left out: {explain(error)}")
    return made


def _outcomes(events: Sequence[Event], problems: list[str]) -> list[Outcome]:
    """The replies; of one that failed and was made again the last."""
    return list({outcome.key: outcome for outcome in _made(Outcome, events, "outcome", problems)}.values())


def _data(folder: Path, problems: list[str]) -> tuple[dict[str, Scenario], dict[str, Task]]:
    try:
        kept = json.loads((folder / DATA_FILE).read_bytes())
        records = [Scenario.model_validate(record) for record in kept["records"]]
        tasks = [Task.model_validate(task) for task in kept["tasks"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        what = error.strerror if isinstance(error, OSError) else "not readable"
        problems.append(f"{DATA_FILE}: {what}; contexts, criteria and dimensions cannot be shown")
        return {}, {}
    return {record.id: record for record in records}, {task.id: task for task in tasks}


def _total(events: Sequence[Event], name: str) -> int:
    return sum(value for event in events if isinstance(value := event.get(name), int))


def _minutes(times: Sequence[str]) -> float:
    moments = []
    for time in times:
        try:
            moments.append(datetime.fromisoformat(time).timestamp())
        except ValueError:
            continue
    steps = [later - earlier for earlier, later in pairwise(moments)]
    return sum(step for step in steps if 0 <= step <= LONGEST_STEP) / 60
