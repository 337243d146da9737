"""How much of the cube a set of points covers: all measures at once.

    coverage(points)                          # rows of numbers from 0 to 1, such as personas.points
    coverage_of(talks, reference=people)      # the features of conversations

Support coverage is no match of densities: it rewards rare corners that no customer is in. Set it
beside the Chamfer coverage, which asks how near people are, and beside the User-Sim Index, which
sees means alone.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.realism.coverage.even import REFERENCES, SAMPLES, even, uniform
from usersim_opt.realism.coverage.hull import hull_volume, why_missing
from usersim_opt.realism.coverage.measures import (
    chamfer_score,
    dispersion,
    divergence,
    least_distance,
    mean_distance,
    support_coverage,
    z_scored,
)
from usersim_opt.realism.coverage.population import Bounds, Population, population_of
from usersim_opt.realism.coverage.quasi_random import sequence_name
from usersim_opt.realism.coverage.shown import Coverage
from usersim_opt.realism.rows import Array

FEW = 25
"""Points of the paper; with fewer the figures say more of their number than of their places."""


@checks_arguments
def coverage(
    points: Any,
    reference: Any = None,
    *,
    raw: bool = False,
    samples: Count = SAMPLES,
    references: Count = REFERENCES,
) -> Coverage:
    """The measures of measures.py for points of the unit cube, one a row.

    `reference` are people's points, for the Chamfer coverage, z-scored by their mean and
    population standard deviation unless `raw`. `samples` are the points at which coverage is asked,
    `references` the even populations for radius and divergence: a hundred will do for a look.
    InputError for what are no points, or lie outside the cube.
    """
    found = _points(points, "points")
    others = None if reference is None else _points(reference, "reference")
    if others is not None and found.shape[1] != others.shape[1]:
        raise InputError(
            f"points have {found.shape[1]} dimensions, the reference {others.shape[1]}; expected "
            "the same"
        )
    chamfer = None if others is None else chamfer_of(found, others, raw=raw)
    return _measured(found, chamfer, samples=samples, references=references)


@checks_arguments
def coverage_of(
    conversations: Any,
    reference: Any = None,
    *,
    features: str | Sequence[str] = "published",
    bounds: Bounds | None = None,
    reference_source: str = "llm",
    samples: Count = SAMPLES,
    references: Count = REFERENCES,
) -> Coverage:
    """The measures for conversations, each a point by its features.

    Features are scaled to the cube by bounds.yaml, or by `bounds` (feature to two values); values
    beyond count as the bound. Chamfer coverage takes the features as they are, z-scored. Other
    arguments as for `population_of` and `coverage`; `reference_source` is `human` for the public
    data of people. InputError for what are no conversations.
    """
    found = population_of(conversations, features=features, bounds=bounds)
    people = None
    if reference is not None:
        people = population_of(
            reference,
            features=features,
            bounds=bounds,
            source=reference_source,
            name="reference",
        )
    return measured_population(found, people, samples=samples, references=references)


def measured_population(
    found: Population,
    people: Population | None,
    *,
    samples: int,
    references: int,
) -> Coverage:
    """The measures of a population, beside people where they are given."""
    chamfer = None if people is None else chamfer_of(found.values, people.values)
    return _measured(
        found.unit,
        chamfer,
        samples=samples,
        references=references,
        by_task=None if people is None else chamfer_by_task(found, people),
        name=found.name,
        notes=tuple(_notes_on(found, people)),
    )


def chamfer_of(points: Array, reference: Array, *, raw: bool = False) -> float:
    """The Chamfer coverage, z-scored by the reference unless `raw`."""
    if raw or not len(reference):
        return chamfer_score(points, reference)
    return chamfer_score(z_scored(points, reference), z_scored(reference, reference))


def chamfer_by_task(found: Population, people: Population) -> float | None:
    """The mean Chamfer coverage of tasks that both have, as PPol computes it.

    A task of which people have one conversation is left out, since it has no spread. None where no
    task is left.
    """
    counted = [task for task in set(people.tasks) if people.tasks.count(task) > 1]
    scores = [
        chamfer_score(
            z_scored(found.of_tasks([task]).values, people.values),
            z_scored(people.of_tasks([task]).values, people.values),
        )
        for task in sorted(set(found.tasks).intersection(counted))
    ]
    return float(np.mean(scores)) if scores else None


def _measured(
    points: Array,
    chamfer: float | None,
    *,
    samples: int,
    references: int,
    by_task: float | None = None,
    name: str = "points",
    notes: tuple[str, ...] = (),
) -> Coverage:
    count, dimensions = points.shape
    asked = uniform(samples, dimensions)
    held_to = even(count, dimensions, samples=samples, references=references)
    volume = hull_volume(points)
    missing = [why_missing(dimensions)] if volume is None else []
    return Coverage(
        name=name,
        points=count,
        dimensions=dimensions,
        support_coverage=support_coverage(points, asked, held_to.radius),
        dispersion=dispersion(points, asked),
        hull_volume=volume,
        mean_distance=mean_distance(points),
        least_distance=least_distance(points),
        divergence=divergence(points, held_to.log_shares),
        chamfer=chamfer,
        chamfer_by_task=by_task,
        radius=held_to.radius,
        sequence=sequence_name(),
        samples=samples,
        references=references,
        notes=(*notes, *missing, *_notes(count, dimensions)),
    )


def _notes(count: int, dimensions: int) -> Iterator[str]:
    if count < FEW:
        yield f"only {many(count, 'point')}: the figures describe these and no others"
    if count <= dimensions:
        yield f"no more points than the {dimensions} dimensions: the hull is flat, its volume 0"


def _notes_on(found: Population, people: Population | None) -> Iterator[str]:
    yield from found.notes
    if found.cut:
        yield f"{many(found.cut, 'conversation')} with a value beyond its bounds, cut there"
    if people is not None and not set(found.tasks) & set(people.tasks):
        yield "no task is common with the reference: no Chamfer coverage by task"


def _points(given: Any, name: str) -> Array:
    """Points as an array; InputError says what does not fit."""
    try:
        points = np.array(given, dtype=float)
    except (TypeError, ValueError):
        points = np.zeros(0)
    if points.ndim != 2 or not points.size:
        raise InputError(f"{name}: expected one or more rows of as many numbers each")
    outside = ~((points >= 0) & (points <= 1))
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise InputError(
            f"{name}: row {row} has {points[row, column]:g} in dimension {column}; expected 0 to "
            "1; scale the points to the unit cube first"
        )
    return points
