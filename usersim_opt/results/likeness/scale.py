"""A scale from zero to a round number, with its ticks in the unit of the figures."""

import math
from dataclasses import dataclass

from usersim_opt.realism.units import SHARES
from usersim_opt.results.report.svg import Scale

_ROUND = (1, 2, 3, 4, 5, 6, 8, 10)
"""Ends of a scale, as parts of a power of ten; the half of each is short to write."""
_LEAST = 0.1
"""The shortest scale: where everything is zero there is still something to see."""


@dataclass(frozen=True)
class Ruler:
    """A scale with the words of its ticks."""

    scale: Scale
    ticks: list[tuple[float, str]]

    def at(self, value: float) -> str:
        """The place of a value."""
        return self.scale.at(value)


def ruler(most: float, unit: str) -> Ruler:
    """A scale that holds values from 0 to `most`."""
    end = rounded_up(max(most, _LEAST))
    return Ruler(Scale(0.0, end), [(place, _tick(place, unit)) for place in (0.0, end / 2, end)])


def rounded_up(value: float) -> float:
    """The next round number."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(part * power for part in _ROUND if part * power >= value - 1e-9)


def _tick(place: float, unit: str) -> str:
    return f"{100 * place:g} %" if unit in SHARES else f"{place:g}"
