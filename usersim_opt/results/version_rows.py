"""One row per version of a run, for a DataFrame: lineage, last ruling, pass rates."""

from collections.abc import Sequence

from usersim_opt.basics.frames import Row
from usersim_opt.customer.prompt import pieces_of
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.stages import round_of
from usersim_opt.results.reading import Reading
from usersim_opt.results.versions import Decision, Evidence, Version

VERSION_COLUMNS = (
    "version", "origin", "parent", "round", "characters", "pieces", "rule", "accepted", "reason",
    "gain", "low", "high", "replies", "pass_rate", "smoke_pass_rate", "incumbent", "sha256",
)  # fmt: skip


def version_rows(reading: Reading) -> list[Row]:
    """One row per version with the last ruling of the search on it.

    `pass_rate` is over whatever the version was measured on in the search: it chose the winner, and
    rates of different versions do not compare.
    """
    return [
        _version_row(reading, version) | _ruling_row(reading.last_rulings.get(version.id))
        for version in reading.record.versions.values()
    ]


def _version_row(reading: Reading, version: Version) -> Row:
    searched = reading.searched.get(version.id, ())
    return {
        "version": version.id,
        "origin": version.origin,
        "parent": version.parent,
        "characters": len(version.text),
        "pieces": len(pieces_of(version.text)),
        "replies": len(searched),
        "pass_rate": _mean(searched),
        "smoke_pass_rate": _mean(reading.smoke.get(version.id, ())),
        "incumbent": version.id in reading.incumbents,
        "sha256": version.sha256,
    }


def _ruling_row(ruling: Decision | None) -> Row:
    if ruling is None:
        return {}
    return {
        "round": round_of(ruling.stage),
        "rule": ruling.rule,
        "accepted": ruling.accepted,
        "reason": ruling.reason,
        **_figures(ruling.evidence),
    }


def _figures(evidence: Evidence | None) -> Row:
    return evidence.model_dump(include={"gain", "low", "high"}) if evidence else {}


def _mean(outcomes: Sequence[Outcome]) -> float | None:
    rate = pass_rate(outcomes)
    return rate.mean if rate else None
