"""What the stand-in for the author has in mind before it writes it down: a scenario as a sketch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from usersim_opt.models.offline.criteria import Criterion


@dataclass(frozen=True)
class Near:
    """A natural reply with one fault, and what that is."""

    reply: str
    fault: str


@dataclass(frozen=True)
class Sketch:
    """A scenario: turns that alternate, the agent first; criteria; replies in the three forms."""

    history: Sequence[str]
    criteria: Sequence[Criterion]
    natural: Sequence[str]
    near: Sequence[Near]
    contrary: Sequence[str]

    def fails_near(self, near: Near) -> list[str]:
        """The criteria that a near failure fails; a judge's criteria it passes."""
        return [each.id for each in self.criteria if not each.holds(near.reply)]

    def fails_contrary(self, reply: str) -> list[str]:
        """The criteria that a contrary reply fails; it shows nothing that a judge looks for."""
        return [each.id for each in self.criteria if each.check is None or not each.holds(reply)]


def proven(sketch: Sketch) -> Sketch:
    """The sketch with the criteria that its replies prove, and the failing replies that fail one.

    A criterion is proven if each natural reply passes it and a failing one does not.
    """
    borne_out = [each for each in sketch.criteria if all(map(each.holds, sketch.natural))]
    sketch = replace(sketch, criteria=borne_out)
    failed = {name for near in sketch.near for name in sketch.fails_near(near)}
    failed |= {name for reply in sketch.contrary for name in sketch.fails_contrary(reply)}
    sketch = replace(sketch, criteria=[each for each in borne_out if each.id in failed])
    return replace(
        sketch,
        near=[near for near in sketch.near if sketch.fails_near(near)],
        contrary=[reply for reply in sketch.contrary if sketch.fails_contrary(reply)],
    )
