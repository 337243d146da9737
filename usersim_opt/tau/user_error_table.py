"""What a judge finds wrong with customers: shares of conversations by tag, with intervals.

A share is that of the conversations with at least one such fault, its interval is over the texts
that the customers were given. Beside it stands how many of the runs that the agent lost had a
customer's fault that hindered it: those failures are in doubt.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usersim_opt.basics.figures import Interval, many, percent
from usersim_opt.basics.layout import grid, text
from usersim_opt.basics.ratios import ratio_interval
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import visible
from usersim_opt.realism.interview import Lost
from usersim_opt.tau.scores import Texts
from usersim_opt.tau.simulation import Simulation

HINDERED, HELPED = "critical_hindered", "critical_helped"
_MOST_LOST = 3
_LEGEND = (
    "share of conversations with such a fault of the customer, by the judge; in brackets the 95 % "
    "interval over texts. No person has checked the judge."
)


@dataclass(frozen=True)
class UserError:
    """A fault of a customer; `message` counts the customer's messages from 1."""

    message: int
    tag: str
    severity: str
    evidence: str


@dataclass(frozen=True)
class JudgedRun:
    """A run with the customer's faults; None where no answer of the judge could be read."""

    run: Simulation
    errors: tuple[UserError, ...] | None

    def has(self, is_meant: Callable[[UserError], bool]) -> bool:
        """Whether it has such a fault."""
        return any(map(is_meant, self.errors or ()))


@dataclass(frozen=True, repr=False)
class UserErrors:
    """The faults of the customers of each prompt."""

    judged: Mapping[str, tuple[JudgedRun, ...]]
    texts: Texts
    tags: tuple[str, ...]
    judge: str
    calls: int
    lost: tuple[Lost, ...]

    def readable(self, prompt: str) -> list[JudgedRun]:
        """The runs of a prompt that the judge has judged."""
        return [each for each in self.judged[prompt] if each.errors is not None]

    def share(self, prompt: str, tag: str) -> Interval | None:
        """The share of a prompt's conversations with a fault of a tag; None without any."""
        return self._share(prompt, lambda error: error.tag == tag)

    def shares(self, prompt: str) -> dict[str, Interval | None]:
        """By tag, then any fault, and those that may have decided the run."""
        return {
            **{tag: self.share(prompt, tag) for tag in self.tags},
            "any": self._share(prompt, lambda error: True),
            HINDERED: self._share(prompt, lambda error: error.severity == HINDERED),
            HELPED: self._share(prompt, lambda error: error.severity == HELPED),
        }

    def in_doubt(self, prompt: str) -> tuple[int, int]:
        """Failed runs in which the customer's fault hindered the agent, and all failed ones."""
        failed = [each for each in self.readable(prompt) if not each.run.success]
        hindered = [each for each in failed if each.has(lambda error: error.severity == HINDERED)]
        return len(hindered), len(failed)

    def _share(self, prompt: str, is_meant: Callable[[UserError], bool]) -> Interval | None:
        judged = self.readable(prompt)
        hits = [each.has(is_meant) for each in judged]
        return _share_of(judged, hits, self.texts) if judged else None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row for each fault."""
        return [
            {"prompt": name, "task": each.run.talk.task, "trial": each.run.trial, **vars(error)}
            for name, judged in self.judged.items()
            for each in judged
            for error in each.errors or ()
        ]

    @visibly
    def __repr__(self) -> str:
        return f"<UserErrors: {many(len(self.judged), 'prompt')}, {many(len(self.rows), 'error')}>"

    @visibly
    def __str__(self) -> str:
        shares = {name: self.shares(name) for name in self.judged}
        kinds = [*self.tags, "any", HINDERED, HELPED]
        rows = [[kind, *(percent(shares[name][kind]) for name in shares)] for kind in kinds]
        return "\n".join([grid(["customer's fault", *shares], rows), "", *self._notes()])

    def _repr_html_(self) -> str:
        return f"<pre>{text(self)}</pre>"

    def _notes(self) -> Iterator[str]:
        yield _LEGEND
        for name in self.judged:
            yield self.doubt_of(name)
        yield f"Judge: {visible(self.judge)}, {many(self.calls, 'call')}."
        yield from lost_lines(self.lost)

    def doubt_of(self, prompt: str) -> str:
        """How many failures of the agent are in doubt, in words."""
        hindered, failed = self.in_doubt(prompt)
        judged = many(len(self.readable(prompt)), "run")
        return (
            f"{prompt}: {judged} judged, {failed} of them failed; in {hindered} of these the "
            "customer's fault may be the reason"
        )


def lost_lines(lost: Sequence[Lost]) -> Iterator[str]:
    """What the judge's answers could not be read for, the first few."""
    for each in lost[:_MOST_LOST]:
        yield f"Lost: {visible(each.about)}: {visible(each.why)}"
    if len(lost) > _MOST_LOST:
        yield f"Lost: {len(lost) - _MOST_LOST} more"


def _share_of(judged: Sequence[JudgedRun], hits: Sequence[bool], texts: Texts) -> Interval:
    """A share of runs with its interval over texts."""
    clusters: dict[str, tuple[float, float]] = {}
    for each, hit in zip(judged, hits, strict=True):
        name = str(texts[each.run.talk.task])
        good, all_ = clusters.get(name, (0.0, 0.0))
        clusters[name] = good + hit, all_ + 1
    return ratio_interval(clusters).within(0.0, 1.0)
