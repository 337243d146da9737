"""Which of two simulators covers more: a paired bootstrap over tasks.

Both are taken in the tasks that both have. Tasks are drawn with replacement, with all conversations
of both simulators; the percentiles are moved until their mean is the observed difference, because a
drawn set has fewer different points than the observed one. The interval is over tasks, with the
reference as it is.

Not covered: intervals of dispersion, least distance and hull volume. They are extremes, for which
resampling gives wrong ones.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval
from usersim_opt.basics.layout import some
from usersim_opt.realism.coverage.distances import between, pairwise
from usersim_opt.realism.coverage.even import REFERENCES, SAMPLES, uniform
from usersim_opt.realism.coverage.measured import measured_population
from usersim_opt.realism.coverage.measures import scored, z_scored
from usersim_opt.realism.coverage.population import Bounds, Population, population_of
from usersim_opt.realism.coverage.sides import CoverageComparison
from usersim_opt.realism.resampling import LEAST_TASKS, task_weights
from usersim_opt.realism.rows import Array

_DRAWS = 400
_BOUNDS = (2.5, 97.5)


def compare_coverage(
    one: Any,
    other: Any,
    *,
    reference: Any = None,
    features: str | Sequence[str] = "published",
    bounds: Bounds | None = None,
    reference_source: str = "llm",
    samples: int = SAMPLES,
    references: int = REFERENCES,
) -> CoverageComparison:
    """Two simulators' conversations side by side, in the tasks that both have.

    Arguments as for `coverage_of`. Both are held to the radius of the larger set. InputError where
    no task is common.
    """
    first = population_of(one, features=features, bounds=bounds, name="one")
    second = population_of(other, features=features, bounds=bounds, name="other")
    tasks = sorted(set(first.tasks) & set(second.tasks))
    if not tasks:
        raise InputError(
            f"no task is common: one has {some(sorted(set(first.tasks)))}, the other "
            f"{some(sorted(set(second.tasks)))}; expected conversations about the same tasks"
        )
    people = None
    if reference is not None:
        people = population_of(
            reference, features=features, bounds=bounds, source=reference_source, name="reference"
        )
    sides = first.of_tasks(tasks), second.of_tasks(tasks)
    counts = [len(side.tasks) for side in sides]
    measure = partial(
        measured_population,
        people=people,
        samples=samples,
        references=references,
        size=max(counts),
    )
    measured = measure(sides[0]), measure(sides[1])
    drawn = [_drawn(side, people, tasks, measured[0].radius, samples) for side in sides]
    return CoverageComparison(
        measured[0],
        measured[1],
        differences={name: _interval(drawn[0][name] - drawn[1][name]) for name in drawn[0]},
        tasks=len(tasks),
        notes=tuple(_notes(counts)),
    )


def _notes(counts: Sequence[int]) -> Iterator[str]:
    if counts[0] == counts[1]:
        return
    yield (
        f"{counts[0]} conversations beside {counts[1]}: more points cover more by themselves; both "
        "are held to the radius of the larger set"
    )


def _drawn(
    side: Population, people: Population | None, tasks: Sequence[str], reach: float, samples: int
) -> dict[str, Array]:
    """The measures of a side: first as they are, then with tasks drawn."""
    weights = task_weights(tasks, draws=_DRAWS).of(tasks)
    members = [[n for n, task in enumerate(side.tasks) if task == each] for each in tasks]
    drawn = {
        "support_coverage": _support(side.unit, members, weights, reach=reach, samples=samples),
        "mean_distance": _mean_distance(side.unit, members, weights),
    }
    if people is not None:
        drawn["chamfer"] = _chamfer(side.values, people.values, members, weights)
    return drawn


Members = Sequence[Sequence[int]]
"""The rows of each task."""


def _support(
    points: Array, members: Members, weights: Array, *, reach: float, samples: int
) -> Array:
    asked = uniform(samples, points.shape[1])
    near = [(between(points[rows], asked) <= reach).any(axis=0) for rows in members]
    covered = np.array(near, dtype=np.float32)
    shares = [(np.float32(line > 0) @ covered > 0).mean() for line in weights]
    return np.array(shares)


def _mean_distance(points: Array, members: Members, weights: Array) -> Array:
    """The mean over pairs of two conversations; one that is drawn twice is a pair at 0."""
    sums = between(points, points)
    by_task = np.array([[sums[np.ix_(a, b)].sum() for b in members] for a in members])
    counts = weights @ np.array([len(rows) for rows in members])
    total = np.einsum("dt,ts,ds->d", weights, by_task, weights)
    means: Array = total / np.maximum(counts * (counts - 1), 1)
    return means


def _chamfer(points: Array, people: Array, members: Members, weights: Array) -> Array:
    scaled = z_scored(people, people)
    gaps = between(z_scored(points, people), scaled)
    spread = float(pairwise(scaled).mean()) if len(people) > 1 else 0.0
    to_people = np.array([gaps[rows].min(axis=1).sum() for rows in members])
    counts = np.array([len(rows) for rows in members])
    to_points = np.array([gaps[rows].min(axis=0) for rows in members])
    errors = weights @ to_people / (weights @ counts)
    errors += [to_points[line > 0].min(axis=0).mean() for line in weights]
    return np.array([scored(float(error), spread) for error in errors])


def _interval(values: Array) -> Interval:
    """The 95 % interval of a difference whose first value is the observed one."""
    observed, resampled = float(values[0]), values[1:]
    if len(resampled) < LEAST_TASKS:
        return Interval(observed, None, None)
    low, high = np.percentile(resampled, _BOUNDS) - resampled.mean() + observed
    return Interval(observed, float(low), float(high))
