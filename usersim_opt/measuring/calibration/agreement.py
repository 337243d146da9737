"""How far can a judge be trusted? Measured on the example replies of a data set.

Their right verdicts are known: every passing example satisfies every criterion, every failing one
fails exactly the criteria that it names. The judge is asked about all criteria, those with a check
included, so that it is measured against code as well as against labels.

Labels may be so easy that every judge is right: rules that count words and look for courtesies are
measured beside the judge (simple_rules.py), and where one of them is as often right, that is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.layout import grid
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.calibration.asked import Answered, answers_of
from usersim_opt.measuring.calibration.labels import Agreement, Labelled, labelled
from usersim_opt.measuring.calibration.simple_rules import (
    Labels,
    kinds_of,
    rule_agreements,
    too_easy,
)
from usersim_opt.measuring.judge import Judge
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.scenarios.records import Scenario


@dataclass(frozen=True)
class Calibration:
    """How often the judge is right, and how much that says.

    Agreement on criteria with a check and on those without; by the kind of example; and that of
    rules which look at no criterion, on the same examples.
    """

    checked: Agreement
    unchecked: Agreement
    by_kind: Mapping[str, Agreement] = field(default_factory=dict)
    by_rule: Mapping[str, Agreement] = field(default_factory=dict)
    labels: Labels = field(default_factory=Labels)

    @property
    def all(self) -> Agreement:
        """The judge's agreement on all criteria."""
        return Agreement(self.checked.counts + self.unchecked.counts)

    @property
    def notes(self) -> list[str]:
        """Why the labels may be too easy to say anything of the judge; empty where nothing is."""
        return [*self.labels.faults, *too_easy(self.all, self.by_rule)]

    @visibly
    def __str__(self) -> str:
        groups = {
            "criteria": {"with a check": self.checked, "without": self.unchecked},
            "examples": self.by_kind,
            "rules that read no criterion": self.by_rule,
        }
        tables = [_table(head, rows) for head, rows in groups.items() if rows]
        return "\n\n".join([*tables, *self.notes])


def _table(head: str, agreements: Mapping[str, Agreement]) -> str:
    rows = [[name, *agreement.row()] for name, agreement in agreements.items()]
    return grid([head, "verdicts", "right where passed", "right where failed", "unscored"], rows)


def calibrate(
    judge: Judge, scenarios: Iterable[Scenario], *, workers: int = DEFAULT_WORKERS
) -> Calibration:
    """Ask the judge about the example replies of the scenarios, once for each reply.

    Raises ModelError, with the scenario, if a call fails.
    """
    examples = [example for scenario in scenarios for example in labelled(scenario)]
    return calibration_of(examples, answers_of(judge, examples, workers=workers))


def calibration_of(examples: Sequence[Labelled], answers: Iterable[Answered]) -> Calibration:
    """How often first answers about example replies are right."""
    calibration = Calibration(
        Agreement(),
        Agreement(),
        by_kind={kind: Agreement() for kind in kinds_of(examples)},
        by_rule=rule_agreements(examples),
        labels=Labels.of(examples),
    )
    for answer in answers:
        has_check = answer.criterion.check is not None
        agreement = calibration.checked if has_check else calibration.unchecked
        verdict = answer.label, answer.verdict.outcome
        agreement.counts[verdict] += 1
        calibration.by_kind[answer.example.kind].counts[verdict] += 1
    return calibration
