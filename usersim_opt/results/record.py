"""The record of a run, read back from its folder: finished, under way, or broken off.

    record = read_record("runs/airline")
    record.finished, len(record.versions), record.calls

The journal says what was asked, answered and decided; `data.json` beside it holds the scenarios and
stories of the run, so that a folder can be read where the data set is not at hand. Reading is
lenient: what cannot be read is left out and named in `problems`. Resuming a run is not; see
journal.py.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import write_text
from usersim_opt.basics.frames import frame
from usersim_opt.basics.reading import own_bytes
from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import explain
from usersim_opt.measuring.calibration.card import FILE as JUDGE_CARD
from usersim_opt.measuring.calibration.card import JudgeCard, read_judge_card
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.rows import OUTCOME_COLUMNS, outcome_rows
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.models.naming import is_offline
from usersim_opt.results.events import Event
from usersim_opt.results.journal import read_lenient
from usersim_opt.results.log import PROPOSER, Log, minutes_of
from usersim_opt.results.outlook import Outlook
from usersim_opt.results.prices import Money, Prices, money, read_prices
from usersim_opt.results.realism_terms import Look, Measured, Terms, TermsPlan
from usersim_opt.results.smoke_ledger import SmokeUse, level_of
from usersim_opt.results.versions import Decision, Version, Versions
from usersim_opt.scenarios.records import Record, Scenario, Task

if TYPE_CHECKING:
    import pandas as pd

DATA_FILE = "data.json"
MOST_PROBLEMS = 20
_SCENARIOS = "records"
"""The key of the scenarios in data.json."""
_AnyRecord = TypeVar("_AnyRecord", bound=Record)


@dataclass(frozen=True)
class RunRecord:
    """Everything that a run folder tells; sequences are in the order in which things happened."""

    folder: Path
    inputs: Mapping[str, Any]
    """The fingerprint: digests of prompt and data, `model.user` and so on, and the options."""
    versions: Versions
    decisions: Sequence[Decision]
    outcomes: Sequence[Outcome]
    """Every reply; of one that failed and was measured again the last."""
    proposals: Mapping[str, str]
    """The proposer's raw answers by stage."""
    took_over: Sequence[str]
    """The proposers that went on with the run, after the one that it began with."""
    scenarios: Mapping[str, Scenario]
    tasks: Mapping[str, Task]
    calls: Mapping[str, int]
    """By role, those of replies that were measured again included."""
    tokens: Mapping[str, int]
    """Read and written, by the roles that the log names: format 1 has `user and judge` in one."""
    rounds: int
    """Minibatches of the search; 0 while it is under way."""
    ended_by: str
    """What ended the search; empty while it is under way."""
    finished: bool
    """Whether the smoke split has been measured and has decided, or nothing could be proven."""
    started: str
    """Time of the first and of the last line (ISO 8601, UTC)."""
    last: str
    minutes: float
    """Of work: the time between lines, pauses over ten minutes left out."""
    problems: Sequence[str]
    """What could not be read, in words."""
    changed: Sequence[str] = ()
    """What is said of each version whose text is not the one that was measured."""
    graders: Sequence[str] = ()
    """What is said of each grader that took over from another one."""
    outlook: Outlook | None = None
    """What the seed leaves to gain and what could be proven of it; None where it is not told."""
    stopped: bool = False
    """Whether the run ended there, as nothing could be proven: no smoke call was made."""
    use: SmokeUse | None = None
    """Which use of its smoke split the run is; None where uses are not counted."""
    terms: Terms | None = None
    """What whole conversations showed of the first prompt and the finalists; None without terms."""
    written: Mapping[str, int] = field(default_factory=dict)
    """Of the tokens those that were written, by the roles of which every line tells it."""
    prices: Prices = field(default_factory=dict)
    """Dollars per million tokens by role, as far as they were known or given."""
    judge_card: JudgeCard | None = None
    """What is known of its judge; None where the metric had no card."""

    @property
    def money(self) -> Money:
        """What the tokens cost, as far as prices are known."""
        return money(self.tokens, self.written, self.prices)

    @property
    def seed(self) -> Version | None:
        """The version that the run started from."""
        return next(iter(self.versions.values()), None)

    @property
    def level(self) -> float:
        """The two-sided level of the smoke split, or of the look at which it was decided."""
        ruled = [each.evidence for each in self.decisions if each.stage == SMOKE and each.evidence]
        told = [evidence.level for evidence in ruled if evidence.level is not None]
        return told[-1] if told else level_of(self.use)

    @property
    def models(self) -> dict[str, str]:
        """Model strings with their sampling options by role, those seen in the grading included."""
        return self._models_of_inputs | self._later_proposers | self._models_of_grading

    @property
    def _models_of_inputs(self) -> dict[str, str]:
        return {
            key.removeprefix("model."): str(value)
            for key, value in self.inputs.items()
            if key.startswith("model.")
        }

    @property
    def _later_proposers(self) -> dict[str, str]:
        """Those that took over, as `proposer.2` and so on."""
        return {f"{PROPOSER}.{number}": lm for number, lm in enumerate(self.took_over, start=2)}

    @property
    def _models_of_grading(self) -> dict[str, str]:
        """Those that took part in the grading and that the metric does not name."""
        models = sorted({model for outcome in self.outcomes for model in outcome.unnamed})
        return {f"grading.{number}": model for number, model in enumerate(models, start=1)}

    @property
    def offline(self) -> bool:
        """Whether any model of the run was an offline stand-in."""
        return any(is_offline(model) for model in self.models.values())

    def of_stage(self, stage: str) -> list[Outcome]:
        """The replies of one stage, such as `smoke` or `003.look`."""
        return [outcome for outcome in self.outcomes if outcome.stage == stage]

    @property
    def searched(self) -> list[Outcome]:
        """The replies of the search: all but those on the smoke split."""
        return [outcome for outcome in self.outcomes if outcome.stage != SMOKE]

    @property
    def search_decisions(self) -> list[Decision]:
        """The decisions of the search: all but those on the smoke split."""
        return [decision for decision in self.decisions if decision.stage != SMOKE]

    def to_pandas(self) -> "pd.DataFrame":
        """One row per reply of the run, smoke split included; see rows.py."""
        return frame(outcome_rows(self.outcomes, self.scenarios), OUTCOME_COLUMNS)


def write_data(
    folder: Path, *, scenarios: Mapping[str, Scenario], tasks: Mapping[str, Task]
) -> None:
    """Keep the data of a run in its folder."""
    data = {
        "tasks": [tasks[name].model_dump(mode="json") for name in sorted(tasks)],
        _SCENARIOS: [
            scenarios[name].model_dump(mode="json", by_alias=True, exclude_none=True)
            for name in sorted(scenarios)
        ],
    }
    write_text(folder / DATA_FILE, json.dumps(data) + "\n")


@checks_arguments
def read_record(folder: str | Path) -> RunRecord:
    """Read a run folder; JournalError if it holds none."""
    path = Path(folder)
    header, events, problems = read_lenient(path)
    log = Log(header, events)
    outlooks = _records(Outlook, log.of("outlook"), problems)
    versions = _records(Version, log.of("version"), problems)
    changed = _changed(versions)
    problems += changed
    decisions = _records(Decision, log.of("decision"), problems)
    outcomes = _records(Outcome, log.of("outcome"), problems)
    uses = _records(SmokeUse, log.uses, problems)
    terms = _terms(log, problems)
    scenarios, tasks = _data(path, problems)
    judge_card = _judge_card(path, problems)
    return RunRecord(
        folder=path,
        inputs=log.inputs,
        versions={version.id: version for version in versions},
        decisions=decisions,
        outcomes=_latest(outcomes),
        proposals=log.answers,
        took_over=log.later_proposers,
        scenarios=scenarios,
        tasks=tasks,
        calls=log.calls,
        tokens=log.tokens,
        written=log.written,
        prices=read_prices(path, problems),
        rounds=log.rounds,
        ended_by=log.ended_by,
        finished=log.stopped or _finished(log, decisions),
        started=next(iter(log.times), ""),
        last=next(reversed(log.times), ""),
        minutes=minutes_of(log.times),
        problems=problems[:MOST_PROBLEMS],
        changed=changed,
        graders=log.later_graders,
        outlook=next(iter(outlooks), None),
        stopped=log.stopped,
        use=next(iter(uses), None),
        terms=terms,
        judge_card=judge_card,
    )


def _latest(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Of what was measured again the last."""
    return list({outcome.key: outcome for outcome in outcomes}.values())


def _finished(log: Log, decisions: Sequence[Decision]) -> bool:
    """Whether the smoke split is measured and, where two versions met there, decided."""
    decided = any(decision.stage == SMOKE for decision in decisions)
    return log.smoke_is_measured and (decided or log.smoke_sides < 2)


def _terms(log: Log, problems: list[str]) -> Terms | None:
    """The realism terms of a run; None where it has none."""
    plans = _records(TermsPlan, log.of("terms"), problems)
    measured = _records(Measured, log.of("realism"), problems)
    looks = _records(Look, log.of("look"), problems)
    return Terms(plans[0], measured, looks) if plans else None


def _records(
    kind: type[_AnyRecord], events: Sequence[Event], problems: list[str]
) -> list[_AnyRecord]:
    """Events as records; one that is none becomes a problem."""
    records = []
    for event in events:
        fields = {key: value for key, value in event.items() if key not in ("event", "at")}
        try:
            records.append(kind.model_validate(fields))
        except ValidationError as error:
            what = f"a line of the kind {event['event']!r} is left out"
            problems.append(f"{what}: {explain(error)}")
    return records


def _changed(versions: Sequence[Version]) -> list[str]:
    """A problem for each version whose text is not the one that was measured."""
    return [
        f"the text of {version.id} was changed: it is not the one of sha256 "
        f"{version.sha256[:12]}..., which was measured"
        for version in versions
        if sha256(version.text) != version.sha256
    ]


def _data(folder: Path, problems: list[str]) -> tuple[dict[str, Scenario], dict[str, Task]]:
    """Scenarios and tasks of a run by id; without its data there are none, which is a problem."""
    try:
        data = strict_json.loads(own_bytes(folder / DATA_FILE), halves=True)
        tasks = {task.id: task for task in map(Task.model_validate, data["tasks"])}
        scenarios = map(Scenario.model_validate, data[_SCENARIOS])
        return {scenario.id: _told(scenario, tasks) for scenario in scenarios}, tasks
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        what = error.strerror if isinstance(error, OSError) else "not readable"
        problems.append(f"{DATA_FILE}: {what}; contexts, criteria and dimensions cannot be shown")
        return {}, {}


def _judge_card(folder: Path, problems: list[str]) -> JudgeCard | None:
    """The card of the run's judge; one that cannot be read becomes a problem."""
    file = folder / JUDGE_CARD
    if not file.is_file():
        return None
    try:
        return read_judge_card(file)
    except InputError as error:
        problems.append(str(error))
        return None


def _told(scenario: Scenario, tasks: Mapping[str, Task]) -> Scenario:
    """The scenario with its task's story, where the data has the task."""
    task = tasks.get(scenario.task_id)
    return scenario if task is None else scenario.of_task(task)
