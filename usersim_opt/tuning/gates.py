"""Gates: whether a candidate may take the incumbent's place.

A gate sees paired outcomes on the same scenarios and seeds, the incumbent run afresh: its first
replies chose the failures that the candidate was written for, so they are biased low.

    improvement   on the minibatch: better by a standard error
    regression    on the scenarios of the round before: not significantly worse
    smoke         on the held-out split, at the end: the gain is proven, over scenarios and over
                  tasks, whatever the lost verdicts would have been

A gate of your own needs a `name` and `rule`; the record, the tables and the page show it by that
name. Before any gate is asked, a candidate whose replies ignore the chat is turned down
(measuring/collapse.py), and so is one that breaks guards significantly more often than the
incumbent: a gate weighs the score, of which the guards are no part. Of equal prompts that turns
away at most one in twenty.

With ten scenarios the check for regression stops disasters only; it is no proof of equality. With
fewer it says what it could have seen.
Not covered: many candidates and one lucky winner; that is what the smoke split is for.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any, ClassVar, Protocol

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many, points
from usersim_opt.basics.levels import LEVEL, Z975, t975
from usersim_opt.basics.power import POWER
from usersim_opt.basics.proof import Finding
from usersim_opt.basics.statistics import BOTH, PairedDifference
from usersim_opt.measuring.collapse import collapsed
from usersim_opt.measuring.guard_losses import guard_losses
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.results.rules import COLLAPSE, GUARD_LOSS, RULES
from usersim_opt.scenarios.records import Scenarios

MAX_LOST = 0.1
"""Share of the verdicts that may be missing on one side.

Above it nothing is decided for the candidate: verdicts are not lost at random, so those that are
left would flatter one side.
"""
FEW_SCENARIOS = 10
"""Below so many the check for regression has no power worth the name, and says so."""
LONGEST_NAME = 40
"""Characters of a gate's name, at most."""


@dataclass(frozen=True)
class Ruling:
    """What a gate says, and why; the reason is recorded and shown word for word."""

    accepted: bool
    reason: str


class Gate(Protocol):
    """One rule of acceptance."""

    @property
    def name(self) -> str:
        """What the record calls the rule: a short word, always the same."""
        ...

    def rule(self, difference: PairedDifference) -> Ruling:
        """Judge candidate minus incumbent."""
        ...


@dataclass(frozen=True)
class Improvement:
    """Passes a gain of at least `min_z` standard errors.

    On equal prompts one standard error lets one candidate in six through; "the larger sum wins"
    lets through almost half.
    """

    name: ClassVar[str] = "improvement"
    min_z: float = 1.0

    def rule(self, difference: PairedDifference) -> Ruling:
        """Judge candidate minus incumbent on fresh replies."""
        if lost := too_much_lost(difference):
            return Ruling(False, lost)
        where = f"on {difference.scenarios} fresh scenarios"
        figures = f"{points(difference.gain.mean)} points {where}, z = {difference.z:.2f}"
        if difference.gain.mean <= 0:
            return Ruling(False, f"no improvement: {figures}")
        if difference.z < self.min_z:
            return Ruling(False, f"no more than noise: {figures}, {self.min_z:g} wanted")
        return Ruling(True, figures)


@dataclass(frozen=True)
class NoRegression:
    """Passes unless the candidate is significantly worse on the scenarios of the round before.

    A candidate was written for the failures of one minibatch, and may be worse elsewhere. Where
    verdicts are missing, nothing is said of those: the candidate passes unless it would be
    significantly worse with all of them counted against it.
    """

    name: ClassVar[str] = "regression"
    alpha: float = 0.05

    def rule(self, difference: PairedDifference) -> Ruling:
        """Judge candidate minus incumbent on the previous scenario set."""
        if lost := too_much_lost(difference):
            return Ruling(False, lost)
        where = f"on the {many(difference.scenarios, 'scenario')} of the round before"
        figures = f"{points(difference.gain.mean)} points {where}, p = {difference.p_worse:.3f}"
        if self._is_significant(difference.found):
            return Ruling(False, f"significant regression: {figures}")
        if difference.missing:
            return self._with_losses(difference, figures)
        if difference.scenarios < FEW_SCENARIOS:
            seen = seen_loss(difference, self.alpha)
            return Ruling(True, f"accepted: no loss could be shown: {figures}; {seen}")
        return Ruling(True, f"no significant regression: {figures}")

    def _with_losses(self, difference: PairedDifference, figures: str) -> Ruling:
        """What can be said where verdicts are missing."""
        missing = many(difference.missing, "missing verdict")
        if self._is_significant(difference.at_worst):
            p = f"p = {difference.at_worst.p_worse:.3f}"
            return Ruling(False, f"regression if {missing} speak against it ({p}): {figures}")
        return Ruling(True, f"regression not decided, {missing}: {figures}")

    def _is_significant(self, found: Finding) -> bool:
        return found.gain < 0 and found.p_worse <= self.alpha


def seen_loss(difference: PairedDifference, alpha: float) -> str:
    """The smallest loss that about four in five comparisons like this one find, in words."""
    least = math.ceil(math.log2(1 / alpha))
    if difference.scenarios < least:
        return f"fewer than {least} scenarios show none at all"
    loss = _visible_loss(difference, alpha)
    number = many(difference.scenarios, "scenario")
    return f"{number} can only show a loss of {100 * loss:.0f} points or more"


def _visible_loss(difference: PairedDifference, alpha: float) -> float:
    """The loss L = k * sqrt(error^2 + L (1 - L) / verdicts), 0 to 1, solved for L.

    Were a share L of the passes lost by chance, each verdict would bring a variance of L (1 - L)
    beside that of equal prompts. k is a quantile for the level, plus one for the power. The first
    is Student's and two-sided: the signs of few scenarios are coarse, so the exact test sees less
    than a normal one.
    """
    normal = NormalDist()
    of_few = t975(difference.scenarios - 1) / Z975
    k = normal.inv_cdf(1 - alpha / 2) * of_few + normal.inv_cdf(POWER)
    share = k**2 / difference.criteria
    root = math.sqrt(share**2 + 4 * (1 + share) * (k * difference.error) ** 2)
    return (share + root) / (2 * (1 + share))


@dataclass(frozen=True)
class ProvenGain:
    """Passes a gain that is proven: the acceptance test on the smoke split.

    Its intervals over scenarios and over tasks lie above zero, also with every lost verdict counted
    against the candidate (basics/proof.py, basics/paired.py). The level is that of the difference:
    5 %, or less where the split was used before (results/smoke_ledger.py).
    """

    name: ClassVar[str] = "smoke"

    def rule(self, difference: PairedDifference) -> Ruling:
        """Judge finalist minus seed on held-out scenarios."""
        if lost := too_much_lost(difference):
            return Ruling(False, lost)
        return Ruling(difference.proven, _why_proven(difference))


def _why_proven(difference: PairedDifference) -> str:
    """Which rule says no to a gain, and else that none does."""
    if not difference.found.better_by_scenario:
        return f"the {difference.confidence} interval of the gain reaches zero"
    if not difference.found.better_by_task:
        return f"better on these scenarios, not proven for new tasks: {_task_rule(difference)}"
    if not difference.at_worst.better:
        missing = many(difference.missing, "missing verdict")
        return f"better only if {missing} are left out; counted against it they leave no proof"
    return f"the {difference.confidence} interval of the gain lies above zero, {BOTH}"


def _task_rule(difference: PairedDifference) -> str:
    if difference.tasks < 2:
        return "one task says nothing of others"
    return f"the {difference.confidence} interval over {difference.tasks} tasks reaches zero"


@dataclass(frozen=True)
class Judgement:
    """A ruling with the name of the rule that made it, and the difference behind it."""

    rule: str
    ruling: Ruling
    difference: PairedDifference

    @property
    def is_veto(self) -> bool:
        """Whether the gate was not asked."""
        return self.rule in (COLLAPSE, GUARD_LOSS)

    def noted(self, more: str) -> "Judgement":
        """The same with more said of its reason."""
        ruling = replace(self.ruling, reason=f"{self.ruling.reason}, {more}")
        return replace(self, ruling=ruling)


def judge(
    gate: Gate,
    old: Sequence[Outcome],
    new: Sequence[Outcome],
    *,
    scenarios: Scenarios,
    level: float = LEVEL,
) -> Judgement:
    """What a gate says to a candidate's outcomes beside the incumbent's on the same jobs.

    `scenarios` tell what replies may refer to, and which verdicts are on guards of one kind. The
    level, two-sided, is that of the intervals and of what the difference calls proven. InputError
    for a gate whose `rule` returns no Ruling.
    """
    difference = paired_difference(old, new, level=level)
    if same := collapsed(new, scenarios):
        return Judgement(COLLAPSE, Ruling(False, same), difference)
    if objection := guard_losses(old, new, scenarios).objection:
        return Judgement(GUARD_LOSS, Ruling(False, objection), difference)
    return _asked(gate, difference)


def _asked(gate: Gate, difference: PairedDifference) -> Judgement:
    """What the gate itself says."""
    ruling = gate.rule(difference)
    if not isinstance(ruling, Ruling):
        raise InputError(
            f"the gate {gate.name!r} returned {ruling!r:.60}; "
            "expected a Ruling(accepted, reason), such as Ruling(False, 'too small a gain')"
        )
    return Judgement(gate.name, Ruling(bool(ruling.accepted), str(ruling.reason)), difference)


def too_much_lost(difference: PairedDifference) -> str:
    """Why no decision can be made on what is left; empty if it can."""
    if not difference.scenarios:
        return "no decision: no reply was scored under both prompts"
    if difference.lost > MAX_LOST:
        share = f"{100 * difference.lost:.0f} %"
        return f"no decision: {share} of the verdicts are missing on one side"
    return ""


def settings_of(gate: Any) -> str:
    """A gate with its settings as one text that is the same in every process.

    A run is resumed only by gates of the same text: `repr(gate)`, or where that holds a place in
    memory, the name with the gate's attributes. InputError for what is no gate, or has no name that
    a record could show.
    """
    _check_gate(gate)
    settings = repr(gate)
    if not holds_place_in_memory(settings):
        return settings
    attributes = sorted(vars(gate).items()) if hasattr(gate, "__dict__") else []
    named = [f"{name}={value!r}" for name, value in attributes if name.strip("_") == name]
    lasting = [text for text in named if not holds_place_in_memory(text)]
    return f"{gate.name}({', '.join(lasting)})" if lasting else str(gate.name)


def _check_gate(gate: Any) -> None:
    kind = gate.__name__ if isinstance(gate, type) else type(gate).__name__
    if isinstance(gate, type):
        raise InputError(f"the gate is the class {kind}; expected an object of it, {kind}()")
    if fault := _fault_in_name(getattr(gate, "name", None)):
        raise InputError(
            f"the gate {kind} {fault}, so its run could not be shown or resumed; "
            'expected an attribute `name`, a short word such as "length"'
        )
    if not callable(getattr(gate, "rule", None)):
        raise InputError(
            f"the gate {kind} has no rule; "
            "expected a method `rule` that takes the paired difference and returns a Ruling"
        )


def _fault_in_name(name: Any) -> str:
    """What is wrong with the name of a gate; empty if nothing is."""
    if not isinstance(name, str) or not name.strip():
        return "has no name"
    if holds_place_in_memory(name):
        return f"has a name that holds a place in memory ({name[:LONGEST_NAME]!r})"
    if len(name) > LONGEST_NAME or not name.isprintable():
        return f"is called {name[:LONGEST_NAME]!r}..., which no table could show"
    if name in RULES and not RULES[name].gate:
        return f"is called {name!r}, which is another rule of the record"
    return ""


def holds_place_in_memory(text: str) -> bool:
    """Whether a text has the mark of an object's default repr, ` at 0x7f...`."""
    return re.search(r" at 0x[0-9a-f]+", text, re.IGNORECASE) is not None
