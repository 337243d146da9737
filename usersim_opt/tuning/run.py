"""A run: what a search strategy can do, and the one place where calls are made, paid for, recorded.

A strategy measures versions, asks for proposals and records decisions through here. Every answer of
a model is looked up in the record first (replay.py): after a kill the strategy is simply run again
from its beginning, gets the same answers, and goes on where the record ends.

Not covered: which prompt to try next and whether to accept it; see search.py and gates.py.
"""

from collections.abc import Callable, Sequence
from typing import Any

import dspy

from usersim_opt.basics.errors import BadReply, TooManyErrors, one_line
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.metric import price
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.runner import Job, Runner, job_seed, stop_if_hopeless
from usersim_opt.results.journal import Journal
from usersim_opt.results.versions import NO_VERSION, Decision, Origin, Version, evidence
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.tuning.budget import Ledger, Spent
from usersim_opt.tuning.gates import Judgement, Ruling
from usersim_opt.tuning.proposal import PromptProposer
from usersim_opt.tuning.replay import Replay

Progress = Callable[[Outcome, int], object]
"""Called with each fresh reply and all calls so far."""
Part = tuple[Version, Sequence[str]]
"""A version and the ids of the scenarios that it is to be measured on."""


def ignore(outcome: Outcome, calls: int) -> None:
    """No progress is shown."""


class Run:
    """One optimization or ablation under way."""

    def __init__(
        self,
        student: UserSimulator,
        data: ScenarioSet,
        *,
        runner: Runner,
        proposer: PromptProposer,
        journal: Journal,
        seed: int,
        progress: Progress = ignore,
    ) -> None:
        self.student, self.data, self.seed = student, data, seed
        self.versions: dict[str, Version] = {}
        self.decisions: list[Decision] = []
        self.outcomes: dict[tuple[str, str, str, int], Outcome] = {}
        self.ledger = Ledger()
        self.ended_by = ""
        self.smoke_repeats = 1.0
        self._runner, self._proposer, self._progress = runner, proposer, progress
        self._replay = Replay(journal)
        self._simulators: dict[str, UserSimulator] = {}

    @property
    def spent(self) -> Spent:
        """Calls and tokens so far, those of earlier sessions included."""
        return self.ledger.spent

    def price(self, scenarios: Sequence[str]) -> int:
        """Calls that one reply to each of the scenarios costs, its grading included."""
        return price(self._runner.metric, [self.data.scenarios[name] for name in scenarios])

    # -- versions ---------------------------------------------------------------------------------

    def add_version(
        self, prompt: Prompt, *, parent: str | None, origin: Origin = "proposal"
    ) -> Version:
        """Take a prompt into the run's lineage."""
        made = Version(
            id=f"v{len(self.versions):03}",
            text=prompt.text,
            sha256=prompt.sha256,
            parent=parent,
            origin=origin,
        )
        self.versions[made.id] = made
        self._simulators[made.id] = self.student.with_prompt(prompt)
        self._replay.as_before({"event": "version"} | made.model_dump())
        return made

    def version_of(self, prompt: Prompt, *, parent: str | None) -> Version:
        """The run's version of a composed prompt, a new one if it has none."""
        for version in self.versions.values():
            if version.sha256 == prompt.sha256:
                return version
        return self.add_version(prompt, parent=parent, origin="composed")

    # -- measuring --------------------------------------------------------------------------------

    def measure(
        self,
        versions: Sequence[Version],
        scenarios: Sequence[str],
        *,
        stage: str,
        repeats: float = 1,
    ) -> list[list[Outcome]]:
        """One reply of each version to each scenario and repeat; a list of outcomes per version.

        Of 2.5 repeats the last is on half of the scenarios. Compared versions share stage and
        seeds. Raises TooManyErrors if more than a fifth of one version's replies failed; those are
        then owed again.
        """
        parts = [(version, scenarios) for version in versions]
        return self.measure_each(parts, stage=stage, repeats=repeats)

    def measure_each(
        self, parts: Sequence[Part], *, stage: str, repeats: float = 1
    ) -> list[list[Outcome]]:
        """The same where each version has scenarios of its own; a list of outcomes per part."""
        self._count_paid_in_vain(stage)
        sides = [self._jobs(version, names, stage, repeats) for version, names in parts]
        owed = [job for side in sides for job in side if not self._recall(job)]
        self._runner.run(owed, on_done=self._record)
        measured = [[self.outcomes[job.key] for job in side] for side in sides]
        for side in measured:
            stop_if_hopeless(side)
        self._replay.once({"event": "measured", "stage": stage})
        return measured

    def _jobs(
        self, version: Version, scenarios: Sequence[str], stage: str, repeats: float
    ) -> list[Job]:
        return [
            Job.of(
                self._simulators[version.id],
                self.data,
                scenario,
                version=version.id,
                stage=stage,
                repeat=repeat,
                run_seed=self.seed,
            )
            for scenario, repeat in _repeated(scenarios, repeats)
        ]

    def _recall(self, job: Job) -> bool:
        """Whether the record has the job's outcome, which is taken over then."""
        outcome = self._replay.outcome(job.key)
        if outcome is not None:
            self._take(outcome, fresh=False)
        return outcome is not None

    def _record(self, outcome: Outcome) -> None:
        self._replay.record({"event": "outcome"} | outcome.model_dump(mode="json"))
        self._take(outcome, fresh=True)
        self._progress(outcome, self.spent.calls)

    def _take(self, outcome: Outcome, *, fresh: bool) -> None:
        if outcome.key not in self.outcomes:
            self.ledger.add(outcome.calls, outcome.tokens, fresh=fresh)
        self.outcomes[outcome.key] = outcome

    def _count_paid_in_vain(self, stage: str) -> None:
        for event in self._replay.paid_in_vain(stage):
            self.ledger.add(event["calls"], event.get("tokens") or {})

    # -- proposals and decisions ------------------------------------------------------------------

    def ask_proposer(self, material: str, *, stage: str) -> str:
        """The proposer's raw answer.

        A call that fails stops the run with TooManyErrors: it is owed again on resuming.
        """
        event = self._replay.get("proposal", stage)
        fresh = event is None
        if event is None:
            answer, tokens = self._proposal(material, stage)
            told = {"event": "proposal", "stage": stage, "answer": answer, "tokens": tokens}
            event = self._replay.once(told)
        self.ledger.add({"proposer": 1}, {"proposer": event.get("tokens", 0)}, fresh=fresh)
        return str(event["answer"])

    def _proposal(self, material: str, stage: str) -> tuple[str, int]:
        """A fresh answer of the proposer, empty if it gave none, and its tokens."""
        seed = job_seed(self.seed, stage, "proposal", 0)
        with dspy.track_usage() as usage:
            try:
                answer = str(self._proposer(material=material, seed=seed))
            except BadReply:
                answer = ""
            except Exception as error:
                raise TooManyErrors(
                    f"the proposer failed ({one_line(error)}); mend the model connection and go on"
                ) from error
        used: Any = usage.get_total_tokens().values()
        return answer, sum(int(model.get("total_tokens") or 0) for model in used)

    def rule(
        self, stage: str, candidate: Version, judgement: Judgement, *, against: Version
    ) -> bool:
        """Record what a gate ruled on a candidate against an incumbent; whether it was accepted."""
        self._decide(
            stage,
            candidate.id,
            against,
            rule=judgement.rule,
            ruling=judgement.ruling,
            difference=judgement.difference,
        )
        return judgement.ruling.accepted

    def note(
        self,
        stage: str,
        candidate: Version | None,
        *,
        rule: str,
        ruling: Ruling,
        against: Version,
    ) -> None:
        """Record a ruling that no replies were compared for; None is a proposal that is no version."""
        name = candidate.id if candidate is not None else NO_VERSION
        self._decide(stage, name, against, rule=rule, ruling=ruling)

    def _decide(
        self,
        stage: str,
        candidate: str,
        incumbent: Version,
        *,
        rule: str,
        ruling: Ruling,
        difference: PairedDifference | None = None,
    ) -> None:
        decision = Decision(
            stage=stage,
            candidate=candidate,
            incumbent=incumbent.id,
            rule=rule,
            accepted=ruling.accepted,
            reason=ruling.reason,
            evidence=None if difference is None else evidence(difference),
        )
        self._replay.as_before({"event": "decision"} | decision.model_dump(mode="json"))
        self.decisions.append(decision)

    # -- ends -------------------------------------------------------------------------------------

    def search_ended(self, number: int) -> str:
        """What ended the search before this round in an earlier session; empty if nothing did."""
        event = self._replay.get("searched")
        return str(event["why"]) if event is not None and number > event["rounds"] else ""

    def end_search(self, rounds: int, why: str) -> None:
        """Record that the search ended after so many rounds, before it closes."""
        self._replay.once({"event": "searched", "rounds": rounds, "why": why})
        self.ended_by = why

    def begin_smoke(self, repeats: float) -> None:
        """Record how often the smoke split can be measured."""
        event = self._replay.once({"event": "confirming", "repeats": repeats})
        self.smoke_repeats = float(event["repeats"])


def _repeated(scenarios: Sequence[str], repeats: float) -> list[tuple[str, int]]:
    """Scenarios with the number of the repeat; those of a last part are spread over the list."""
    whole = int(repeats)
    left = int((repeats - whole) * len(scenarios) + 1e-9)
    last = [scenarios[i * len(scenarios) // left] for i in range(left)]
    full = [(scenario, repeat) for repeat in range(whole) for scenario in scenarios]
    return full + [(scenario, whole) for scenario in last]
