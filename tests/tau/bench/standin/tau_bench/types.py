"""Records by the names that tau-bench gives them."""

from typing import Any

from pydantic import BaseModel


class Action(BaseModel):
    """Something that an agent does."""

    name: str
    kwargs: dict[str, Any]


class Task(BaseModel):
    """A customer's story and what is right."""

    user_id: str
    actions: list[Action]
    instruction: str
    outputs: list[str]


class ActionsInfo(BaseModel):
    """Whether the shelf is as it should be."""

    r_actions: bool
    gt_data_hash: str


class OutputsInfo(BaseModel):
    """Whether all was told."""

    r_outputs: float
    outputs: dict[str, bool]


class Reward(BaseModel):
    """What a conversation was worth."""

    reward: float
    info: ActionsInfo | OutputsInfo
    actions: list[Action]


class Info(BaseModel):
    """What is said beside an observation."""

    task: Task
    reward_info: Reward | None = None


class Answer(BaseModel):
    """What follows an action."""

    observation: str
    reward: float
    done: bool
    info: Info


class Begun(BaseModel):
    """The first observation."""

    observation: str
    info: Info
