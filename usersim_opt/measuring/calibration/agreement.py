"""How far can a judge be trusted? Measured on the example replies of a data set, whose right verdicts are known.

Every passing example satisfies every criterion, every failing one fails exactly the criteria that it names. The judge is
asked about all criteria, those with a check included, so that it is measured against code as well as against labels.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from usersim_opt.basics.errors import ModelError, one_line
from usersim_opt.basics.layout import grid
from usersim_opt.basics.parallel import as_finished
from usersim_opt.measuring.judge import RubricJudge
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.scenarios.records import Scenario


@dataclass(frozen=True)
class Agreement:
    """Verdicts by what is right and what the judge said, `counts[right, said]`; `said` may be unscored."""

    counts: Counter[tuple[str, str]]

    @property
    def on_passing(self) -> float | None:
        """Share of the replies that should pass which the judge passes, unscored ones left out (sensitivity)."""
        return self._share("pass")

    @property
    def on_failing(self) -> float | None:
        """Share of the replies that should fail which the judge fails, unscored ones left out (specificity)."""
        return self._share("fail")

    def _share(self, right: str) -> float | None:
        scored = self.counts[right, "pass"] + self.counts[right, "fail"]
        return self.counts[right, right] / scored if scored else None

    def row(self) -> list[str]:
        """Numbers and shares as texts."""
        unscored = self.counts["pass", "unscored"] + self.counts["fail", "unscored"]
        shares = [
            "-" if share is None else f"{100 * share:.1f} %"
            for share in (self.on_passing, self.on_failing)
        ]
        return [str(sum(self.counts.values())), *shares, str(unscored)]


@dataclass(frozen=True)
class Calibration:
    """Agreement on criteria with a check and on those without."""

    checked: Agreement
    unchecked: Agreement

    def __str__(self) -> str:
        rows = [["with a check", *self.checked.row()], ["without", *self.unchecked.row()]]
        return grid(
            ["criteria", "verdicts", "right where passed", "right where failed", "unscored"], rows
        )


def calibrate(
    judge: RubricJudge, scenarios: Iterable[Scenario], *, workers: int = DEFAULT_WORKERS
) -> Calibration:
    """Ask the judge about the example replies of the scenarios, one call per reply; ModelError, with the scenario, if a call fails."""
    jobs = [job for scenario in scenarios for job in _labelled(scenario)]
    checked: Counter[tuple[str, str]] = Counter()
    unchecked: Counter[tuple[str, str]] = Counter()
    with ThreadPoolExecutor(workers) as executor:
        asked = {
            executor.submit(copy_context().run, _ask, judge, scenario, reply): (scenario, fails)
            for scenario, reply, fails in jobs
        }

        def count(future: "Future[list[str]]") -> None:
            scenario, fails = asked[future]
            for criterion, said in zip(scenario.criteria, future.result(), strict=True):
                counts = unchecked if criterion.check is None else checked
                counts["fail" if criterion.id in fails else "pass", said] += 1

        as_finished(list(asked), count)
    return Calibration(Agreement(checked), Agreement(unchecked))


def _labelled(scenario: Scenario) -> Iterator[tuple[Scenario, str, tuple[str, ...]]]:
    for reply in scenario.examples.passing:
        yield scenario, reply, ()
    yield scenario, scenario.examples.failing.reply, scenario.examples.failing.fails


def _ask(judge: RubricJudge, scenario: Scenario, reply: str) -> list[str]:
    try:
        return [
            verdict.outcome
            for verdict in judge(
                history=scenario.history, reply=reply, criteria=scenario.criteria
            ).verdicts
        ]
    except Exception as error:
        raise ModelError(
            f"the judge failed on scenario {scenario.id} ({one_line(error)}); mend the model connection and ask again"
        ) from error
