"""The rules that decide on candidates and how they are shown: one table, read from `rules.yaml`."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

_FILE = Path(__file__).with_name("rules.yaml")


class Rule(BaseModel):
    """How a rule is shown; see the head of rules.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    gate: bool
    tally: str
    fate: str
    legend: str
    marker: str
    colour: str


def _read() -> dict[str, Rule]:
    entries = strict_yaml.load(_FILE)
    return {
        name: parse(entry, Rule, where=f"{_FILE.name}: {name}") for name, entry in entries.items()
    }


RULES = _read()
"""The rules by name, in the order in which they are counted."""


def rule_of(name: str) -> Rule:
    """The entry of a rule; a gate of a user's own, which has none, is shown by its name."""
    if name in RULES:
        return RULES[name]
    words = f"turned down by {name}"
    return Rule(gate=True, tally=words, fate=words, legend=words, marker="P", colour="blue")


def in_order(names: Iterable[str]) -> list[str]:
    """Names of rules in the order of the table, then all others as they come; each once."""
    given = dict.fromkeys(names)
    listed = [name for name in RULES if name in given]
    return listed + [name for name in given if name not in RULES]
