"""The shape of what an author model answers, and the way from there to a scenario.

The shape is plain enough for models that are held to a JSON schema: a check is JSON in a text,
empty where there is none. Families and dimensions are those of the data set's kinds.
"""

import json
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from usersim_opt.basics.errors import BadReply
from usersim_opt.basics.text import without_thoughts
from usersim_opt.basics.validation import Fields, explain
from usersim_opt.scenarios.kinds import Kinds

History = list[dict[str, str]]
"""A conversation as it stands in a scenario file: turns such as `{"agent": "Hi"}`."""


class _Draft(BaseModel):
    model_config = ConfigDict(extra="forbid")


AnyDraft = TypeVar("AnyDraft", bound=_Draft)


class TurnDraft(_Draft):
    """One message."""

    role: Literal["agent", "customer"]
    text: str


class ConversationDraft(_Draft):
    """The conversation so far."""

    turns: list[TurnDraft]


class CriterionDraft(_Draft):
    """One criterion; `check` is a JSON object in a text, or empty."""

    id: str
    dimension: str
    text: str
    check: str
    role: Literal["score", "guard"]


class ContraryDraft(_Draft):
    """A reply that is too curt or too contrary, and the criteria that it fails."""

    reply: str
    fails: list[str]


class NearDraft(ContraryDraft):
    """A natural reply with one fault, which is named, and the criteria that it fails."""

    fault: str


class RubricDraft(_Draft):
    """The rubric of a conversation, with example replies."""

    stresses: list[str]
    criteria: list[CriterionDraft]
    natural: list[str]
    near: list[NearDraft]
    contrary: list[ContraryDraft]


def rubric_shape(kinds: Kinds) -> type[RubricDraft]:
    """The shape of a rubric that names no other dimensions and families than the kinds have.

    A connection that holds its model to a schema then leaves the model no other names.
    """
    dimension: Any = Literal[tuple(kinds.dimensions)]
    family: Any = Literal[kinds.families]
    criterion: Any = create_model(
        CriterionDraft.__name__,
        __base__=CriterionDraft,
        __doc__=CriterionDraft.__doc__,
        dimension=(dimension, ...),
    )
    return create_model(
        RubricDraft.__name__,
        __base__=RubricDraft,
        __doc__=RubricDraft.__doc__,
        stresses=(list[family], ...),
        criteria=(list[criterion], ...),
    )


def read_draft(answer: str, shape: type[AnyDraft]) -> AnyDraft:
    """An author's answer as a draft; BadReply says why it is none.

    Text around the JSON object is allowed.
    """
    answer = without_thoughts(answer)
    start, end = answer.find("{"), answer.rfind("}")
    if start < 0 or end < start:
        raise BadReply(f"the answer holds no JSON object: {answer[:80]!r}")
    try:
        return shape.model_validate(json.loads(answer[start : end + 1]))
    except ValidationError as error:
        raise BadReply(f"the answer does not have the wanted shape: {explain(error)}") from error
    except (ValueError, RecursionError) as error:
        raise BadReply(f"the answer is no readable JSON: {error}") from error


def conversation_data(draft: ConversationDraft) -> History:
    """The turns as they stand in a scenario file."""
    return [{turn.role: turn.text} for turn in draft.turns]


def rubric_data(draft: RubricDraft) -> Fields:
    """Families, criteria and examples as in a scenario file; BadReply if a check is no JSON."""
    return {
        "stresses": draft.stresses,
        "criteria": [_criterion_data(criterion) for criterion in draft.criteria],
        "examples": {
            "natural": draft.natural,
            "near": [near.model_dump() for near in draft.near],
            "contrary": [contrary.model_dump() for contrary in draft.contrary],
        },
    }


def _criterion_data(draft: CriterionDraft) -> Fields:
    data: Fields = draft.model_dump(exclude={"check"})
    if not draft.check.strip():
        return data
    try:
        return data | {"check": json.loads(draft.check)}
    except ValueError as error:
        raise BadReply(
            f"criteria.{draft.id}.check: {draft.check[:60]!r} is no JSON ({error})"
        ) from error
