"""What the verdicts of a judge cost: its calls for each criterion that it decided."""

from collections.abc import Iterable
from dataclasses import dataclass

from usersim_opt.basics.figures import many
from usersim_opt.measuring.outcome import Outcome


@dataclass(frozen=True)
class JudgeCost:
    """Calls of a judge, and the verdicts of pass or fail, guards of the rubric included."""

    calls: int
    verdicts: int
    """Those that the judge gave."""
    by_code: int
    """Those of checks, which are never sent to a judge."""

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "JudgeCost":
        """Of replies that were graded; the calls of those that failed count as well."""
        paid = list(outcomes)
        given = [verdict for each in paid for verdict in (*each.verdicts, *each.guards)]
        return cls(
            calls=sum(each.calls.get("judge", 0) for each in paid),
            verdicts=sum(verdict.judged and verdict.scored for verdict in given),
            by_code=sum(verdict.source == "check" for verdict in given),
        )

    @property
    def each(self) -> float | None:
        """Calls for each verdict; None without any."""
        return self.calls / self.verdicts if self.verdicts else None

    @property
    def sentence(self) -> str:
        """The figures in a line; empty where no judge was asked."""
        if not self.calls:
            return ""
        each = "" if self.each is None else f", {self.each:.2f} for each"
        verdicts = f"{many(self.calls, 'call')} for {many(self.verdicts, 'verdict')}{each}"
        return f"Judge: {verdicts}; code gave {self.by_code:,} more."
