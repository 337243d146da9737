"""The features by name and dimension, from features.yaml."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

_FILE = Path(__file__).with_name("features.yaml")


class Feature(BaseModel):
    """How a feature is read; see the head of features.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    unit: Literal["share", "conversation", "words", "ratio", "count"]
    line: str


_BY_DIMENSION = strict_yaml.load(_FILE)
DIMENSIONS: dict[str, tuple[str, ...]] = {
    dimension: tuple(features) for dimension, features in _BY_DIMENSION.items()
}
"""The features of each dimension."""
FEATURES: dict[str, Feature] = {
    name: parse(fields, Feature, where=_FILE.name)
    for features in _BY_DIMENSION.values()
    for name, fields in features.items()
}
"""All features in the order of the published scorer."""
