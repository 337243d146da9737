"""From which figures on an item is flagged: one table, read from `items.yaml`."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

_FILE = Path(__file__).with_name("items.yaml")
_Part = Annotated[float, Field(ge=0, le=1)]
_Count = Annotated[int, Field(ge=1)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Saturated(_Data):
    """See flags.py."""

    above: _Part
    wrong: _Part
    single: _Part


class Below(_Data):
    """A figure that lies below is bad."""

    below: _Part


class Above(_Data):
    """A figure that lies above is bad."""

    above: _Part


class Uninformative(_Data):
    """A correlation below the first, with an upper bound below the second."""

    below: _Part
    bound: _Part


class Correlated(_Data):
    """What a correlation within a scenario needs."""

    replies: _Count


class Implication(_Data):
    """See implication.py."""

    chance: _Part


class Twins(_Data):
    """See implication.py."""

    phi: _Part
    replies: _Count
    fails: _Count


class Measured(_Data):
    """What makes a version one that was measured well."""

    verdicts: _Count


class Start(_Data):
    """When a run is not worth its calls: shares of the items and of the seed's verdicts."""

    saturated: _Part
    passed: _Part


class Helpful(_Data):
    """The reply that works through every point."""

    opening: str
    each: str
    closing: str


class Robots(_Data):
    """The replies of the robots that say something of their own; see robots.py."""

    ok: str
    no: str
    helpful: Helpful


class Thresholds(_Data):
    """All that items.yaml holds."""

    saturated: Saturated
    unfair: Below
    spent: Below
    uninformative: Uninformative
    unreliable: Above
    correlation: Correlated
    implication: Implication
    twins: Twins
    versions: Measured
    start: Start
    robots: Robots


THRESHOLDS = parse(strict_yaml.load(_FILE), Thresholds, where=_FILE.name)
