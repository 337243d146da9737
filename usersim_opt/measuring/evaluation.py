"""How good is a prompt? Its pass rate with an interval, by dimension, and what fails."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dspy

from usersim_opt.basics.arguments import Count, Workers, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval, many, percent, share_text
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.frames import frame
from usersim_opt.basics.layout import grid, some
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import visible
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.bars import reply_bar
from usersim_opt.measuring.broken_guards import BrokenGuards
from usersim_opt.measuring.by_dimension import Tallies, Tally, by_dimension
from usersim_opt.measuring.calibration.card import JudgeCard
from usersim_opt.measuring.calibration.corrected import Corrected, corrected_rate, rate_line
from usersim_opt.measuring.ceiling_effect import CeilingEffect
from usersim_opt.measuring.guard_tables import guards_html, guards_text
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.judge_cost import JudgeCost
from usersim_opt.measuring.metric import (
    Metric,
    check_metric,
    judge_card_of,
    models_of,
    models_with,
    price,
    rules_of,
)
from usersim_opt.measuring.order import in_turns
from usersim_opt.measuring.outcome import JudgedVerdicts, Outcome, Outcomes
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.recorded.form import Contents, dumped
from usersim_opt.measuring.recorded.origin import Origin
from usersim_opt.measuring.rows import VERDICT_COLUMNS, verdict_rows
from usersim_opt.measuring.runner import DEFAULT_WORKERS, Progress, Runner, stop_if_hopeless
from usersim_opt.measuring.universal.acting import guards_of
from usersim_opt.measuring.views import failures_html, note_html, offline_html, tallies_html
from usersim_opt.models.naming import is_offline, model_name
from usersim_opt.scenarios.material import ScenarioSet, digest
from usersim_opt.scenarios.records import Scenario, Scenarios, in_task_order

if TYPE_CHECKING:
    import pandas as pd

STAGE = "evaluate"
UNSHOWN = (
    "Failing replies of the smoke split are not shown: a prompt that is written after them has no "
    "held-out split there. Read those on train; result.to_html(smoke_failures=True) shows these, "
    "too, and notes it in the ledger."
)
"""What stands in the place of failing replies that are not to be read."""


@dataclass(frozen=True, repr=False)
class Evaluation:
    """The outcomes of one prompt on a set of scenarios."""

    scenarios: Scenarios
    outcomes: Outcomes
    offline: bool = False
    """Whether an offline stand-in took part, so that the figures say nothing about real models."""
    guarded: bool = False
    """Whether guards are known to have been in force though no verdict tells of one."""
    origin: Origin = field(default_factory=Origin)
    """What it was made from, as far as that was noted."""
    held_out: bool = False
    """Whether it is of a run's smoke split, whose failing replies are not shown."""
    judge_card: JudgeCard | None = None
    """What is known of the judge; None where nobody gave a card."""

    @property
    def pass_rate(self) -> Interval | None:
        """Passed / scored criteria with a 95 % t interval over tasks; None without a score."""
        return pass_rate(self.outcomes)

    @property
    def names(self) -> list[str]:
        """What the prompt may be called in a judge's card: by name, digest or version."""
        digest = self.origin.prompt_sha256
        versions = dict.fromkeys(outcome.version for outcome in self.outcomes)
        return [name for name in (self.origin.name, digest, digest[:8], *versions) if name]

    @property
    def corrected(self) -> Corrected | None:
        """The pass rate without the judge's errors, or why not; None without a judge's card."""
        if self.judge_card is None:
            return None
        return corrected_rate(self.outcomes, self.judge_card, self.names)

    @property
    def judge_lines(self) -> list[str]:
        """Who judged, how far that is known, and the corrected rate; none without a card."""
        found = self.corrected
        if self.judge_card is None or found is None:
            return []
        return [self.judge_card.sentence, rate_line(found, self.pass_rate)]

    @property
    def by_dimension(self) -> dict[str, Tally]:
        """A tally for each dimension that was scored, in the order of the kinds."""
        return by_dimension(self.outcomes, self.scenarios)

    @property
    def guards(self) -> BrokenGuards:
        """The guards that replies broke; they are no part of the pass rate."""
        return BrokenGuards.of(self.outcomes, self.scenarios, in_force=self.guarded)

    @property
    def by_version(self) -> "dict[str, Evaluation]":
        """An evaluation for each version among the outcomes, in the order of their first ones."""
        groups: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            groups.setdefault(outcome.version, []).append(outcome)
        return {version: self._of(outcomes) for version, outcomes in groups.items()}

    def _of(self, outcomes: Outcomes) -> "Evaluation":
        """The evaluation of some of the outcomes, with the scenarios that they are on."""
        ids = {outcome.scenario for outcome in outcomes}
        scenarios = {name: each for name, each in self.scenarios.items() if name in ids}
        return replace(self, scenarios=scenarios, outcomes=outcomes)

    @property
    def failing(self) -> list[str]:
        """Ids of the scenarios with at least one failed criterion."""
        return in_task_order({outcome.scenario for outcome in self.failing_replies})

    @property
    def failing_replies(self) -> list[Outcome]:
        """The replies with at least one failed criterion."""
        return [outcome for outcome in self.outcomes if outcome.fails]

    @property
    def errors(self) -> int:
        """Number of replies that failed and have no score."""
        return sum(outcome.status == "error" for outcome in self.outcomes)

    @property
    def scored(self) -> int:
        """Number of verdicts of pass or fail."""
        return sum(outcome.scored for outcome in self.outcomes)

    @property
    def unscored(self) -> int:
        """Number of criteria that nobody decided, a judge's missing verdicts among them."""
        return sum(outcome.grade.unscored for outcome in self.outcomes if outcome.grade)

    @property
    def judged(self) -> JudgedVerdicts:
        """How many verdicts a judge had to give, and how many of them are missing."""
        return JudgedVerdicts.of(self.outcomes)

    @property
    def judge_cost(self) -> JudgeCost:
        """The judge's calls for each verdict that it gave."""
        return JudgeCost.of(self.outcomes)

    @property
    def head(self) -> str:
        """Pass rate, replies, errors, unscored verdicts, missing ones, and broken guards."""
        rate = f"pass rate {percent(self.pass_rate)} over {many(len(self.outcomes), 'reply')}"
        unscored = many(self.unscored, "unscored verdict")
        counts = f"{rate}; {many(self.errors, 'error')}, {unscored}"
        broken = self.guards.sentence if self.guards.names else ""
        return "; ".join(filter(None, [counts, self.judged.warning, broken]))

    @checks_arguments
    def failures(self, most: Count = 5) -> str:
        """Up to `most` failing replies to be read: the agent's turn, the reply, what it broke.

        Replies that break a guard are among them. Of a smoke split none is shown, and why.
        """
        if self.held_out:
            return UNSHOWN
        failing = [outcome for outcome in self.outcomes if outcome.fails or outcome.broken][:most]
        texts = [_failure(outcome, self.scenarios[outcome.scenario]) for outcome in failing]
        return "\n\n".join(texts)

    @visibly
    def __repr__(self) -> str:
        return f"<Evaluation: {self.head}>"

    @property
    def ceiling(self) -> CeilingEffect:
        """How many replies pass everything, and how many criteria nothing has failed."""
        return CeilingEffect.of(self.outcomes)

    @visibly
    def __str__(self) -> str:
        guards = guards_text(self.guards)
        judge = "\n".join(self.judge_lines)
        parts = [self.head, _table(self.by_dimension), guards, judge, self.ceiling.note]
        return "\n\n".join(filter(None, parts))

    def _repr_html_(self) -> str:
        table = tallies_html(self.by_dimension)
        ceiling = note_html(self.ceiling.note)
        head = offline_html(self.head, offline=self.offline)
        judge = note_html("\n".join(self.judge_lines))
        return f"{head}{table}{judge}{ceiling}{guards_html(self.guards)}{self._failures_html}"

    @property
    def _failures_html(self) -> str:
        return note_html(UNSHOWN) if self.held_out else failures_html(self.outcomes, self.scenarios)

    def to_pandas(self) -> "pd.DataFrame":
        """One row per verdict with its reply; a reply without verdicts has one row. See rows.py."""
        return frame(verdict_rows(self.scenarios, self.outcomes), VERDICT_COLUMNS)

    @checks_arguments
    def save(self, path: str | Path, *, name: str | None = None) -> Path:
        """Write it to a file of JSON lines, whole or not at all, and return the path.

        `uso.read_evaluation` gives it back, without the data set. `name` is what it is called
        beside others from then on, what it was called before unless given. InputError where
        nothing can be written.
        """
        file = Path(path)
        check_writable(file)
        origin = self.origin if name is None else self.origin.model_copy(update={"name": name})
        contents = Contents(
            self.scenarios, self.outcomes, self.offline, guarded=self.guarded, origin=origin
        )
        write_text(file, dumped(contents))
        return file


@checks_arguments
def evaluate(
    simulator: UserSimulator,
    examples: Sequence[Any],
    metric: Metric,
    *,
    seeds: Count = 1,
    seed: int = 0,
    workers: Workers = DEFAULT_WORKERS,
    progress: Progress | None = None,
) -> Evaluation:
    """Run a simulator on the scenarios of a dataset split, `seeds` replies each, and grade them.

    `metric` is anything with `grade` and `price`. `progress` is called with each reply; without it
    a bar is shown in terminals and notebooks (`runner.ignore` shows none). Failed calls are kept as
    errors without a score. Seeds depend on `seed`, scenario and repeat, so two prompts that are
    evaluated alike can be paired.

    Raises InputError for useless arguments, before anything is spent; ModelError for what every
    further call would meet; TooManyErrors if more than a fifth of the calls fail, or
    more than a twentieth of the judge's verdicts are missing.
    """
    (evaluation,) = evaluate_in_turns(
        [simulator],
        examples,
        metric,
        seeds=seeds,
        seed=seed,
        workers=workers,
        progress=progress,
    )
    return evaluation


def evaluate_in_turns(
    simulators: Sequence[UserSimulator],
    examples: Sequence[Any],
    metric: Metric,
    *,
    seeds: int,
    seed: int,
    workers: Workers,
    progress: Progress | None,
) -> list[Evaluation]:
    """The same of each of the simulators, their calls in turns so that no drift favours one.

    See order.py. Raises what evaluate raises.
    """
    data = _checked(examples, metric)
    sides = [_jobs(simulator, data, seeds=seeds, seed=seed) for simulator in simulators]
    order = in_turns(sides)
    lms = [lm for simulator in simulators for lm in models_with(simulator, metric)]
    bar = nullcontext(progress) if progress else reply_bar(len(order), lms)
    with Runner(metric, workers=workers) as runner, bar as on_done:
        found = runner.run([job for _, job in order], on_done=on_done)
    outcomes: list[list[Outcome]] = [[] for _ in sides]
    for (number, _), outcome in zip(order, found, strict=True):
        outcomes[number].append(outcome)
    return [
        _evaluation(simulator, data, metric, side)
        for simulator, side in zip(simulators, outcomes, strict=True)
    ]


def _evaluation(
    simulator: UserSimulator, data: ScenarioSet, metric: Metric, outcomes: Outcomes
) -> Evaluation:
    """The outcomes with what they were made from; TooManyErrors where they tell nothing."""
    stop_if_hopeless(outcomes)
    return Evaluation(
        data.scenarios,
        outcomes,
        offline=has_stand_ins(simulator, metric),
        guarded=bool(guards_of(metric)),
        origin=_origin(simulator, metric, data),
        judge_card=judge_card_of(metric),
    )


def _origin(simulator: UserSimulator, metric: Metric, data: ScenarioSet) -> Origin:
    user = simulator.lm or dspy.settings.lm
    models = {"user": user, **models_of(metric)}
    return Origin(
        name=_version(simulator),
        prompt_sha256=simulator.prompt.sha256,
        data_sha256=digest(data),
        models={role: model_name(lm) for role, lm in models.items()},
    )


def _version(simulator: UserSimulator) -> str:
    """What the outcomes of a prompt are called: the beginning of its digest."""
    return simulator.prompt.sha256[:8]


def _checked(examples: Sequence[Any], metric: Metric) -> ScenarioSet:
    """The scenarios of the examples; InputError for arguments that nothing can be measured with."""
    data = ScenarioSet.of(examples, name="examples")
    if not data.scenarios:
        raise InputError(
            "there is no scenario to evaluate on; a build writes scenarios for train and smoke "
            "alone: `usersim-opt build-dataset --with-test` writes those of test"
        )
    check_metric(metric)
    # A price that is no number would come up after the first reply was paid for; it is asked now.
    price(metric, data.scenarios.values())
    return data


def replies_each(outcomes: Iterable[Outcome]) -> str:
    """How many replies the scenarios got: `3 replies each`, or `3 or 4 replies each`."""
    counts = Counter(outcome.scenario for outcome in outcomes).values()
    least, most = min(counts, default=0), max(counts, default=0)
    return f"{least} or {most} replies each" if least != most else f"{many(most, 'reply')} each"


def has_stand_ins(simulator: UserSimulator, metric: Metric) -> bool:
    """Whether the simulator's model or one of the metric's is an offline stand-in."""
    return any(map(is_offline, models_with(simulator, metric)))


def _jobs(simulator: UserSimulator, data: ScenarioSet, *, seeds: int, seed: int) -> list[Job]:
    version = _version(simulator)
    return [
        Job.of(
            simulator,
            data,
            scenario,
            version=version,
            stage=STAGE,
            repeat=repeat,
            run_seed=seed,
        )
        for repeat in range(seeds)
        for scenario in data.scenarios
    ]


def _failure(outcome: Outcome, scenario: Scenario) -> str:
    """One failing reply as lines of text, with nothing in them that a terminal would obey."""
    rules = rules_of(scenario)
    lines = [f"{outcome.scenario}  agent:    {scenario.history[-1].text}"]
    lines.append(f"       customer: {outcome.reply}")
    for verdict in outcome.failed:
        rule = rules.get(verdict.criterion, verdict.criterion)
        lines.append(f"       fails {rule} ({verdict.evidence})")
    for verdict in outcome.broken:
        guard = rules.get(verdict.criterion, verdict.criterion)
        lines.append(f"       breaks the guard {guard} ({verdict.evidence})")
    return visible("\n".join(lines))


def _table(tallies: Tallies) -> str:
    rows = [_row(name, tally) for name, tally in tallies.items()]
    return grid(["dimension", "pass rate", "criteria", "fails in"], rows)


def _row(name: str, tally: Tally) -> list[str]:
    return [name, share_text(tally.pass_rate), tally.fraction, some(tally.failing)]
