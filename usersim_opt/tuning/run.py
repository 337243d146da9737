"""A run: what a search strategy can do, and the one place where calls are made, paid for and recorded.

A strategy measures versions, asks for proposals and records decisions through here. Everything that a model answered is
looked up in the journal first: after a kill the strategy is simply run again from its beginning, gets the same answers,
and goes on where the record ends.

Not covered: which prompt to try next and whether to accept it; see strategies/.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from usersim_opt.basics.errors import BadReply, JournalError, TooManyErrors, told
from usersim_opt.basics.validation import explain
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.runner import Job, Runner, job_seed, price, spent, stop_if_hopeless
from usersim_opt.results.journal import Event, Journal
from usersim_opt.results.versions import Decision, Origin, Version
from usersim_opt.scenarios.material import Material, digest
from usersim_opt.tuning.budget import Spent
from usersim_opt.tuning.proposal import PromptProposer


@dataclass
class Run:
    """One optimization under way."""

    student: UserSimulator
    data: Material
    runner: Runner
    proposer: PromptProposer
    journal: Journal
    seed: int
    progress: Callable[[Outcome, int], object] = lambda outcome, calls: None
    """Told of each fresh reply, with all calls so far."""
    versions: dict[str, Version] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    outcomes: dict[tuple[str, str, str, int], Outcome] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=lambda: {"user": 0, "judge": 0, "proposer": 0})
    tokens: int = 0
    """Read and written by user and judge."""
    ended_by: str = ""
    """What ended the search."""
    smoke_repeats: float = 1
    """Replies per smoke scenario and prompt."""
    _fresh: int = 0
    _lost: list[Event] = field(default_factory=list)
    _paid: dict[tuple[str, ...], Event] = field(default_factory=dict)
    _simulators: dict[str, UserSimulator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for event in self.journal.events:
            if event["event"] == "outcome" and _name(event) in self._paid:
                self._lost.append(self._paid[_name(event)])
            self._paid[_name(event)] = event
        self._lost += self.journal.owed_again

    @property
    def calls_made(self) -> int:
        """All model calls so far, those of earlier sessions included."""
        return sum(self.calls.values())

    @property
    def spent(self) -> Spent:
        """Calls and tokens so far, those of earlier sessions included."""
        return Spent(calls=self.calls_made, tokens=self.tokens, answered=self.calls["user"] + self.calls["judge"], fresh=self._fresh)

    def price(self, scenarios: Sequence[str]) -> int:
        """Calls that one reply to each of the scenarios costs, the judge's included."""
        return price(self.runner.metric, [self.data.records[scenario] for scenario in scenarios])

    def add_version(self, prompt: Prompt, *, parent: str | None, origin: Origin = "proposal") -> Version:
        """Take a prompt into the run's lineage."""
        made = Version(id=f"v{len(self.versions):03}", text=prompt.text, sha256=prompt.sha256, parent=parent, origin=origin)
        self.versions[made.id] = made
        self._simulators[made.id] = self.student.with_prompt(prompt)
        self._as_before(("version", made.id), {"event": "version"} | made.model_dump())
        return made

    def measure(self, versions: Sequence[Version], scenarios: Sequence[str], *, stage: str, repeats: float = 1) -> list[list[Outcome]]:
        """One reply of each version to each scenario and repeat; a list of outcomes per version. Of 2.5 repeats the last is on half of the scenarios.

        Compared versions share stage and seeds. Raises TooManyErrors if more than a fifth of one version's replies failed;
        those are then owed again.
        """
        return self.measure_parts([(version, scenarios) for version in versions], stage=stage, repeats=repeats)

    def measure_parts(self, parts: Sequence[tuple[Version, Sequence[str]]], *, stage: str, repeats: float = 1) -> list[list[Outcome]]:
        """The same where each version has scenarios of its own; a list of outcomes per part."""
        self._count_lost(stage)
        sides = [[self._job(version, *drawn, stage) for drawn in _repeated(scenarios, repeats)] for version, scenarios in parts]
        jobs = [job for side in sides for job in side]
        paid = [self._paid.get(("outcome", *map(str, job.key))) for job in jobs]
        for event in filter(None, paid):
            self._take(_outcome(event, self.journal.path))
        self.runner.run([job for job, event in zip(jobs, paid, strict=True) if event is None], on_done=self._record)
        measured = [[self.outcomes[job.key] for job in side] for side in sides]
        for side in measured:
            stop_if_hopeless(side)
        self._once(("measured", stage), {"event": "measured", "stage": stage})
        return measured

    def ask_proposer(self, material: str, *, stage: str) -> str:
        """The proposer's raw answer. A call that fails stops the run with TooManyErrors: it is owed again on resuming."""
        name = ("proposal", stage)
        if name not in self._paid:
            try:
                answer = str(self.proposer(material=material, seed=job_seed(self.seed, stage, "proposal", 0)))
            except BadReply:
                answer = ""
            except Exception as error:
                raise TooManyErrors(f"the proposer failed ({told(error)}); mend the model connection and go on") from error
            self._once(name, {"event": "proposal", "stage": stage, "answer": answer})
        self.calls["proposer"] += 1
        return str(self._paid[name]["answer"])

    def decide(self, decision: Decision) -> Decision:
        """Record a decision; on a resumed run it must be the one that was made before."""
        self._as_before(("decision", decision.stage, decision.candidate, decision.rule), {"event": "decision"} | decision.model_dump(mode="json"))
        self.decisions.append(decision)
        return decision

    def search_ended(self, number: int) -> str:
        """What ended the search before this round in an earlier session; empty if nothing did."""
        event = self._paid.get(("searched",))
        return str(event["why"]) if event is not None and number > event["rounds"] else ""

    def end_search(self, rounds: int, why: str) -> None:
        """Record that the search ended after so many rounds, before it closes."""
        self._once(("searched",), {"event": "searched", "rounds": rounds, "why": why})
        self.ended_by = why

    def begin_smoke(self, repeats: float) -> None:
        """Record how often the smoke split can be measured."""
        self._once(("confirming",), {"event": "confirming", "repeats": repeats})
        self.smoke_repeats = float(self._paid[("confirming",)]["repeats"])

    def _job(self, version: Version, scenario: str, repeat: int, stage: str) -> Job:
        record = self.data.records[scenario]
        return Job(
            simulator=self._simulators[version.id],
            task=self.data.tasks[record.task_id],
            record=record,
            version=version.id,
            stage=stage,
            repeat=repeat,
            seed=job_seed(self.seed, stage, scenario, repeat),
        )

    def _record(self, outcome: Outcome) -> None:
        self.journal.append({"event": "outcome"} | outcome.model_dump(mode="json"))
        self._take(outcome)
        self._fresh += outcome.user_calls + outcome.judge_calls
        self.progress(outcome, self.calls_made)

    def _take(self, outcome: Outcome) -> None:
        if outcome.key not in self.outcomes:
            for role, calls in spent([outcome]).items():
                self.calls[role] += calls
            self.tokens += outcome.tokens
        self.outcomes[outcome.key] = outcome

    def _count_lost(self, stage: str) -> None:
        """Calls of the stage that failed and are made again have been paid for all the same.

        Not counted before the stage is come to: a resumed search must not end earlier than it did.
        """
        for event in [event for event in self._lost if event["stage"] == stage]:
            self._lost.remove(event)
            self.calls["user"] += event["user_calls"]
            self.calls["judge"] += event["judge_calls"]
            self.tokens += event.get("tokens") or 0

    def _as_before(self, name: tuple[str, ...], event: Event) -> None:
        """Record what follows from recorded answers; JournalError if something else followed before."""
        earlier = self._paid.get(name)
        if earlier is not None and {**earlier, "at": None} != {**event, "at": None}:
            raise JournalError(f"{self.journal.path}: {' '.join(name)} would now be another one; the record does not fit this version of the library")
        self._once(name, event)

    def _once(self, name: tuple[str, ...], event: Event) -> None:
        if name not in self._paid:
            self.journal.append(event)
            self._paid[name] = event


def _repeated(scenarios: Sequence[str], repeats: float) -> list[tuple[str, int]]:
    """Scenarios with the number of the repeat; the scenarios of a last part are spread over the list."""
    whole = int(repeats)
    left = int((repeats - whole) * len(scenarios) + 1e-9)
    last = [scenarios[i * len(scenarios) // left] for i in range(left)]
    return [(scenario, repeat) for repeat in range(whole) for scenario in scenarios] + [(scenario, whole) for scenario in last]


def _name(event: Event) -> tuple[str, ...]:
    """What an event is looked up by."""
    keys = {
        "outcome": ("stage", "version", "scenario", "repeat"),
        "version": ("id",),
        "proposal": ("stage",),
        "measured": ("stage",),
        "decision": ("stage", "candidate", "rule"),
    }.get(event["event"], ())
    return (event["event"], *(str(event[key]) for key in keys))


def _outcome(event: Event, path: Path) -> Outcome:
    try:
        return Outcome.model_validate({key: value for key, value in event.items() if key not in ("event", "at")})
    except ValidationError as error:
        raise JournalError(f"{path}: an outcome of {event['scenario']} is not readable ({explain(error)}); restore the file from a copy") from error


def inputs_of(*, prompt: Prompt, train: Material, smoke: Material, models: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
    """The fingerprint of a run: digests of prompt and data, names of the models, the options that shape it."""
    return {
        "prompt": prompt.sha256,
        "train": digest(train),
        "smoke": digest(smoke),
        **{f"model.{role}": model for role, model in models.items()},
        **dict(options),
    }
