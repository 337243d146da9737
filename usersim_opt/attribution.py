"""What is each guidance piece worth? A Bayesian additive model over every reply that was graded.

Not covered: pieces that only work together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from usersim_opt.prompt import Part, Prompt
from usersim_opt.schema import FAMILIES, Outcome, Scenario, Version
from usersim_opt.statistics import Interval


@dataclass(frozen=True)
class PieceWorth:
    """What one piece adds to the pass rate where it is in the prompt; intervals are 95 % credible intervals, shares from -1 to 1."""

    id: str
    words: str
    section: str
    characters: int
    effect: Interval
    by_family: Mapping[str, Interval]
    replies_with: int
    replies_without: int


@dataclass(frozen=True)
class Attribution:
    """The pieces of all versions of a run, the worthiest first, and the pass rate of each version by family."""

    pieces: tuple[PieceWorth, ...]
    families: Mapping[str, Mapping[str, Interval]]
    """By version id and family: the pass rate that the model expects on all scenarios alike, so that versions that were measured on other scenarios compare."""


def attribute(versions: Mapping[str, Version], outcomes: Sequence[Outcome], records: Mapping[str, Scenario]) -> Attribution:
    """Fit the model to what was measured; versions without a scored reply are left out of `families`."""
    parts: dict[str, Part] = {}
    members = {}
    for version in versions.values():
        pieces = Prompt(version.text).pieces
        members[version.id] = {piece.id for piece in pieces}
        parts |= {piece.id: piece for piece in pieces if piece.id not in parts}
    ids = list(parts)
    scored = [o for o in outcomes if o.grade and o.version in members]
    x = np.array([[1.0, *(float(i in members[o.version]) for i in ids)] for o in scored]).reshape(len(scored), len(ids) + 1)
    fits = {}
    for family in FAMILIES:
        rows, y, weight = [], [], []
        for row, o in enumerate(scored):
            dims = {c.id: c.dimension for c in records[o.scenario].criteria}
            hits = [v.outcome == "pass" for v in o.grade.verdicts if v.outcome != "unscored" and dims[v.criterion].startswith(family + ".")]
            if hits:
                rows.append(row)
                y.append(sum(hits) / len(hits))
                weight.append(len(hits))
        if rows:
            w = np.array(weight) / 0.2
            a = x[rows]
            precision = (a * w[:, None]).T @ a + np.diag([0.01, *[1 / 0.06**2] * len(ids)])
            cov = np.linalg.inv(precision)
            fits[family] = (cov @ (a * w[:, None]).T @ np.array(y), cov, len(rows))
    total = sum(n for _, _, n in fits.values())

    def interval(vector: np.ndarray, family: str) -> Interval:
        mean, cov, _ = fits[family]
        m, sd = float(vector @ mean), float(np.sqrt(vector @ cov @ vector))
        return Interval(m, m - 1.96 * sd, m + 1.96 * sd)

    def overall(parts_: Mapping[str, Interval]) -> Interval:
        m = sum(i.mean * fits[f][2] for f, i in parts_.items()) / total
        sd = float(np.sqrt(sum(((i.high - i.low) / 3.92 * fits[f][2]) ** 2 for f, i in parts_.items()))) / total
        return Interval(m, m - 1.96 * sd, m + 1.96 * sd)

    worths = []
    for k, piece_id in enumerate(ids):
        unit = np.eye(len(ids) + 1)[k + 1]
        by_family = {family: interval(unit, family) for family in fits}
        part = parts[piece_id]
        within = int(x[:, k + 1].sum())
        worths.append(PieceWorth(piece_id, part.words, part.section, len(part.text), overall(by_family), by_family, within, len(scored) - within))
    seen = {o.version for o in scored}
    families = {v: {f: interval(np.array([1.0, *(float(i in members[v]) for i in ids)]), f) for f in fits} for v in versions if v in seen}
    return Attribution(tuple(sorted(worths, key=lambda worth: -worth.effect.mean)), families)
