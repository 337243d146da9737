"""The state of the sampler of the piece model, which grows with pieces, versions and replies."""

from dataclasses import dataclass, field

import numpy as np

from usersim_opt.measuring.verdict_arrays import Array

NOISE = 0.2
"""Variance of one verdict, u_r included; that of a coin between .28 and .72."""


@dataclass
class Chain:
    """The state of the sampler: the latest draw of every unknown of the model."""

    base: Array
    """mu; shape: dimensions."""
    own: Array
    """gamma; shape: pieces x dimensions."""
    broad: Array = field(default_factory=lambda: np.zeros(0))
    """beta; shape: pieces."""
    spread: Array = field(default_factory=lambda: np.zeros(0))
    """The prior standard deviation of beta; shape: pieces."""
    difficulty: Array = field(default_factory=lambda: np.zeros(0))
    """a; shape: criteria."""
    deviation: Array = field(default_factory=lambda: np.zeros(0))
    """delta; shape: versions."""
    shared: Array = field(default_factory=lambda: np.zeros(0))
    """u; shape: replies."""
    correlation: float = 0.0
    """rho, that of two verdicts on one reply."""

    @property
    def noise(self) -> float:
        """The variance of the noise: what u does not have of that of a verdict."""
        return NOISE * (1 - self.correlation)

    @property
    def effects(self) -> Array:
        """The sum beta + gamma; shape: pieces x dimensions."""
        return np.asarray(self.broad[:, None] + self.own)

    def add_piece(self, broad: float, *, spread: float) -> None:
        """Begin with one more piece, every dimension of it in the spike."""
        self.broad = np.append(self.broad, broad)
        self.spread = np.append(self.spread, spread)
        self.own = np.vstack([self.own, np.zeros((1, self.base.size))])

    def add_version(self) -> None:
        """Begin with one more version, the sum of its parts."""
        self.deviation = np.append(self.deviation, 0.0)

    def add_reply(self, *, new_criteria: int) -> None:
        """Begin with one more reply, and criteria of middling difficulty, if it has new ones."""
        self.shared = np.append(self.shared, 0.0)
        self.difficulty = np.append(self.difficulty, np.zeros(new_criteria))
