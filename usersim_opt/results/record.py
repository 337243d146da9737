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

from usersim_opt.basics.files import write_text
from usersim_opt.basics.frames import frame
from usersim_opt.basics.validation import explain
from usersim_opt.measuring.outcome import ROLES, ByRole, Outcome, summed
from usersim_opt.measuring.rows import OUTCOME_COLUMNS, outcome_rows
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.models.naming import is_offline
from usersim_opt.results.journal import Event, read_lenient
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
    scenarios: Mapping[str, Scenario]
    tasks: Mapping[str, Task]
    calls: Mapping[str, int]
    """By role, those that were made twice included."""
    tokens: Mapping[str, int]
    """Read and written, by role; a record of format 1 has those of user and judge in one."""
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
        """Model strings with their sampling options by role, those seen in the grading included."""
        named = {
            key.removeprefix("model."): str(value)
            for key, value in self.inputs.items()
            if key.startswith("model.")
        }
        seen = sorted({model for outcome in self.outcomes for model in outcome.unnamed})
        return named | {f"grading.{number}": model for number, model in enumerate(seen, start=1)}

    @property
    def offline(self) -> bool:
        """Whether any model of the run was an offline stand-in."""
        return any(is_offline(model) for model in self.models.values())

    def of_stage(self, stage: str) -> list[Outcome]:
        """The replies of one stage, such as `smoke` or `003.look`."""
        return [outcome for outcome in self.outcomes if outcome.stage == stage]

    def to_pandas(self) -> "pd.DataFrame":
        """One row per reply of the run, smoke split included; see rows.py."""
        return frame(outcome_rows(self.outcomes, self.scenarios), OUTCOME_COLUMNS)


def write_data(
    folder: Path, *, scenarios: Mapping[str, Scenario], tasks: Mapping[str, Task]
) -> None:
    """Keep the data of a run in its folder."""
    kept = {
        "tasks": [tasks[i].model_dump(mode="json") for i in sorted(tasks)],
        "records": [
            scenarios[i].model_dump(mode="json", by_alias=True, exclude_none=True)
            for i in sorted(scenarios)
        ],
    }
    write_text(folder / DATA_FILE, json.dumps(kept) + "\n")


def read_record(folder: str | Path) -> RunRecord:
    """Read a run folder; JournalError if it holds none."""
    path = Path(folder)
    header, events, problems = read_lenient(path)
    versions = _made(Version, events, "version", problems)
    decisions = _made(Decision, events, "decision", problems)
    outcomes = _outcomes(events, problems)
    scenarios, tasks = _data(path, problems)
    calls, tokens = _costs(events)
    searched = next((event for event in events if event["event"] == "searched"), {})
    times = [str(event["at"]) for event in [header, *events] if "at" in event]
    return RunRecord(
        folder=path,
        inputs=header.get("inputs", {}) if isinstance(header.get("inputs"), dict) else {},
        versions={version.id: version for version in versions},
        decisions=decisions,
        outcomes=outcomes,
        proposals=_proposals(events),
        scenarios=scenarios,
        tasks=tasks,
        calls=calls,
        tokens=tokens,
        rounds=_whole(searched.get("rounds")),
        ended_by=str(searched.get("why", "")),
        finished=_finished(events, decisions),
        started=times[0] if times else "",
        last=times[-1] if times else "",
        minutes=_minutes(times),
        problems=problems[:MOST_PROBLEMS],
    )


def _proposals(events: Sequence[Event]) -> dict[str, str]:
    return {
        str(event["stage"]): str(event.get("answer", ""))
        for event in events
        if event["event"] == "proposal" and "stage" in event
    }


def _costs(events: Sequence[Event]) -> tuple[ByRole, ByRole]:
    """Calls and tokens by role, of every reply that was paid for and of every proposal."""
    paid = [event for event in events if event["event"] == "outcome"]
    proposed = [event for event in events if event["event"] == "proposal" and "stage" in event]
    calls = [_by_role(event.get("calls")) for event in paid]
    tokens = [_by_role(event.get("tokens")) for event in paid]
    proposals = {str(event["stage"]): _whole(event.get("tokens")) for event in proposed}
    none = dict.fromkeys(ROLES, 0)
    return (
        summed([none, *calls, {"proposer": len(proposals)}]),
        summed([none, *tokens, {"proposer": sum(proposals.values())}]),
    )


def _by_role(value: object) -> ByRole:
    """Numbers by role as an event has them; what is no number is left out."""
    numbers = value if isinstance(value, dict) else {}
    return {str(role): n for role, n in numbers.items() if isinstance(n, int)}


def _whole(value: object) -> int:
    """A whole number, 0 for anything else."""
    return value if isinstance(value, int) else 0


def _finished(events: Sequence[Event], decisions: Sequence[Decision]) -> bool:
    """Whether the smoke split is measured, and decided upon where there was a finalist."""
    sides = {
        str(event.get("version"))
        for event in events
        if event["event"] == "outcome" and event.get("stage") == SMOKE
    }
    measured = any(event["event"] == "measured" and event.get("stage") == SMOKE for event in events)
    return measured and (len(sides) < 2 or any(decision.stage == SMOKE for decision in decisions))


def _made(
    kind: type[_Made], events: Sequence[Event], name: str, problems: list[str]
) -> list[_Made]:
    """The events of one name as records."""
    made = []
    for event in events:
        if event["event"] == name:
            try:
                made.append(
                    kind.model_validate(
                        {key: value for key, value in event.items() if key not in ("event", "at")}
                    )
                )
            except ValidationError as error:
                problems.append(f"a line of the kind {name!r} is left out: {explain(error)}")
    return made


def _outcomes(events: Sequence[Event], problems: list[str]) -> list[Outcome]:
    """The replies; of one that failed and was made again the last."""
    return list(
        {outcome.key: outcome for outcome in _made(Outcome, events, "outcome", problems)}.values()
    )


def _data(folder: Path, problems: list[str]) -> tuple[dict[str, Scenario], dict[str, Task]]:
    try:
        kept = json.loads((folder / DATA_FILE).read_bytes())
        scenarios = [Scenario.model_validate(record) for record in kept["records"]]
        tasks = [Task.model_validate(task) for task in kept["tasks"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        what = error.strerror if isinstance(error, OSError) else "not readable"
        problems.append(f"{DATA_FILE}: {what}; contexts, criteria and dimensions cannot be shown")
        return {}, {}
    return {record.id: record for record in scenarios}, {task.id: task for task in tasks}


def _minutes(times: Sequence[str]) -> float:
    moments = []
    for time in times:
        try:
            moments.append(datetime.fromisoformat(time).timestamp())
        except ValueError:
            continue
    steps = [later - earlier for earlier, later in pairwise(moments)]
    return sum(step for step in steps if 0 <= step <= LONGEST_STEP) / 60
