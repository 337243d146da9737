"""What an ablation found, and how it shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from usersim_opt.basics.figures import OFFLINE_NOTE, Interval, points
from usersim_opt.basics.layout import grid, note, table, text
from usersim_opt.basics.showing import visibly
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.comparison import Comparison, comparison_table
from usersim_opt.measuring.pairs import pair
from usersim_opt.results.attribution import PieceWorth
from usersim_opt.results.outlook import size
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.tuning.margin import Loss, loss_of

_SHOWN = 0.0005
"""The smallest loss that shows as more than 0.0 points."""


@dataclass(frozen=True, repr=False)
class Ablation:
    """What the pieces of a prompt are worth, and a shorter prompt that does as well.

    `short` is the whole prompt where no shorter one was shown to lose less than the margin.
    """

    whole: Prompt
    short: Prompt
    pieces: tuple[PieceWorth, ...]
    """The worthiest first."""
    comparison: Comparison | None
    """The whole prompt against the last shorter one that was tried, on fresh replies.

    None where every piece was worth its length.
    """
    calls: int
    margin: float
    """The loss, from 0 to 1, that a shorter prompt must be shown to stay below."""
    needed: int | None
    """The `max_calls` that would show it four times in five for a prompt that loses nothing.

    None where it was shown, and where nothing was compared or too little to say.
    """

    @property
    def dropped(self) -> list[PieceWorth]:
        """The pieces that the short prompt does not have."""
        stays = {piece.id for piece in self.short.pieces}
        return [piece for piece in self.pieces if piece.id not in stays]

    @visibly
    def __repr__(self) -> str:
        return f"<Ablation: {self._head()}>"

    @visibly
    def __str__(self) -> str:
        parts = [grid(*self._table())]
        if self.comparison is not None:
            old, new = self.comparison.old, self.comparison.new
            parts.append(comparison_table(old, new, heads=("whole", "short")))
        parts.append(f"{self._head()}\n{self._proof()}")
        return "\n\n".join(parts).strip()

    def _repr_html_(self) -> str:
        head, rows = self._table()
        cells = [[text(cell) for cell in row] for row in rows]
        return note(f"{self._head()}. {self._proof()}") + table(head, cells)

    def _head(self) -> str:
        """How many pieces can go, and what that does to the length."""
        lengths = f"{len(self.whole.text):,} -> {len(self.short.text):,} characters"
        if not self.dropped:
            return f"no piece can go: {lengths}"
        return f"{len(self.dropped)} of {len(self.pieces)} pieces can go: {lengths}"

    def _proof(self) -> str:
        """What the comparison says, and the label of stand-ins."""
        if self.comparison is None:
            return "Every piece is worth its length."
        finding = f"The shorter prompt {_finding(self.comparison, self.margin)}."
        notes = [OFFLINE_NOTE] if self.comparison.new.offline else []
        return " ".join([finding, *self._cost(), *notes])

    def _cost(self) -> list[str]:
        """How many calls the margin needs, where that is known and they were fewer."""
        if self.needed is None:
            return []
        shows = f"less than {size(self.margin)} lost, four times in five if nothing is"
        return [f"About {self.needed:,} calls would show {shows}: max_calls={self.needed}."]

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """Head and rows: a piece each."""
        families = in_order({family for piece in self.pieces for family in piece.by_family})
        dropped = {piece.id for piece in self.dropped}
        rows = [
            _row(piece, families, mark="out" if piece.id in dropped else "")
            for piece in self.pieces
        ]
        return ["", "points", *families, "characters", "piece"], rows


def _row(piece: PieceWorth, families: Sequence[str], *, mark: str) -> list[str]:
    effects = [piece.effect, *(piece.by_family[family] for family in families)]
    return [mark, *map(_in_points, effects), str(piece.characters), piece.words[:60]]


def _in_points(effect: Interval) -> str:
    """An effect with its interval in points."""
    return f"{points(effect.mean)} [{points(effect.low or 0.0)}, {points(effect.high or 0.0)}]"


def _finding(comparison: Comparison, margin: float) -> str:
    """What a comparison says of the shorter prompt."""
    loss, objection = loss_between(comparison), comparison.guard_losses.objection
    gain = f"{comparison.difference.gain} on {comparison.difference.scenarios} scenarios"
    most = 0.0 if loss.most is None else loss.most
    notes = [f"it may lose up to {size(most)}"] if most >= _SHOWN else []
    said = "; ".join([gain, *notes, *filter(None, [objection])])
    if loss.is_below(margin) and not objection:
        return f"is shown to lose less than {size(margin)}: {said}"
    if comparison.loses:
        return f"loses significantly: {said}"
    return f"is not shown to lose less than {size(margin)}: {said}"


def loss_between(comparison: Comparison) -> Loss:
    """What the shorter prompt may lose."""
    return loss_of(pair(comparison.old.outcomes, comparison.new.outcomes))
