"""What of a proposal is taken in: its new pieces one by one, and its frame if one was asked for.

A piece is looked at by itself, so that one bad line does not cost the good ones beside it. It is left out if the guard
objects, if another piece says the same in as few words, if it was turned away before, or if it speaks of how a
conversation ends: that is measured by no scenario and stays as the first prompt has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from usersim_opt.composition import PiecePool
from usersim_opt.errors import PromptError
from usersim_opt.prompt import Part, Prompt
from usersim_opt.strategies.guards import SAME, Guard
from usersim_opt.text import has_stop_token, overlap

SHORTER = 0.85
"""A piece that says what another says is taken in if it is at most this long, as a share of the other."""


@dataclass(frozen=True)
class Review:
    """The ids of the new pieces that may be tried, the words of those that may not with the reason, and what speaks against the frame."""

    welcome: tuple[str, ...]
    refused: Mapping[str, str]
    frame: str = ""

    def __str__(self) -> str:
        told = [f"left out {words[:80]!r}: {reason}" for words, reason in self.refused.items()]
        return "; ".join([*told, *([f"its frame is left out: {self.frame}"] if self.frame else [])])


@dataclass
class Intake:
    """Reviews the proposals of one run; remembers what it turned away."""

    guard: Guard
    first: Prompt
    turned_away: dict[str, str] = field(default_factory=dict)
    """Words -> reason, the latest last."""

    def review(self, prompt: Prompt, pool: PiecePool, *, new_frame: bool) -> Review:
        """Look at a proposal; `new_frame` says that its frame differs from those known and is wanted."""
        new = {piece.id: piece for piece in prompt.pieces if piece.id not in pool}
        refused = {piece.id: reason for piece in new.values() if (reason := self._against(piece, pool))}
        self.turned_away |= {new[i].words: reason for i, reason in refused.items()}
        named = {new[i].words: reason for i, reason in refused.items()}
        return Review(tuple(i for i in new if i not in refused), named, self._against_frame(prompt) if new_frame else "")

    def _against(self, piece: Part, pool: PiecePool) -> str:
        if has_stop_token(piece.text):
            return "it changes how a conversation ends"
        if any(overlap(piece.words, words) >= SAME for words in self.turned_away):
            return "it was turned away before"
        for other in pool:
            if overlap(piece.words, pool[other].words) >= SAME and len(piece.words) > SHORTER * len(pool[other].words):
                return f"another piece says the same: {pool[other].words[:60]!r}"
        alone = PiecePool()
        alone.add(self.first)
        text = f"- {piece.words}\n"
        alone.add(Prompt(text))
        return "; ".join(self.guard.objections(alone.compose(self.first, [piece.id])))

    def _against_frame(self, prompt: Prompt) -> str:
        try:
            return "; ".join(self.guard.objections(PiecePool().compose(prompt, ())))
        except PromptError as error:
            return str(error)
