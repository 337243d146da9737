"""Prompts put together from a frame and any set of guidance pieces.

A pool holds every piece that came up, with the place where it first stood: after which piece, under
which heading. Any subset of the pool gives one prompt, always the same; all pieces of a prompt, and
no others, give that prompt back byte for byte. A heading whose pieces are all out goes with them.

Not covered: wordings that lean on a neighbour ("the same holds when ..."); each piece is taken to
stand on its own.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.text import words_id
from usersim_opt.customer.prompt import PLACEHOLDER, Part, Prompt, is_bullet, is_heading, parts_of


def frame_id(text: str) -> str:
    """Eight hex digits, the same for prompt texts that differ only in their pieces and headings."""
    lines = [part.text for part in parts_of(text) if _is_plain_frame(part)]
    return words_id(" ".join(lines))


def _is_plain_frame(part: Part) -> bool:
    """Whether a part is frame and no heading; blank lines do not count."""
    return not part.is_piece and bool(part.text.strip()) and not is_heading(part.text)


@dataclass(frozen=True)
class _Entry:
    part: Part
    after: str | None
    """Id of the piece before it in the prompt where it first stood."""


@dataclass
class PiecePool:
    """Every piece that came up, by id, in order of appearance."""

    _entries: dict[str, _Entry] = field(default_factory=dict)

    def __contains__(self, piece: str) -> bool:
        return piece in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __getitem__(self, piece: str) -> Part:
        return self._entries[piece].part

    def add(self, prompt: Prompt, only: Collection[str] | None = None) -> list[str]:
        """Take in the pieces of a prompt that are new (of `only`, where given); their ids."""
        before, new = None, []
        for piece in prompt.pieces:
            is_wanted = only is None or piece.id in only
            if is_wanted and piece.id not in self._entries:
                self._entries[piece.id] = _Entry(piece, after=before)
                new.append(piece.id)
            before = piece.id
        return new

    def compose(self, frame: Prompt, wanted: Collection[str]) -> Prompt:
        """The frame of a prompt with the wanted pieces of the pool.

        Pieces of the frame's own prompt keep their places.
        """
        parts = list(frame.parts)
        own = {piece.id for piece in frame.pieces}
        # First every piece finds its place, wanted or not, then the unwanted ones go: so the place
        # of a piece does not depend on which others are in, and a subset gives one prompt only.
        for piece, entry in self._entries.items():
            if piece not in own:
                parts.insert(_place(parts, entry), entry.part)
        bare = _bare_headings(parts, wanted=wanted, own=own)
        return Prompt(_joined(_remaining(parts, wanted=wanted, bare=bare)))


def _place(parts: Sequence[Part], entry: _Entry) -> int:
    """Where a piece goes, as an index of the parts.

    After its neighbour, else last under its heading, else last of all pieces, else before the
    private scenario.
    """
    pieces = [i for i, part in enumerate(parts) if part.is_piece]
    neighbour = [i for i in pieces if parts[i].id == entry.after]
    section = [i for i in pieces if parts[i].section == entry.part.section]
    if before := neighbour or section or pieces:
        return before[-1] + 1
    ends = [i for i, part in enumerate(parts) if _begins_scenario(part.text)]
    return min(ends, default=len(parts))


def _begins_scenario(text: str) -> bool:
    return PLACEHOLDER in text or text.strip() == "<scenario>"


def _bare_headings(
    parts: Sequence[Part], *, wanted: Collection[str], own: Collection[str]
) -> set[int]:
    """Indices of the headings that had pieces of the frame's own prompt and have none left."""
    bare = set()
    for i, heading in enumerate(parts):
        if heading.is_piece or not is_heading(heading.text):
            continue
        below = [part for part in parts[i + 1 :] if part.section == heading.section]
        ids = {part.id for part in below if part.is_piece}
        if not ids.isdisjoint(own) and ids.isdisjoint(wanted):
            bare.add(i)
    return bare


def _remaining(
    parts: Sequence[Part], *, wanted: Collection[str], bare: Collection[int]
) -> Iterator[Part]:
    """The frame and the wanted pieces, without bare headings and the blank lines after them."""
    skipping = False
    for i, part in enumerate(parts):
        if part.is_piece and part.id not in wanted:
            continue
        if i in bare:
            skipping = True
        elif part.text.strip():
            skipping = False
        if not skipping:
            yield part


def _joined(parts: Iterable[Part]) -> str:
    """The texts one after the other, with a line end or a blank between them where there is none.

    A bullet or a frame line begins on its own line, a sentence after a blank.
    """
    text, after_bullet = "", False
    for part in parts:
        starts_line = not part.is_piece or is_bullet(part.text)
        text = _ready_for(text, starts_line=starts_line, after_bullet=after_bullet) + part.text
        after_bullet = part.is_piece and is_bullet(part.text)
    return text


def _ready_for(text: str, *, starts_line: bool, after_bullet: bool) -> str:
    """The text so far with what stands between it and the next part."""
    if not text:
        return text
    if starts_line:
        return text if text.endswith("\n") else text.rstrip(" ") + "\n"
    if text[-1].isspace():
        return text
    # A sentence right behind a bullet would become part of the bullet.
    return text + ("\n" if after_bullet else " ")
