"""The parts of a customer's goal and the rules by which their statuses change (arXiv 2507.20152).

    profile, policy          ALIGNED -> MISALIGNED on any violation, for good
    preference               MISALIGNED -> ALIGNED once it is expressed
    objective, requirement   INCOMPLETE -> ATTEMPTED -> COMPLETE

Statuses go forward only: what a judge would take back stays. ATTEMPTED means that the customer has
tried enough and was blocked; it counts as success, and may be passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """The statuses of a class in the order in which they are passed through; the first begins."""

    order: tuple[str, ...]
    success: frozenset[str]

    def after(self, status: str, judged: str) -> str:
        """The status after a judge's; never an earlier one."""
        return max(status, judged, key=self.order.index)

    @property
    def last(self) -> str:
        """The status that nothing changes any more."""
        return self.order[-1]


_KEPT = Rule(("ALIGNED", "MISALIGNED"), frozenset({"ALIGNED"}))
_EXPRESSED = Rule(("MISALIGNED", "ALIGNED"), frozenset({"ALIGNED"}))
_DONE = Rule(("INCOMPLETE", "ATTEMPTED", "COMPLETE"), frozenset({"ATTEMPTED", "COMPLETE"}))
RULES: Mapping[str, Rule] = {
    "profile": _KEPT,
    "policy": _KEPT,
    "objective": _DONE,
    "requirement": _DONE,
    "preference": _EXPRESSED,
}
"""The five classes."""
REWARD = 0.5
"""What a class adds to the reward of a customer's turn."""


@dataclass(frozen=True)
class Component:
    """A part of a story that is followed by itself."""

    id: str
    kind: str
    """Its class."""
    text: str

    @property
    def rule(self) -> Rule:
        """The rule of its class."""
        return RULES[self.kind]


Components = tuple[Component, ...]
Statuses = Mapping[str, str]
"""Status by the id of a component."""
Judged = Mapping[str, tuple[str, str]]
"""By id, the status that a judge gives and why."""


@dataclass(frozen=True)
class State:
    """The statuses after a turn pair, 0 before the first; `reasons` are those of the judge.

    `lost` says that this pair could not be judged, so that all stayed as it was.
    """

    pair: int
    statuses: Statuses
    reasons: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


def start(components: Components) -> State:
    """The state before anything was said."""
    return State(0, {each.id: each.rule.order[0] for each in components})


def advanced(state: State, components: Components, judged: Judged | None) -> State:
    """The state after one more turn pair; None for `judged` where it was lost."""
    if judged is None:
        return State(state.pair + 1, state.statuses, lost=True)
    statuses = dict(state.statuses)
    for each in components:
        if each.id in judged:
            statuses[each.id] = each.rule.after(statuses[each.id], judged[each.id][0])
    return State(state.pair + 1, statuses, {name: why for name, (_, why) in judged.items()})


def shares(components: Components, state: State) -> dict[str, float]:
    """By class, the share of its components in a success status; classes without any are absent.

    >>> parts = (Component("objective.1", "objective", "a"), Component("profile.1", "profile", "b"))
    >>> shares(parts, start(parts))
    {'profile': 1.0, 'objective': 0.0}
    """
    by_class: dict[str, list[bool]] = {}
    for each in components:
        is_success = state.statuses[each.id] in each.rule.success
        by_class.setdefault(each.kind, []).append(is_success)
    return {kind: _mean(by_class[kind]) for kind in RULES if kind in by_class}


def overall(by_class: Mapping[str, float]) -> float | None:
    """The mean of the classes that have components; None without any."""
    return _mean(list(by_class.values())) if by_class else None


def reward(components: Components, state: State) -> float:
    """R = sum over the classes of 0.5 * I, with I = 1 where the whole class is in a success status.

    The paper's indicator is not defined closer in what we could read; this is our reading. A class
    without components adds nothing, so that R goes up to 0.5 times the number of classes there.
    """
    return REWARD * sum(share == 1 for share in shares(components, state).values())


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
