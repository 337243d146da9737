"""How a worksheet is put together: the settings of review.yaml."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, PositiveInt

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse
from usersim_opt.measuring.items.records import Flag

_FILE = Path(__file__).with_name("review.yaml")


class Settings(BaseModel):
    """What stands in review.yaml; see there."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    most: PositiveInt
    per_criterion: PositiveInt
    flags: tuple[Flag, ...]


SETTINGS = parse(strict_yaml.load(_FILE), Settings, where=_FILE.name)
