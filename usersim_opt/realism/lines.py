"""The two lines of an index: a simulator against people, and people against each other.

Both are computed for many weightings of the tasks at once.

    USI  = (D1 + D2 + D3 + D4 + Eval + 100 (1 - ECE)) / 6, per batch; then mean and sd over batches
    USI5 = the mean without Eval, where nobody was asked               (arXiv 2603.11245)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from usersim_opt.realism.agreement import Agreement
from usersim_opt.realism.rows import Array, Weights
from usersim_opt.realism.table import DIMENSIONS

METRICS = (*DIMENSIONS, "eval_agree", "ece", "usi")
"""The figures of a line, in order."""

Batch = Mapping[str, Array]
"""Figures against one batch, a number for each weighting; what cannot be said is missing."""


@dataclass(frozen=True)
class Spread:
    """A mean with its population sd, a number of each for each weighting."""

    mean: Array
    sd: Array


Line = dict[str, Spread]
"""The figures of a line; what cannot be said is missing."""


def line_of(batches: Sequence[Batch], evaluation: Spread | None) -> Line:
    """The figures over all batches, with the index where its parts are there."""
    found = [_with_index(batch, evaluation) for batch in batches]
    line = {
        name: spread([batch[name] for batch in found if name in batch])
        for name in METRICS
        if any(name in batch for batch in found)
    }
    return line | ({"eval_agree": evaluation} if evaluation else {})


def _with_index(batch: Batch, evaluation: Spread | None) -> Batch:
    parts = [batch[name] for name in DIMENSIONS if name in batch]
    if not parts or "ece" not in batch:
        return batch
    parts.append(100 * (1 - batch["ece"]))
    if evaluation:
        parts.append(evaluation.mean)
    return {**batch, "usi": np.mean(parts, axis=0)}


def agreement_of_batches(agreements: Sequence[Agreement], weights: Weights) -> Spread | None:
    """The agreement over batches: the mean of each, then mean and sd of those."""
    means = [_weighted(each, weights).mean for each in agreements if each]
    return spread(means) if means else None


def agreement_of_entries(agreement: Agreement, weights: Weights) -> Spread | None:
    """The agreement over entries, as for people who rated conversations again."""
    return _weighted(agreement, weights) if agreement else None


def _weighted(agreement: Agreement, weights: Weights) -> Spread:
    values = np.array(list(agreement.values()))
    by_entry = weights.of(list(agreement))
    total = by_entry.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(total > 0, by_entry @ values / total, np.nan)
        squares = (by_entry * (values - mean[:, None]) ** 2).sum(axis=1) / total
    return Spread(mean, np.sqrt(squares))


def spread(values: Sequence[Array]) -> Spread:
    """Mean and population sd over batches; a batch without a value is left out."""
    stack = np.stack(values)
    known = ~np.isnan(stack)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, stack, 0).sum(axis=0) / known.sum(axis=0)
        squares = np.where(known, (stack - mean) ** 2, 0).sum(axis=0) / known.sum(axis=0)
    return Spread(mean, np.sqrt(squares))
