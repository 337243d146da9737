"""How good is a prompt, and is one better than another? Pass rates with intervals, by dimension, with failing ids."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dspy

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval, many, percent, share_text
from usersim_opt.basics.frames import frame
from usersim_opt.basics.layout import grid
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.bars import reply_bar
from usersim_opt.measuring.metric import Metric
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.rows import VERDICT_COLUMNS, verdict_rows
from usersim_opt.measuring.runner import DEFAULT_THREADS, Job, Progress, Runner, job_seed, stop_if_hopeless
from usersim_opt.scenarios.kinds import DIMENSIONS
from usersim_opt.scenarios.material import Material
from usersim_opt.scenarios.records import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Tally:
    """Passed and scored criteria of one dimension, and the scenarios with a failure, as `id` or `id xN` for N failures."""

    passed: int
    scored: int
    failing: tuple[str, ...]

    @property
    def pass_rate(self) -> float | None:
        """Passed / scored, None where nothing was scored."""
        return self.passed / self.scored if self.scored else None


@dataclass(frozen=True, repr=False)
class Evaluation:
    """The outcomes of one prompt on a set of scenarios."""

    records: Mapping[str, Scenario]
    outcomes: Sequence[Outcome]
    offline: bool = False
    """Whether an offline stand-in took part, so that the figures say nothing about real models."""

    @property
    def pass_rate(self) -> Interval | None:
        """Passed criteria / scored criteria, with a 95 % t interval over tasks; None where nothing was scored."""
        return pass_rate(self.outcomes)

    @property
    def by_dimension(self) -> dict[str, Tally]:
        """A tally for each dimension that was scored, in the order of the 20."""
        hits: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for outcome in self.outcomes:
            dimension = {c.id: c.dimension for c in self.records[outcome.scenario].criteria}
            for verdict in outcome.grade.verdicts if outcome.grade else ():
                if verdict.outcome != "unscored":
                    hits[dimension[verdict.criterion]].append((outcome.scenario, verdict.outcome == "pass"))
        return {name: _tally(hits[name]) for name in DIMENSIONS if name in hits}

    @property
    def failing(self) -> list[str]:
        """Ids of the scenarios with at least one failed criterion."""
        return sorted({o.scenario for o in self.outcomes if o.grade and o.grade.passed < o.grade.scored})

    @property
    def errors(self) -> int:
        """Number of replies that failed and have no score."""
        return sum(outcome.status == "error" for outcome in self.outcomes)

    @property
    def unscored(self) -> int:
        """Number of verdicts that the judge did not give."""
        return sum(v.outcome == "unscored" for o in self.outcomes if o.grade for v in o.grade.verdicts)

    def failures(self, most: int = 5) -> str:
        """Up to `most` failing replies with the agent's turn before, the criterion and the evidence, to be read."""
        shown = []
        for outcome in [o for o in self.outcomes if o.grade and o.grade.passed < o.grade.scored][:most]:
            record = self.records[outcome.scenario]
            criteria = {c.id: c for c in record.criteria}
            lines = [f"{outcome.scenario}  agent:    {record.history[-1].text}", f"       customer: {outcome.reply}"]
            failed = [v for v in outcome.grade.verdicts if v.outcome == "fail"] if outcome.grade else []
            lines += [f"       fails {criteria[v.criterion].dimension}: {criteria[v.criterion].text} ({v.evidence})" for v in failed]
            shown.append("\n".join(lines))
        return "\n\n".join(shown)

    def __repr__(self) -> str:
        return f"<Evaluation: {self.head}>"

    def __str__(self) -> str:
        rows = [[name, _rate(tally), f"{tally.passed}/{tally.scored}", _ids(tally.failing)] for name, tally in self.by_dimension.items()]
        return self.head + "\n\n" + grid(["dimension", "pass rate", "criteria", "fails in"], rows)

    def _repr_html_(self) -> str:
        from usersim_opt.measuring.views import evaluation_html  # noqa: PLC0415 - views know evaluations, not the other way round

        return evaluation_html(self)

    def to_pandas(self) -> "pd.DataFrame":
        """One row per verdict, with the reply that it is about; a reply without verdicts has one row. See frames.py."""
        return frame(verdict_rows(self.records, self.outcomes), VERDICT_COLUMNS)

    @property
    def head(self) -> str:
        """Pass rate, replies, errors and unscored verdicts in one line."""
        return f"pass rate {percent(self.pass_rate)} over {many(len(self.outcomes), 'reply')}; {many(self.errors, 'error')}, {many(self.unscored, 'unscored verdict')}"


def evaluate(
    simulator: UserSimulator,
    examples: Sequence[Any],
    metric: Metric,
    *,
    seeds: int = 1,
    seed: int = 0,
    workers: int | Executor = DEFAULT_THREADS,
    progress: Progress | None = None,
) -> Evaluation:
    """Run a simulator on the scenarios of a dataset split, `seeds` replies each, and grade them.

    `progress` is told of each reply; without it a bar is shown in terminals and notebooks (`run.ignore` shows none).
    Failed calls are kept as errors without a score; TooManyErrors if they are more than a fifth. Seeds depend on `seed`,
    scenario and repeat, so two prompts that are evaluated alike can be paired.
    """
    if not isinstance(simulator, UserSimulator):
        raise InputError(f"expected a UserSimulator, got a {type(simulator).__name__}")
    if seeds < 1:
        raise InputError(f"seeds is {seeds}; expected 1 or more replies per scenario")
    data = Material.of(examples, name="examples")
    if not data.records:
        raise InputError("there is no scenario to evaluate on; a split made by build_dataset has scenarios in train and smoke only")
    jobs = _jobs(simulator, data, seeds, seed)
    with Runner(metric, workers=workers) as runner, nullcontext(progress) if progress else reply_bar(len(jobs)) as on_done:
        outcomes = runner.run(jobs, on_done=on_done)
    stop_if_hopeless(outcomes)
    return Evaluation(data.records, outcomes, offline=_offline(simulator, metric))


def _offline(simulator: UserSimulator, metric: Metric) -> bool:
    """Whether simulator or judge is an offline stand-in."""
    models = [simulator.lm or dspy.settings.lm, getattr(getattr(metric, "judge", None), "lm", None)]
    return any(str(getattr(lm, "model", "")).startswith("offline/") for lm in models)


def _jobs(simulator: UserSimulator, data: Material, seeds: int, seed: int) -> list[Job]:
    def job(record: Scenario, repeat: int) -> Job:
        return Job(
            simulator=simulator,
            task=data.tasks[record.task_id],
            record=record,
            version=simulator.prompt.sha256[:8],
            stage="evaluate",
            repeat=repeat,
            seed=job_seed(seed, "evaluate", record.id, repeat),
        )

    return [job(record, repeat) for repeat in range(seeds) for record in data.records.values()]


def replies_each(outcomes: Iterable[Outcome]) -> str:
    """How many replies the scenarios got: `3 replies each`, or `3 or 4 replies each` where the last repeat was on some of them."""
    counts = Counter(outcome.scenario for outcome in outcomes).values()
    least, most = (min(counts), max(counts)) if counts else (0, 0)
    return f"{least} or {most} replies each" if least != most else f"{many(most, 'reply')} each"


def _tally(hits: Sequence[tuple[str, bool]]) -> Tally:
    failures = [scenario for scenario, passed in hits if not passed]
    counted = tuple(f"{s} x{failures.count(s)}" if failures.count(s) > 1 else s for s in sorted(set(failures)))
    return Tally(sum(passed for _, passed in hits), len(hits), counted)


def _rate(tally: Tally) -> str:
    return share_text(tally.pass_rate)


def _ids(failing: Sequence[str], most: int = 3) -> str:
    more = f" +{len(failing) - most}" if len(failing) > most else ""
    return ", ".join(failing[:most]) + more
