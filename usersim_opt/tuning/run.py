"""A run: what a search strategy can do, and the one place where calls are made, paid for, recorded.

A strategy measures versions, asks for proposals and records decisions through here. Every answer of
a model is looked up in the record first (replay.py): after a kill the strategy is simply run again
from its beginning, gets the same answers, and goes on where the record ends.

Not covered: which prompt to try next and whether to accept it; see search.py and gates.py.
"""

from collections.abc import Callable, Sequence

import dspy

from usersim_opt.basics.asking import tokens_of, written_of
from usersim_opt.basics.errors import BadReply, TooLong, TooManyErrors, one_line
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.job import Job, job_seed
from usersim_opt.measuring.metric import Metric, price
from usersim_opt.measuring.order import in_turns
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.runner import Runner, stop_if_hopeless
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.events import Event
from usersim_opt.results.fingerprint import smoke_seed
from usersim_opt.results.journal import Journal
from usersim_opt.results.outlook import Outlook, read_outlook
from usersim_opt.results.realism_terms import TermsPlan
from usersim_opt.results.smoke_ledger import SmokeUse, read_use
from usersim_opt.results.versions import NO_VERSION, Decision, Origin, Version, evidence
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.tuning.budget import Ledger, Spent
from usersim_opt.tuning.gates import Judgement, Ruling
from usersim_opt.tuning.proposal import EXTENTS, Material, PromptProposer, cut_to
from usersim_opt.tuning.replay import Replay

Progress = Callable[[Outcome, int], object]
"""Called with each fresh reply and all calls so far."""
Part = tuple[Version, Sequence[str]]
"""A version and the ids of the scenarios that it is to be measured on."""
Count = Callable[[], SmokeUse | None]
"""Counts a use of the smoke split and says which it is; None where uses are not counted."""
GUARD = "guard"
"""The rule under which the record has what the guard turned away."""
_ROUNDING = 1e-9
"""Half of ten scenarios are five, also where half is written as .4999999999."""


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
        self._of_text: dict[str, Version] = {}
        """The first version with each text, by its sha256."""
        self.outcomes: dict[tuple[str, str, str, int], Outcome] = {}
        self.ledger = Ledger()
        self._runner, self._proposer, self._progress = runner, proposer, progress
        self._replay = Replay(journal)
        self._smoke_seed = smoke_seed(journal.header["inputs"])
        self._simulators: dict[str, UserSimulator] = {}
        self._counted: set[str] = set()
        self._extent = 0
        """The place in EXTENTS of what the proposer's window takes, as far as is known."""

    @property
    def metric(self) -> Metric:
        """What replies are graded with."""
        return self._runner.metric

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
        name = f"v{len(self.versions):03}"
        version = Version(
            id=name, text=prompt.text, sha256=prompt.sha256, parent=parent, origin=origin
        )
        self.versions[name] = version
        self._of_text.setdefault(version.sha256, version)
        self._simulators[name] = self.student.with_prompt(prompt)
        self._replay.as_before({"event": "version"} | version.model_dump())
        return version

    def version_of(self, prompt: Prompt, *, parent: str | None) -> Version:
        """The run's version of a composed prompt, a new one if it has none."""
        known = self._of_text.get(prompt.sha256)
        return known or self.add_version(prompt, parent=parent, origin="composed")

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
        seeds. Raises TooManyErrors if more than a fifth of one version's replies failed, or more
        than a twentieth of the judge's verdicts on them are missing; those are then owed again.
        """
        parts = [(version, scenarios) for version in versions]
        return self.measure_each(parts, stage=stage, repeats=repeats)

    def measure_each(
        self, parts: Sequence[Part], *, stage: str, repeats: float = 1
    ) -> list[list[Outcome]]:
        """The same where each version has scenarios of its own; a list of outcomes per part."""
        self._count_paid_in_vain(stage)
        sides = [self._jobs(version, names, stage, repeats) for version, names in parts]
        self._take_recorded([job for side in sides for job in side])
        owed = [[job for job in side if job.key not in self.outcomes] for side in sides]
        self._runner.run([job for _, job in in_turns(owed)], on_done=self._record)
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
                run_seed=self.seed_of(stage),
            )
            for scenario, repeat in _repeated(scenarios, repeats)
        ]

    def _take_recorded(self, jobs: Sequence[Job]) -> None:
        """Take over the outcomes that the record has."""
        for job in jobs:
            outcome = self._replay.outcome(job.key)
            if outcome is not None:
                self._take(outcome, fresh=False)

    def _record(self, outcome: Outcome) -> None:
        """Write a fresh outcome down, then count it: what is not on the disk is not paid for."""
        self._replay.again({"event": "outcome"} | outcome.model_dump(mode="json"))
        self._take(outcome, fresh=True)
        self._progress(outcome, self.spent.calls)

    def _take(self, outcome: Outcome, *, fresh: bool) -> None:
        if outcome.key not in self.outcomes:
            self.ledger.add(outcome.calls, outcome.tokens, fresh=fresh)
        self.outcomes[outcome.key] = outcome

    def _count_paid_in_vain(self, stage: str) -> None:
        """Count the failed replies of earlier sessions once; a stage may be measured in steps."""
        if stage in self._counted:
            return
        self._counted.add(stage)
        for event in self._replay.paid_in_vain(stage):
            self.ledger.add(event["calls"], event.get("tokens") or {})

    # -- beside replies ---------------------------------------------------------------------------

    def simulator(self, version: Version) -> UserSimulator:
        """The simulator that runs a version."""
        return self._simulators[version.id]

    def seed_of(self, stage: str) -> int:
        """What the seeds of a stage are drawn from."""
        return self._smoke_seed if stage == SMOKE else self.seed

    def paid_once(self, name: Sequence[str], pay: Callable[[], Event]) -> Event:
        """The event of a name as the record has it, else paid for now; its calls are counted."""
        event = self._replay.get(*name)
        is_fresh = event is None
        if event is None:
            event = self._replay.once(pay())
        self.ledger.add(event["calls"], event["tokens"], fresh=is_fresh)
        return event

    def tell_terms(self, plan: TermsPlan) -> None:
        """Record what realism terms the run has, and what they cost."""
        self._replay.as_before({"event": "terms"} | plan.model_dump(mode="json"))

    # -- proposals and decisions ------------------------------------------------------------------

    def ask_proposer(self, material: Material, *, stage: str) -> str:
        """The proposer's raw answer, empty if it gave none.

        A material that its window does not take is written to a smaller extent, which the later
        proposals keep to; all tries count as one call. BadReply if the smallest does not fit
        either. A call that fails otherwise stops the run with TooManyErrors: it is owed again on
        resuming.
        """
        event = self._replay.get("proposal", stage)
        is_fresh = event is None
        if event is None:
            event = self._replay.once(self._proposal(material, stage))
        # A proposer that takes over has a window of its own.
        if not self._replay.is_of_earlier_proposer(stage):
            self._extent = event.get("extent", 0)
        tokens = {"proposer": event.get("tokens", 0)}
        self.ledger.add({"proposer": 1}, tokens, fresh=is_fresh)
        if failed := event.get("failed"):
            raise BadReply(str(failed))
        return str(event["answer"])

    def _proposal(self, material: Material, stage: str) -> Event:
        """A fresh answer of the proposer as it is recorded, with how far its material was cut."""
        reason = ""
        for place in range(self._extent, len(EXTENTS)):
            try:
                event = self._answer(material(EXTENTS[place]), stage)
            except TooLong as error:
                reason = str(error)
                continue
            return event | cut_to(place, reason)
        failed = f"{reason}, not even with nothing but {EXTENTS[-1]}"
        nothing = {"event": "proposal", "stage": stage, "answer": "", "tokens": 0}
        return nothing | {"extent": len(EXTENTS) - 1, "failed": failed}

    def _answer(self, material: str, stage: str) -> Event:
        """A fresh answer of the proposer to one material, with its tokens."""
        seed = job_seed(self.seed, stage, "proposal", 0)
        with dspy.track_usage() as usage:
            try:
                answer = str(self._proposer(material=material, seed=seed))
            except BadReply:
                answer = ""
            except TooLong:
                raise
            except Exception as error:
                raise TooManyErrors(
                    f"the proposer failed ({one_line(error)}); mend the model connection and go "
                    "on, or go on with another proposer"
                ) from error
        used = {"tokens": tokens_of(usage), "written": written_of(usage)}
        return {"event": "proposal", "stage": stage, "answer": answer, **used}

    def rule(
        self, stage: str, candidate: Version, judgement: Judgement, *, against: Version
    ) -> bool:
        """Record what a gate ruled on a candidate; whether it is to replace the incumbent."""
        decision = Decision(
            stage=stage,
            candidate=candidate.id,
            incumbent=against.id,
            rule=judgement.rule,
            accepted=judgement.ruling.accepted,
            reason=judgement.ruling.reason,
            evidence=evidence(judgement.difference),
        )
        self._decide(decision)
        return decision.accepted

    def note(
        self,
        stage: str,
        candidate: Version | None,
        *,
        rule: str,
        ruling: Ruling,
        against: Version,
    ) -> None:
        """Record a ruling that no replies were compared for.

        The candidate is None where a proposal became no version.
        """
        decision = Decision(
            stage=stage,
            candidate=NO_VERSION if candidate is None else candidate.id,
            incumbent=against.id,
            rule=rule,
            accepted=ruling.accepted,
            reason=ruling.reason,
        )
        self._decide(decision)

    def is_guarded(
        self, stage: str, candidate: Version, objections: Sequence[str], *, against: Version
    ) -> bool:
        """Whether the guard objects to a candidate; what it objects is recorded."""
        if objections:
            ruling = Ruling(False, "; ".join(objections))
            self.note(stage, candidate, rule=GUARD, ruling=ruling, against=against)
        return bool(objections)

    def _decide(self, decision: Decision) -> None:
        self._replay.as_before({"event": "decision"} | decision.model_dump(mode="json"))

    # -- ends -------------------------------------------------------------------------------------

    def search_ended(self, number: int) -> str:
        """What ended the search before this round in an earlier session; empty if nothing did.

        Minutes count from each start: a search that they ended must not go on after a resume.
        """
        event = self._replay.get("searched")
        if event is None or number <= event["rounds"]:
            return ""
        return str(event["why"])

    def end_search(self, rounds: int, why: str) -> None:
        """Record that the search ended after so many rounds, before it closes."""
        self._replay.once({"event": "searched", "rounds": rounds, "why": why})

    @property
    def outlook(self) -> Outlook | None:
        """What is recorded of what is left to gain; None before it was looked at."""
        event = self._replay.get("outlook")
        return None if event is None else read_outlook(event)

    def tell(self, outlook: Outlook) -> Outlook:
        """Record what is left to gain and what could be proven of it; as it was told at first."""
        event = {"event": "outlook"} | outlook.model_dump(mode="json")
        return read_outlook(self._replay.once(event))

    def goes_on(self, *, despite_ceiling: bool) -> bool:
        """Whether the search goes on where its outlook stops it; once it does, it always does."""
        if self._replay.get("despite_ceiling") is None and not despite_ceiling:
            return False
        self._replay.once({"event": "despite_ceiling"})
        return True

    def use_ahead(self, next_use: Count) -> SmokeUse | None:
        """Which use of the smoke split the run was going to be when it was first asked."""
        event = self._replay.get("use_ahead")
        if event is not None:
            return SmokeUse.model_validate({name: event[name] for name in SmokeUse.model_fields})
        if (use := next_use()) is not None:
            self._replay.once({"event": "use_ahead"} | use.model_dump(mode="json"))
        return use

    def begin_smoke(self, repeats: float, count: Count) -> tuple[float, SmokeUse | None]:
        """Record how often the smoke split can be measured and which use of it that is.

        The first depends on minutes and tokens, the second on other runs: a resumed run takes what
        was recorded. A use is counted before it is recorded here, so a kill between the two loses
        none.
        """
        event = self._replay.get("confirming")
        if event is None:
            use = count()
            counted = {} if use is None else {"use": use.model_dump(mode="json")}
            event = self._replay.once({"event": "confirming", "repeats": repeats} | counted)
        return float(event["repeats"]), read_use(event)


def _repeated(scenarios: Sequence[str], repeats: float) -> list[tuple[str, int]]:
    """Scenarios with the number of the repeat.

    Those of a last part are spread over the list, so that no task is left out as a whole.
    """
    whole = int(repeats)
    part = int((repeats - whole) * len(scenarios) + _ROUNDING)
    last = [scenarios[i * len(scenarios) // part] for i in range(part)]
    full = [(scenario, repeat) for repeat in range(whole) for scenario in scenarios]
    return full + [(scenario, whole) for scenario in last]
