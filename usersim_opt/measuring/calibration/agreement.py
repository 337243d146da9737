"""How far can a judge be trusted? Measured on the example replies of a data set.

Their right verdicts are known: every passing example satisfies every criterion, every failing one
fails exactly the criteria that it names. The judge is asked about all criteria, those with a check
included, so that it is measured against code as well as against labels.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field

from usersim_opt.basics.errors import InputError, ModelError, one_line
from usersim_opt.basics.figures import share_text
from usersim_opt.basics.layout import grid
from usersim_opt.basics.parallel import as_finished
from usersim_opt.measuring.judge import Judge, verdicts_by
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.scenarios.records import Scenario


@dataclass(frozen=True)
class Agreement:
    """Verdicts by what is right and what the judge gave: `counts[right, given]`."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The right verdict is pass or fail, the given one may be unscored as well."""

    @property
    def on_passing(self) -> float | None:
        """Sensitivity: share of the verdicts that should be pass which are.

        Unscored ones are left out; None where there is no other.
        """
        return self._share("pass")

    @property
    def on_failing(self) -> float | None:
        """Specificity: the same for the verdicts that should be fail."""
        return self._share("fail")

    def _share(self, right: str) -> float | None:
        scored = self.counts[right, "pass"] + self.counts[right, "fail"]
        return self.counts[right, right] / scored if scored else None

    @property
    def verdicts(self) -> int:
        """The number of verdicts, unscored ones included."""
        return self.counts.total()

    @property
    def unscored(self) -> int:
        """The number of verdicts that the judge did not give."""
        return self.counts["pass", "unscored"] + self.counts["fail", "unscored"]

    def row(self) -> list[str]:
        """Numbers and shares as texts."""
        shares = [share_text(self.on_passing), share_text(self.on_failing)]
        return [str(self.verdicts), *shares, str(self.unscored)]


@dataclass(frozen=True)
class Calibration:
    """Agreement on criteria with a check and on those without."""

    checked: Agreement
    unchecked: Agreement

    def __str__(self) -> str:
        head = ["criteria", "verdicts", "right where passed", "right where failed", "unscored"]
        rows = [["with a check", *self.checked.row()], ["without", *self.unchecked.row()]]
        return grid(head, rows)


@dataclass(frozen=True)
class _Labelled:
    """An example reply with its right verdicts: fail for the criteria in `fails`, else pass."""

    scenario: Scenario
    reply: str
    fails: Collection[str] = ()

    def right(self, criterion: str) -> str:
        """The right verdict on a criterion."""
        return "fail" if criterion in self.fails else "pass"


def calibrate(
    judge: Judge, scenarios: Iterable[Scenario], *, workers: int = DEFAULT_WORKERS
) -> Calibration:
    """Ask the judge about the example replies of the scenarios, once for each reply.

    Raises ModelError, with the scenario, if a call fails.
    """
    examples = [example for scenario in scenarios for example in _labelled(scenario)]
    calibration = Calibration(Agreement(), Agreement())
    with ThreadPoolExecutor(workers) as executor:
        asked = {
            executor.submit(copy_context().run, _ask, judge, example): example
            for example in examples
        }

        def count(future: "Future[Mapping[str, Verdict]]") -> None:
            _count(calibration, asked[future], future.result())

        as_finished(list(asked), count)
    return calibration


def _labelled(scenario: Scenario) -> Iterator[_Labelled]:
    for reply in scenario.examples.natural:
        yield _Labelled(scenario, reply)
    for failure in scenario.examples.failures:
        yield _Labelled(scenario, failure.reply, failure.fails)


def _count(calibration: Calibration, example: _Labelled, verdicts: Mapping[str, Verdict]) -> None:
    """Add the judge's verdicts on an example to the agreement that they belong to."""
    for criterion in example.scenario.criteria:
        agreement = calibration.unchecked if criterion.check is None else calibration.checked
        agreement.counts[example.right(criterion.id), verdicts[criterion.id].outcome] += 1


def _ask(judge: Judge, example: _Labelled) -> Mapping[str, Verdict]:
    """The judge's verdicts on all criteria, by criterion."""
    scenario = example.scenario
    try:
        return verdicts_by(judge, scenario.history, example.reply, criteria=scenario.criteria)
    except InputError:
        raise
    except Exception as error:
        raise ModelError(
            f"the judge failed on scenario {scenario.id} ({one_line(error)}); "
            "mend the model connection and ask again"
        ) from error
