"""How good is a prompt, and is one better than another? Pass rates with intervals, by dimension, with failing ids."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from usersim_opt.judge import Metric
from usersim_opt.run import Material
from usersim_opt.runner import DEFAULT_THREADS, Job, Runner, job_seed
from usersim_opt.schema import DIMENSIONS, Outcome, Scenario
from usersim_opt.simulator import UserSimulator
from usersim_opt.statistics import Interval, PairedDifference, paired_difference, ratio_interval
from usersim_opt.tables import grid


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


@dataclass(frozen=True)
class Evaluation:
    """The outcomes of one prompt on a set of scenarios."""

    records: Mapping[str, Scenario]
    outcomes: Sequence[Outcome]

    @property
    def pass_rate(self) -> Interval:
        """Passed criteria / scored criteria, with a 95 % t interval over tasks."""
        clusters: dict[str, tuple[float, float]] = {}
        for outcome in self.outcomes:
            passed, scored = (outcome.grade.passed, outcome.grade.scored) if outcome.grade else (0, 0)
            before = clusters.get(outcome.task_id, (0.0, 0.0))
            clusters[outcome.task_id] = (before[0] + passed, before[1] + scored)
        return ratio_interval(clusters)

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

    def __str__(self) -> str:
        rows = [[name, _rate(tally), f"{tally.passed}/{tally.scored}", _ids(tally.failing)] for name, tally in self.by_dimension.items()]
        head = f"pass rate {percent(self.pass_rate)} over {len(self.outcomes)} replies; {self.errors} errors, {self.unscored} unscored verdicts"
        return head + "\n" + grid(["dimension", "pass rate", "criteria", "failing scenarios"], rows)


@dataclass(frozen=True)
class Comparison:
    """Two prompts on the same scenarios and seeds."""

    old: Evaluation
    new: Evaluation
    difference: PairedDifference

    def __str__(self) -> str:
        return f"{comparison_table(self.old, self.new)}\n{gain_sentence(self.difference, self.new)}"


def evaluate(
    simulator: UserSimulator, examples: Sequence[Any], metric: Metric, *, seeds: int = 1, seed: int = 0, workers: int | Executor = DEFAULT_THREADS
) -> Evaluation:
    """Run a simulator on the scenarios of a dataset split, `seeds` replies each, and grade them.

    Failed calls are kept as errors without a score. Seeds depend on `seed`, scenario and repeat, so two prompts that
    are evaluated alike can be paired.
    """
    data = Material.of(examples, name="examples")
    outcomes = Runner(metric, workers=workers).run(_jobs(simulator, data, seeds, seed))
    return Evaluation(data.records, outcomes)


def compare(
    old: UserSimulator,
    new: UserSimulator,
    examples: Sequence[Any],
    metric: Metric,
    *,
    seeds: int = 1,
    seed: int = 0,
    workers: int | Executor = DEFAULT_THREADS,
) -> Comparison:
    """Evaluate two simulators on the same scenarios and seeds and test the difference."""
    sides = [evaluate(s, examples, metric, seeds=seeds, seed=seed, workers=workers) for s in (old, new)]
    return Comparison(sides[0], sides[1], paired_difference(sides[0].outcomes, sides[1].outcomes))


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


def comparison_table(old: Evaluation, new: Evaluation) -> str:
    """Pass rate by dimension of both prompts, with the scenarios where the new one still fails."""
    before, after = old.by_dimension, new.by_dimension
    rows = []
    for name in DIMENSIONS:
        if name in before or name in after:
            a, b = before.get(name, _NOTHING), after.get(name, _NOTHING)
            rows.append([name, str(b.scored), _rate(a), _rate(b), _change(a.pass_rate, b.pass_rate), _ids(b.failing)])
    total = ["all", str(sum(t.scored for t in after.values())), percent_only(old.pass_rate.mean), percent_only(new.pass_rate.mean)]
    rows.append(
        [*total, _change(old.pass_rate.mean, new.pass_rate.mean), f"{len(new.failing)} of {len({o.scenario for o in new.outcomes})} scenarios"]
    )
    return grid(["dimension", "n", "base", "winner", "change", "scenarios where the winner fails, xN in N replies"], rows)


def gain_sentence(difference: PairedDifference, new: Evaluation) -> str:
    """The gain, its interval and what it is worth, in one or two sentences."""
    replies = max((outcome.repeat + 1 for outcome in new.outcomes), default=0)
    shown = f"gain {difference.gain} on {difference.scenarios} scenarios of {difference.tasks} tasks, {replies} replies each"
    verdict = "proven: the 95 % interval lies above zero" if difference.proven else "not proven: the 95 % interval reaches zero"
    return f"{shown}, {verdict}. By task: {difference.by_task}."


def percent(interval: Interval) -> str:
    """A pass rate with its interval, in percent."""
    if interval.low is None or interval.high is None:
        return percent_only(interval.mean)
    return f"{percent_only(interval.mean)} [{percent_only(max(0.0, interval.low))}, {percent_only(min(1.0, interval.high))}]"


def percent_only(share: float) -> str:
    """A share from 0 to 1 in percent with one decimal."""
    return f"{100 * share:.1f} %"


_NOTHING = Tally(0, 0, ())


def _tally(hits: Sequence[tuple[str, bool]]) -> Tally:
    failures = [scenario for scenario, passed in hits if not passed]
    counted = tuple(f"{s} x{failures.count(s)}" if failures.count(s) > 1 else s for s in sorted(set(failures)))
    return Tally(sum(passed for _, passed in hits), len(hits), counted)


def _rate(tally: Tally) -> str:
    return "-" if tally.pass_rate is None else percent_only(tally.pass_rate)


def _change(old: float | None, new: float | None) -> str:
    return "" if old is None or new is None else f"{100 * (new - old):+.1f}"


def _ids(failing: Sequence[str], most: int = 4) -> str:
    more = f" +{len(failing) - most}" if len(failing) > most else ""
    return ", ".join(failing[:most]) + more
