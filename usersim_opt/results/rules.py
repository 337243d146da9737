"""The rules that decide on candidates and how they are shown: one table, read from `rules.yaml`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

_FILE = Path(__file__).with_name("rules.yaml")


Colour = Literal["orange", "sky", "green", "blue", "vermillion", "purple", "grey"]
"""The colours of plots; results/plots/canvas.py has them."""


class Rule(BaseModel):
    """How a rule is shown; see the head of rules.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    gate: bool
    tally: str
    fate: str
    legend: str
    marker: str
    colour: Colour


def _read() -> dict[str, Rule]:
    return {name: _rule(name, entry) for name, entry in strict_yaml.load(_FILE).items()}


def _rule(name: str, entry: object) -> Rule:
    return parse(entry, Rule, where=f"{_FILE.name}: {name}")


COLLAPSE = "collapse"
"""The rule that turns down replies that ignore the chat."""
GUARD_LOSS = "guard_loss"
"""The rule that turns down what breaks guards significantly more often."""
TERM_LOSS = "term_loss"
"""The rule that turns down what may be worse in whole conversations."""
OBJECTIVE = "objective"
"""The rule that chooses among finalists, by the rubric and the realism terms."""
RULES = _read()
"""The rules by name, in the order in which they are counted."""
_PLACES = {name: place for place, name in enumerate(RULES)}


def rule_of(name: str) -> Rule:
    """The entry of a rule; a gate of a user's own, which has none, is shown by its name."""
    if name in RULES:
        return RULES[name]
    words = f"turned down by {name}"
    return Rule(gate=True, tally=words, fate=words, legend=words, marker="P", colour="blue")


def in_order(names: Iterable[str]) -> list[str]:
    """Names of rules in the order of the table, then all others as they come; each once."""
    # Sorting is stable: rules that the table does not list stay as they came.
    return sorted(dict.fromkeys(names), key=lambda name: _PLACES.get(name, len(RULES)))
