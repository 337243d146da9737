"""The versions of a prompt in a run, and the decisions on them with their evidence."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from usersim_opt.basics.layout import PIECE, text
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.customer.prompt import parts_of, pieces_of
from usersim_opt.scenarios.records import Record

Origin = Literal["seed", "proposal", "composed", "draft"]
"""Where a prompt comes from: the first one, a model, the search's own composition of pieces, a person."""


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


class Evidence(Record):
    """The figures that a decision was made on; see `statistics.PairedDifference`. Bounds are of 95 % intervals."""

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


def version_html(version: Version) -> str:
    """The prompt with its guidance pieces marked; the rest is frame."""
    parts = [
        f'<span style="background:{PIECE}" title="{text(part.id)}">{text(part.text)}</span>'
        if part.kind == "piece"
        else text(part.text)
        for part in parts_of(version.text)
    ]
    origin = f"from {text(version.parent)}" if version.parent else "no parent"
    head = f"<b>{text(version.id)}</b> ({text(version.origin)}, {origin}), {len(version.text):,} characters, {len(pieces_of(version.text))} pieces, sha256 <code>{text(version.sha256[:12])}</code>"
    return f'<p>{head}</p><div style="white-space:pre-wrap">{"".join(parts)}</div>'


def evidence(difference: PairedDifference) -> Evidence:
    """The figures of a paired difference, as a decision keeps them; rounded, so that they read the same everywhere."""
    numbers = {
        "gain": difference.gain.mean,
        "low": difference.gain.low,
        "high": difference.gain.high,
        "task_low": difference.by_task.low,
        "task_high": difference.by_task.high,
        "p_better": difference.p_better,
        "p_worse": difference.p_worse,
    }
    rounded = {
        name: None if number is None else round(number, 6) for name, number in numbers.items()
    }
    return Evidence.model_validate(
        rounded
        | {
            "scenarios": difference.scenarios,
            "tasks": difference.tasks,
            "dropped": difference.dropped,
            "lost": round(difference.lost, 6),
        }
    )
