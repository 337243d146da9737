"""Intake: what a search takes from a proposal, its new pieces one by one, and its frame if wanted.

A piece is looked at by itself, so that one bad line does not cost the good ones beside it. It is
left out if the guard objects, if another piece says the same in as few words, if it was turned away
before, if it is packaging (packaging.py), or if it speaks of how a conversation ends: no scenario
measures that, so it stays as the first prompt has it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.errors import PromptError
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import STOP_TOKENS, has_stop_token, overlap
from usersim_opt.customer.pieces import PiecePool
from usersim_opt.customer.places import places_amiss, without_places
from usersim_opt.customer.prompt import Part, Prompt
from usersim_opt.tuning.guard import SAME, Guard
from usersim_opt.tuning.packaging import STRAY, Finding, number_of, packaging

SHORTER = 0.85
"""A piece that says what another says is welcome if it is at most this long, as a share of it."""
MOST_NEW = 8
"""New pieces that are taken from one proposal."""
AGAIN = "it was turned away before"
TWIN = "another piece says the same"
TOO_MANY = f"only {MOST_NEW} new pieces of a proposal are tried"
ENDING = "it changes how a conversation ends"


def read_pieces(text: str) -> tuple[Prompt, str]:
    """A proposal as a prompt, and what is wrong with its place for the private scenario, if so.

    A prompt with a wrong place cannot be run, but its pieces are as good as any; it is read without
    the lines of the place. PromptError for another text that is no prompt.
    """
    amiss = places_amiss(text)
    return Prompt(without_places(text) if amiss else text), amiss


@dataclass(frozen=True)
class Review:
    """What may be tried of a proposal, and what may not with the reason."""

    welcome: tuple[str, ...]
    """The ids of the new pieces that may be tried."""
    refused: Mapping[str, str]
    """The words of the others, and what speaks against each."""
    frame: str = ""
    """What speaks against the frame; empty if nothing does."""

    @visibly
    def __str__(self) -> str:
        # Long pieces that differ only behind what is quoted of them read alike: they are counted.
        alike = Counter(
            f"left out {words[:80]!r}: {reason}" for words, reason in self.refused.items()
        )
        reasons = [said if n == 1 else f"{said} ({n} times)" for said, n in alike.items()]
        if self.frame:
            reasons.append(f"its frame is left out: {self.frame}")
        return "; ".join(reasons)


@dataclass
class Intake:
    """Reviews the proposals of one run; remembers what it turned away."""

    guard: Guard
    first: Prompt
    turned_away: dict[str, str] = field(default_factory=dict)
    """Words -> reason, the latest last."""
    _packaged: set[str] = field(default_factory=set)
    """Words that were turned away for their packaging: without it they are welcome."""

    def review(self, prompt: Prompt, pool: PiecePool, *, new_frame: bool) -> Review:
        """Look at a proposal; `new_frame` says that its frame is wanted and not known yet."""
        new = {piece.id: piece for piece in prompt.pieces if piece.id not in pool}
        findings = self._packaging(prompt)
        packaged = {finding.part.id: str(finding) for finding in findings}
        self._packaged.update(piece.words for piece in new.values() if piece.id in packaged)
        welcome, refused = self._sorted(new.values(), packaged, pool)
        self._remember(refused)
        frame = self._against_frame(prompt, pool, findings) if new_frame else ""
        return Review(welcome, refused, frame)

    def _sorted(
        self, pieces: Iterable[Part], packaged: Mapping[str, str], pool: PiecePool
    ) -> tuple[tuple[str, ...], dict[str, str]]:
        """The ids of the pieces that are welcome, and the words of the others with the reason.

        `packaged` has what speaks against pieces, by id, before they are looked at.
        """
        said = [pool[piece].words for piece in pool]
        welcome: list[str] = []
        refused: dict[str, str] = {}
        for piece in pieces:
            full = len(welcome) == MOST_NEW
            reason = packaged.get(piece.id) or (TOO_MANY if full else self._against(piece, said))
            if reason:
                refused[piece.words] = reason
            else:
                welcome.append(piece.id)
                said.append(piece.words)
        return tuple(welcome), refused

    def _packaging(self, prompt: Prompt) -> list[Finding]:
        """The packaging among the parts of a proposal, numbers that the first prompt has not."""
        findings = packaging(prompt.parts, free=self.first.text)
        if not self.guard.numbers:
            findings += [
                Finding(piece, STRAY, f"{number_of(piece)}.")
                for piece in prompt.pieces
                if number_of(piece)
            ]
        return findings

    def _remember(self, refused: Mapping[str, str]) -> None:
        """Keep what was turned away for its own sake.

        A twin or one piece too many may be tried another time.
        """
        for words, reason in refused.items():
            if reason not in (AGAIN, TOO_MANY) and not reason.startswith(TWIN):
                self.turned_away[words] = reason

    def _against(self, piece: Part, said: Sequence[str]) -> str:
        """What speaks against a piece beside those that are there; empty if nothing does."""
        if has_stop_token(piece.text):
            return ENDING
        blocked = self.turned_away.keys() - self._packaged
        if any(_is_same(piece.words, words) for words in blocked):
            return AGAIN
        if twin := _twin(piece.words, said):
            return f"{TWIN}: {twin[:60]!r}"
        return self._against_alone(piece)

    def _against_alone(self, piece: Part) -> str:
        """What speaks against a piece as the only one of a prompt with the first prompt's frame.

        So an objection is to this piece, and what the frame says is free.
        """
        alone = PiecePool()
        alone.add(self.first)
        alone.add(Prompt(f"- {piece.words}\n"))
        try:
            composed = alone.compose(self.first, [piece.id])
        except PromptError as error:
            return str(error)
        if piece.id not in {part.id for part in composed.pieces}:
            return "it does not stand on its own as a piece"
        return "; ".join(self.guard.objections(composed))

    def _against_frame(self, prompt: Prompt, pool: PiecePool, findings: Sequence[Finding]) -> str:
        """What speaks against the frame of a proposal; empty if nothing does."""
        # Headings count as well; those without pieces are not among the composed ones below.
        if packaged := [str(finding) for finding in findings if not finding.part.is_piece]:
            return "; ".join(packaged)
        endings = [piece for piece in pool if has_stop_token(pool[piece].text)]
        try:
            if _stop_tokens(prompt) != _stop_tokens(self.first):
                return ENDING
            return "; ".join(self.guard.objections(pool.compose(prompt, endings)))
        except PromptError as error:
            return str(error)


def _is_same(words: str, other: str) -> bool:
    """Whether two wordings have nearly all words in common."""
    return overlap(words, other) >= SAME


def _twin(words: str, said: Collection[str]) -> str:
    """A wording that says the same and is hardly longer; empty if there is none."""
    for other in said:
        if _is_same(words, other) and len(words) > SHORTER * len(other):
            return other
    return ""


def _stop_tokens(prompt: Prompt) -> list[int]:
    """How often the frame of a prompt, without its pieces, has each stop token."""
    frame = PiecePool().compose(prompt, ())
    return [frame.text.count(token) for token in STOP_TOKENS]
