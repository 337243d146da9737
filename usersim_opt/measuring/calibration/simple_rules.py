"""Labels that a word counter gets right say nothing of a judge; here the word counter is asked.

Failing examples that were made up tend to be long, courteous and wrong in everything at once. A
judge that agrees with them may do no more than a rule that reads no criterion. The rules and limits
are data, rules.yaml.

The rule of length has one limit, the one with the highest balanced accuracy. It is found on every
second scenario and used on the others, and the other way round, so it is not fitted to what it is
measured on.

Not covered: rules with more than one limit, and words that are learned from the labels.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.figures import share_text
from usersim_opt.basics.text import words
from usersim_opt.basics.validation import parse
from usersim_opt.measuring.calibration.labels import KINDS, NATURAL, Agreement, Labelled
from usersim_opt.scenarios import checks

_FILE = Path(__file__).with_name("rules.yaml")


class Limits(BaseModel):
    """What stands in rules.yaml; see there."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    rules: Mapping[str, checks.Check]
    """Checks by the name of their rule."""
    courtesy: checks.Check
    """Holds where a reply is polite; for leanings.py."""
    most_broken: float
    close: float
    fewest_failures: int
    batch_loss: float


LIMITS = parse(strict_yaml.load(_FILE), Limits, where=_FILE.name)
COIN = 0.5
"""The mean of both shares of a coin."""
LENGTH = "number of words"
Marks = Callable[[Labelled], bool]
"""Whether a rule calls a reply bad."""


def kinds_of(examples: Iterable[Labelled]) -> list[str]:
    """The kinds of the examples, in the order in which they are shown."""
    found = {example.kind for example in examples}
    return [kind for kind in KINDS if kind in found]


def rule_agreements(examples: Sequence[Labelled]) -> dict[str, Agreement]:
    """How often each rule is right on the examples, as a judge that fails a bad reply in all."""
    found = {name: _agreement(examples, _check(check)) for name, check in LIMITS.rules.items()}
    return {LENGTH: _by_length(examples), **found}


def _check(check: checks.Check) -> Marks:
    return lambda example: not checks.run(check, example.reply, example.scenario.moment).holds


def _agreement(examples: Iterable[Labelled], marks: Marks) -> Agreement:
    agreement = Agreement()
    for example in examples:
        given = "fail" if marks(example) else "pass"
        for criterion in example.scenario.criteria:
            agreement.counts[example.right(criterion.id), given] += 1
    return agreement


def _by_length(examples: Sequence[Labelled]) -> Agreement:
    """The agreement of the rule of length, each half judged by the other half's limit."""
    names = list(dict.fromkeys(example.scenario.id for example in examples))
    halves = set(names[::2]), set(names[1::2])
    total = Agreement()
    for half, other in (halves, halves[::-1]):
        limit = _best_limit([each for each in examples if each.scenario.id in other])
        judged = [each for each in examples if each.scenario.id in half]
        total.counts.update(_agreement(judged, _longer_than(limit)).counts)
    return total


def _longer_than(limit: int) -> Marks:
    return lambda example: len(words(example.reply)) > limit


def _best_limit(examples: Sequence[Labelled]) -> int:
    """The number of words above which replies are called bad with the fewest mistakes."""
    lengths = sorted({len(words(example.reply)) for example in examples})
    found = {length: _agreement(examples, _longer_than(length)).balanced for length in lengths}
    return max(lengths, key=lambda length: found[length] or 0.0, default=0)


# -- what is said of it --------------------------------------------------------------------------


@dataclass(frozen=True)
class Labels:
    """What the failing examples are like."""

    broken: Sequence[int] = field(default_factory=tuple)
    """For each of them the criteria that it breaks."""
    criteria: Sequence[int] = field(default_factory=tuple)
    """For each of them the criteria of its scenario."""
    kinds: Sequence[str] = field(default_factory=tuple)

    @classmethod
    def of(cls, examples: Sequence[Labelled]) -> "Labels":
        """Of the examples of a data set."""
        failing = [example for example in examples if example.kind != NATURAL]
        return cls(
            broken=tuple(len(set(example.fails)) for example in failing),
            criteria=tuple(len(example.scenario.criteria) for example in failing),
            kinds=tuple(kinds_of(failing)),
        )

    @property
    def faults(self) -> list[str]:
        """Why they may be too easy, in words."""
        if len(self.broken) < LIMITS.fewest_failures:
            return []
        return [fault for fault in (self._all_at_once, self._one_kind) if fault]

    @property
    def _all_at_once(self) -> str:
        if sum(self.broken) < LIMITS.most_broken * sum(self.criteria):
            return ""
        number = len(self.broken)
        mean, of = sum(self.broken) / number, sum(self.criteria) / number
        return (
            f"Easy labels: the failing examples break {mean:.1f} of {of:.1f} criteria at once, so "
            "one glance at a reply decides most verdicts. Add near failures: a natural reply with "
            "one fault."
        )

    @property
    def _one_kind(self) -> str:
        if len(self.kinds) != 1:
            return ""
        (kind,) = self.kinds
        number = len(self.broken)
        return (
            f"Easy labels: all {number} failing examples are of one kind (`{kind}`). "
            f"Add {_others(kind)}."
        )


def _others(kind: str) -> str:
    """The kinds of failure that are missing beside the one that is there."""
    wanted = {"near": "near failures", "contrary": "replies that are too curt or too contrary"}
    return " and ".join(words for name, words in wanted.items() if name != kind)


def too_easy(judge: Agreement, by_rule: Mapping[str, Agreement]) -> list[str]:
    """A line that names the rules which are about as often right as the judge; none without one."""
    reached = [name for name, agreement in by_rule.items() if _reaches(agreement, judge)]
    if not reached:
        return []
    shares = [f"the {name} {share_text(by_rule[name].balanced)}" for name in reached]
    figures = f"{', '.join(shares)}, the judge {share_text(judge.balanced)}"
    line = "Easy labels: what reads no criterion is as often right on them as the judge"
    not_shown = "They do not show that the judge reads the criteria"
    return [f"{line}, by the mean of both shares: {figures}. {not_shown}."]


def _reaches(rule: Agreement, judge: Agreement) -> bool:
    if rule.balanced is None or judge.balanced is None or rule.verdicts < LIMITS.fewest_failures:
        return False
    # A rule that is no better than a coin reaches a judge that is none, whose figures say so.
    is_good = rule.balanced > COIN + LIMITS.close
    return is_good and rule.balanced >= judge.balanced - LIMITS.close
