"""The agents of agents.yaml, one of which is drawn for each conversation.

A writer of one conversation cannot keep to a share of all of them, so the share is kept here.
"""

from collections.abc import Mapping
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

FILE = Path(__file__).with_name("agents.yaml")


class Agent(BaseModel):
    """How often a kind of agent is met, as a share of all, and how it talks."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    share: float
    line: str


AGENTS: Mapping[str, Agent] = {
    name: parse(fields, Agent, where=f"{FILE}: {name}")
    for name, fields in strict_yaml.load(FILE).items()
}
"""The agents by name."""


def draw_agent(scenario: str) -> Agent:
    """The agent of a scenario, by its id: the same one in every build."""
    draw = Random(f"agent of {scenario}")  # noqa: S311 - a reproducible draw, nothing secret
    agents = list(AGENTS.values())
    return draw.choices(agents, [agent.share for agent in agents])[0]
