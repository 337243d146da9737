"""What of a proposal is taken in: its new pieces one by one, and its frame if one was asked for.

A piece is looked at by itself, so that one bad line does not cost the good ones beside it. It is left out if the guard
objects, if another piece says the same in as few words, if it was turned away before, or if it speaks of how a
conversation ends: that is measured by no scenario and stays as the first prompt has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.errors import PromptError
from usersim_opt.basics.text import STOP_TOKENS, has_stop_token, overlap
from usersim_opt.customer.pieces import PiecePool
from usersim_opt.customer.prompt import Part, Prompt
from usersim_opt.tuning.guard import SAME, Guard

SHORTER = 0.85
"""A piece that says what another says is taken in if it is at most this long, as a share of the other."""


MOST_NEW = 8
"""New pieces that are taken in of one proposal."""
AGAIN, TWIN, TOO_MANY = (
    "it was turned away before",
    "another piece says the same",
    f"only {MOST_NEW} new pieces of a proposal are tried",
)


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
        said, refused = [pool[piece].words for piece in pool], {}
        known = len(said)
        for piece in new.values():
            if reason := TOO_MANY if len(said) >= known + MOST_NEW else self._against(piece, said):
                refused[piece.id] = reason
            else:
                said.append(piece.words)
        self.turned_away |= {
            new[i].words: reason
            for i, reason in refused.items()
            if reason not in (AGAIN, TOO_MANY) and not reason.startswith(TWIN)
        }
        named = {new[i].words: reason for i, reason in refused.items()}
        return Review(
            tuple(i for i in new if i not in refused),
            named,
            self._against_frame(prompt, pool) if new_frame else "",
        )

    def _against(self, piece: Part, said: Sequence[str]) -> str:
        if has_stop_token(piece.text):
            return "it changes how a conversation ends"
        if any(overlap(piece.words, words) >= SAME for words in self.turned_away):
            return AGAIN
        for other in said:
            if overlap(piece.words, other) >= SAME and len(piece.words) > SHORTER * len(other):
                return f"{TWIN}: {other[:60]!r}"
        alone = PiecePool()
        alone.add(self.first)
        alone.add(Prompt(f"- {piece.words}\n"))
        try:
            composed = alone.compose(self.first, [piece.id])
        except PromptError as error:
            return str(error)
        if piece.id not in (held.id for held in composed.pieces):
            return "it does not stand on its own as a piece"
        return "; ".join(self.guard.objections(composed))

    def _against_frame(self, prompt: Prompt, pool: PiecePool) -> str:
        kept = [piece for piece in pool if has_stop_token(pool[piece].text)]
        try:
            bare, first = (PiecePool().compose(frame, ()) for frame in (prompt, self.first))
            if [bare.text.count(token) for token in STOP_TOKENS] != [
                first.text.count(token) for token in STOP_TOKENS
            ]:
                return "it changes how a conversation ends"
            return "; ".join(self.guard.objections(pool.compose(prompt, kept)))
        except PromptError as error:
            return str(error)
