"""Conversations of a run: played, looked at by the realism terms, and made a decision of.

    run_dir/talks/STAGE-VERSION/   the conversations of one prompt, kept as they end (rollout.py)
    journal.jsonl                  a line for each look that asks a model, and one for the values

First prompt and finalists meet the same tasks and seeds. On the smoke split they meet tasks and
seeds that have chosen nothing. A prompt of which more than a fifth of the conversations fail is not
decided on: the run stops, and goes on once that is mended.

Not covered: conversations that a kill cut off; they are played again, and count once.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.basics.asking import tokens_of, written_of
from usersim_opt.basics.errors import BadReply, InputError, TooManyErrors, UsersimError, one_line
from usersim_opt.basics.figures import many, points, rounded, share_text, summed
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.noninferiority import ByTask, Change
from usersim_opt.basics.validation import parse
from usersim_opt.customer.conversation import Conversation
from usersim_opt.measuring.job import job_seed
from usersim_opt.measuring.runner import MAX_FAILED
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.conversation_file import FILE, LIKE
from usersim_opt.results.events import Event
from usersim_opt.results.realism_terms import FINALISTS, Measured, Terms, TermsPlan
from usersim_opt.results.rollout import rollout
from usersim_opt.results.rules import OBJECTIVE, TERM_LOSS
from usersim_opt.results.standings import expected_rates
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.records import Task
from usersim_opt.tuning.gates import Judgement, Ruling
from usersim_opt.tuning.objective import Objective
from usersim_opt.tuning.run import Run
from usersim_opt.tuning.splits import Splits
from usersim_opt.tuning.terms import EVEN, RealismTerm, Seen, by_task

FOLDER = "talks"
"""The folder of the conversations in that of the run."""
Talks = Mapping[tuple[str, int], Conversation]
"""The conversations that did not fail, by task and seed."""


@dataclass
class TalkStage:
    """The realism terms of a run under way."""

    run: Run
    objective: Objective
    splits: Splits
    folder: Path
    """The folder of the run."""
    workers: int
    _talks: dict[tuple[str, str], Talks] = field(default_factory=dict)
    _measured: list[Measured] = field(default_factory=list)

    @property
    def plan(self) -> TermsPlan:
        """What the terms cost."""
        return self.objective.plan(len(self.splits.train.tasks), len(self.splits.smoke.tasks))

    # -- what is decided --------------------------------------------------------------------------

    def choose(self, seed: Version, finalists: Sequence[Version]) -> Version:
        """The finalist with the highest objective, or the seed where none is above it.

        Of equal ones the first; the search's choice where no term has a weight.
        """
        others = [version for version in finalists if version != seed]
        if not others or not self.objective.chooses:
            return finalists[0]
        for version in (seed, *others):
            self._measure(FINALISTS, version, seed)
        rates = self._expected_rates()
        worth = {version.id: self._worth(seed, version, rates) for version in others}
        best = max(others, key=lambda version: worth[version.id])
        chosen = best if worth[best.id] > 0 else seed
        for version in others:
            self._note(version, chosen, worth, against=seed)
        return chosen

    def _worth(self, seed: Version, version: Version, rates: Mapping[str, float]) -> float:
        """The objective of a finalist: what it gains on rubric and terms over the seed."""
        changes = self._terms.changes(FINALISTS, seed.id, version.id)
        weights = self.plan.weights
        beside = sum(weights[name] * each.gain.mean for name, each in changes.items())
        # A version without a scored reply is expected to be as good as the seed.
        base = rates.get(seed.id, 0.0)
        return rounded(rates.get(version.id, base) - base + beside)

    def _expected_rates(self) -> dict[str, float]:
        """The pass rate that the model of the search expects of each version."""
        run = self.run
        return expected_rates(run.versions, run.outcomes.values(), run.data.scenarios)

    def _note(
        self, version: Version, chosen: Version, worth: Mapping[str, float], *, against: Version
    ) -> None:
        """Record the objective of a finalist, and whether it faces the smoke split."""
        reason = f"objective {points(worth[version.id])} points"
        if version != chosen:
            other = f"{chosen.id} has {points(worth.get(chosen.id, 0.0))}"
            reason = f"{reason}, {other}"
        ruling = Ruling(version == chosen, reason)
        self.run.note(FINALISTS, version, rule=OBJECTIVE, ruling=ruling, against=against)

    def held_to(
        self, judgement: Judgement, seed: Version, finalist: Version, *, level: float
    ) -> Judgement:
        """The judgement on the smoke split, or that the finalist may be worse on a required term.

        Conversations are played only for a finalist that has passed its gate. The level is
        one-sided here: each required term must be shown not to lose the margin.
        """
        if not judgement.ruling.accepted:
            return judgement
        for version in (seed, finalist):
            self._measure(SMOKE, version, seed)
        changes = self._terms.changes(SMOKE, seed.id, finalist.id)
        faults = [
            objection
            for name in self.plan.not_worse
            if (objection := _objection(name, changes.get(name), level))
        ]
        if not faults:
            return judgement
        return Judgement(TERM_LOSS, Ruling(False, "; ".join(faults)), judgement.difference)

    # -- what is measured -------------------------------------------------------------------------

    @property
    def _terms(self) -> Terms:
        return Terms(self.plan, self._measured)

    def _measure(self, stage: str, version: Version, seed: Version) -> None:
        """Measure the terms of a version at a stage, unless the record has them."""
        name = ("realism", stage, version.id)
        event = self.run.paid_once(name, lambda: self._event(stage, version, seed))
        fields = {key: value for key, value in event.items() if key not in ("event", "at")}
        self._measured.append(Measured.model_validate(fields))

    def _event(self, stage: str, version: Version, seed: Version) -> Event:
        """What the record says of a version's conversations; their calls are those of both sides.

        Calls of looks have lines of their own.
        """
        played = self._played(stage, version)
        _stop_if_hopeless(version, played)
        talks = self._talks[stage, version.id] = _heard(played)
        base = self._heard(stage, seed)
        values = {
            term.name: self._values(term, stage, version, talks, base)
            for term in self.objective.terms
        }
        return {
            "event": "realism",
            "stage": stage,
            "version": version.id,
            "values": values,
            "failed": len(played) - len(talks),
            "calls": summed(_by_role(talk.calls) for talk in played),
            "tokens": summed(_by_role(talk.tokens) for talk in played),
        }

    def _values(
        self, term: RealismTerm, stage: str, version: Version, talks: Talks, base: Talks
    ) -> dict[str, float]:
        """The values of a term by task, of the conversations that did not fail on either side."""
        common = {key: talk for key, talk in talks.items() if key in base}
        if term.compares and talks is base:
            return dict.fromkeys((task for task, _ in common), EVEN)
        seen = [
            (key[0], self._seen(term, stage, version, talk, base[key]))
            for key, talk in common.items()
        ]
        return _checked(term.name, term.values(by_task(seen)))

    def _seen(
        self,
        term: RealismTerm,
        stage: str,
        version: Version,
        talk: Conversation,
        base: Conversation,
    ) -> Seen:
        """What one conversation shows; of a look that costs something the record is asked first."""
        if not term.price:
            return _looked(term, talk, base)
        task, seed = talk.key
        name = {"stage": stage, "version": version.id, "term": term.name, "task": task}

        def pay() -> Event:
            with dspy.track_usage() as usage:
                seen = _looked(term, talk, base)
            paid = {
                "calls": {term.name: term.price},
                "tokens": {term.name: tokens_of(usage)},
                "written": {term.name: written_of(usage)},
            }
            return {"event": "look", **name, "seed": seed, "seen": list(seen), **paid}

        key = ("look", *name.values(), str(seed))
        return list(self.run.paid_once(key, pay)["seen"])

    # -- conversations ----------------------------------------------------------------------------

    def _heard(self, stage: str, version: Version) -> Talks:
        """The conversations of a version that was measured, those that did not fail.

        Those of an earlier start are read as they stand, with nothing played again.
        """
        key = (stage, version.id)
        if key not in self._talks:
            self._talks[key] = _heard(_kept(self._folder(stage, version) / FILE))
        return self._talks[key]

    def _folder(self, stage: str, version: Version) -> Path:
        return self.folder / FOLDER / f"{stage}-{version.id}"

    def _played(self, stage: str, version: Version) -> Sequence[Conversation]:
        """All conversations of a version at a stage; those on the disk are not played again."""
        of_split = self.splits.smoke if stage == SMOKE else self.splits.train
        base = self.run.seed_of(stage)
        numbers = range(self.objective.seeds)
        return rollout(
            self.run.simulator(version),
            self.objective.agent,
            _spread(of_split, self.objective.tasks),
            seeds=[job_seed(base, stage, FOLDER, number) for number in numbers],
            workers=self.workers,
            run_dir=self._folder(stage, version),
            max_turns=self.objective.max_turns,
        )


def _stop_if_hopeless(version: Version, played: Sequence[Conversation]) -> None:
    """TooManyErrors where so many conversations failed that nothing can be decided on them."""
    failed = [talk for talk in played if talk.end == "failed"]
    if len(failed) > MAX_FAILED * len(played):
        raise TooManyErrors(
            f"{len(failed)} of {many(len(played), 'conversation')} of {version.id} failed, the "
            f"last with {failed[-1].why!r}; mend the agent or the model connection and go on"
        )


def _kept(path: Path) -> list[Conversation]:
    """The conversations of a file; DatasetError names the line that is none."""
    lines = lines_in(path, like=LIKE, own=True)
    return [parse(fields, Conversation, where=where) for where, fields in lines]


def _heard(played: Sequence[Conversation]) -> Talks:
    """The conversations that did not fail."""
    return {talk.key: talk for talk in played if talk.end != "failed"}


def _by_role(numbers: Mapping[Any, int]) -> dict[str, int]:
    return {str(role): number for role, number in numbers.items()}


def _looked(term: RealismTerm, talk: Conversation, base: Conversation) -> Seen:
    """What a term sees; nothing where a model's answer cannot be read."""
    try:
        return list(term.look(talk, base))
    except BadReply:
        return []
    except UsersimError:
        raise
    except Exception as error:
        raise TooManyErrors(
            f"the term {term.name!r} failed ({one_line(error)}); mend it and go on"
        ) from error


def _checked(name: str, values: ByTask) -> dict[str, float]:
    """The values as a record keeps them; InputError for what are none."""
    known = {str(task): float(value) for task, value in values.items() if math.isfinite(value)}
    mean = sum(known.values()) / len(known) if known else -1.0
    if len(known) < len(values) or not -1e-9 <= mean <= 1 + 1e-9:
        raise InputError(
            f"the term {name!r} gave {dict(values)!r:.80}; expected numbers by task whose mean is "
            "0 to 1, of one task or more"
        )
    return {task: rounded(value) for task, value in known.items()}


def _spread(data: ScenarioSet, most: int) -> list[Task]:
    """So many tasks at the most, spread over all of them."""
    tasks = list(data.tasks.values())
    number = min(most, len(tasks))
    return [tasks[place * len(tasks) // number] for place in range(number)]


def _objection(name: str, found: Change | None, level: float) -> str:
    """Why a term is not shown to be as good as before; empty where it is."""
    if found is not None and found.is_not_worse(level):
        return ""
    if found is None:
        return f"{name} in whole conversations could not be compared"
    wanted = f"a loss of {share_text(found.margin)} is not excluded (p = {found.p:.3f})"
    return f"{name} in whole conversations: {found.gain} on {many(found.tasks, 'task')}, {wanted}"
