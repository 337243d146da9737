"""The versions of a prompt in a run, and the decisions on them with their evidence."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import StringConstraints

from usersim_opt.basics.figures import rounded
from usersim_opt.basics.layout import PIECE, outcome_mark, table, text
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.prompt import Part, parts_of, pieces_of
from usersim_opt.scenarios.records import Record

Origin = Literal["seed", "proposal", "composed", "draft"]
"""Where a prompt comes from.

It is the first one, a model's, the search's own composition of pieces, or a person's.
"""


VERSION_ID = r"v[0-9]{3,9}"
"""The names that a search gives to versions, in order."""


class Version(Record):
    """One prompt text of a run, with its lineage."""

    id: str
    """`v000` is the seed; the others count up in the order in which they were made."""
    text: str
    sha256: str
    parent: str | None
    origin: Origin

    def _repr_html_(self) -> str:
        return version_html(self)


Versions = Mapping[str, Version]
"""Versions by their ids, in the order in which they were made."""


class Evidence(Record):
    """The figures that a decision was made on; see `statistics.PairedDifference`.

    Bounds are of intervals of the level, which is two-sided; records of earlier versions name none.
    """

    gain: float
    low: float | None
    high: float | None
    task_low: float | None
    task_high: float | None
    p_better: float
    p_worse: float
    scenarios: int
    tasks: int
    dropped: int
    lost: float
    level: float | None = None


NO_VERSION = "-"
"""The candidate of a decision on a proposal that became no version."""


class Decision(Record):
    """One ruling on a candidate, in the order in which they were made."""

    stage: str
    candidate: str
    """A version; `-` where a proposal did not become one."""
    incumbent: str
    rule: Annotated[str, StringConstraints(min_length=1)]
    """The rule that decided: a gate by its name, or one of `rules.py`."""
    accepted: bool
    reason: str
    evidence: Evidence | None = None


Decisions = Sequence[Decision]


def decisions_html(decisions: Decisions) -> str:
    """A row for each decision, for notebooks."""
    rows = [_decision_cells(decision) for decision in decisions]
    return table(["stage", "candidate", "rule", "ruling", "reason"], rows)


def _decision_cells(decision: Decision) -> list[str]:
    return [
        text(decision.stage),
        text(decision.candidate),
        text(decision.rule),
        _ruling_mark(decision),
        text(decision.reason),
    ]


def _ruling_mark(decision: Decision) -> str:
    return outcome_mark("pass" if decision.accepted else "fail")


def version_html(version: Version) -> str:
    """The prompt with its guidance pieces marked; the rest is frame."""
    marked = "".join(_part_html(part) for part in parts_of(version.text))
    return f'{_head_html(version)}<div style="white-space:pre-wrap">{marked}</div>'


def _head_html(version: Version) -> str:
    origin = f"from {text(version.parent)}" if version.parent else "no parent"
    pieces = len(pieces_of(version.text))
    return (
        f"<p><b>{text(version.id)}</b> ({text(version.origin)}, {origin}), "
        f"{len(version.text):,} characters, {pieces} pieces, "
        f"sha256 <code>{text(version.sha256[:12])}</code></p>"
    )


def _part_html(part: Part) -> str:
    words = text(part.text)
    if part.kind != "piece":
        return words
    return f'<span style="background:{PIECE}" title="{text(part.id)}">{words}</span>'


def evidence(difference: PairedDifference) -> Evidence:
    """The figures of a paired difference, as a decision keeps them.

    They are rounded, so that a resumed run finds the same ones on every machine.
    """
    return Evidence(
        gain=rounded(difference.gain.mean),
        low=rounded(difference.gain.low),
        high=rounded(difference.gain.high),
        task_low=rounded(difference.by_task.low),
        task_high=rounded(difference.by_task.high),
        p_better=rounded(difference.p_better),
        p_worse=rounded(difference.p_worse),
        scenarios=difference.scenarios,
        tasks=difference.tasks,
        level=difference.level,
        dropped=difference.dropped,
        lost=rounded(difference.lost),
    )
