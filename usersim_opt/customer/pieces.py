"""Prompts put together from a frame and any set of guidance pieces.

A pool holds every piece that came up, with the place where it first stood: after which piece, under which heading. Any
subset of the pool gives one prompt, always the same; all pieces of a prompt, and no others, give that prompt back byte
for byte. A heading whose pieces are all out goes with them.

Not covered: wordings that lean on a neighbour ("the same holds when ..."); pieces are taken to stand on their own.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.text import fold, sha256
from usersim_opt.customer.prompt import PLACEHOLDER, Part, Prompt, is_bullet, is_heading, parts_of


def frame_id(text: str) -> str:
    """Eight hex digits, the same for prompt texts that differ only in their pieces and headings."""
    rest = [
        part.text
        for part in parts_of(text)
        if part.kind == "frame" and part.text.strip() and not is_heading(part.text)
    ]
    return sha256(fold(" ".join(rest)))[:8]


@dataclass(frozen=True)
class _Placed:
    part: Part
    after: str | None
    """Id of the piece before it in the prompt that it came from."""


@dataclass
class PiecePool:
    """Every piece that came up, by id, in order of appearance."""

    _placed: dict[str, _Placed] = field(default_factory=dict)

    def __contains__(self, piece: str) -> bool:
        return piece in self._placed

    def __iter__(self) -> Iterator[str]:
        return iter(self._placed)

    def __getitem__(self, piece: str) -> Part:
        return self._placed[piece].part

    def add(self, prompt: Prompt, only: Collection[str] | None = None) -> list[str]:
        """Take in the pieces of a prompt that are new (of `only`, where given); their ids."""
        before, new = None, []
        for piece in prompt.pieces:
            if piece.id not in self._placed and (only is None or piece.id in only):
                self._placed[piece.id] = _Placed(piece, before)
                new.append(piece.id)
            before = piece.id
        return new

    def compose(self, frame: Prompt, wanted: Collection[str]) -> Prompt:
        """The frame of a prompt with the wanted pieces of the pool; pieces of the frame's own prompt keep their places."""
        parts, own = list(frame.parts), {part.id for part in frame.pieces}
        for piece, placed in self._placed.items():
            if piece not in own:
                parts.insert(self._place(parts, placed), placed.part)
        kept = [part.kind == "frame" or part.id in wanted for part in parts]
        return Prompt(_joined(_without_bare_headings(parts, kept, own=own)))

    @staticmethod
    def _place(parts: Sequence[Part], placed: _Placed) -> int:
        """Where a piece goes: after its neighbour, else last under its heading, else last of all pieces, else before the private scenario."""
        pieces = [i for i, part in enumerate(parts) if part.kind == "piece"]
        neighbour = [i for i in pieces if parts[i].id == placed.after]
        section = [i for i in pieces if parts[i].section == placed.part.section]
        if found := neighbour or section or pieces:
            return found[-1] + 1
        ends = [
            i
            for i, part in enumerate(parts)
            if PLACEHOLDER in part.text or part.text.strip() == "<scenario>"
        ]
        return min(ends, default=len(parts))


def _without_bare_headings(
    parts: Sequence[Part], kept: Sequence[bool], *, own: Collection[str]
) -> list[Part]:
    """The parts that stay, less each heading that had pieces of its own and has none left, and the blank lines after it."""
    out: list[Part] = []
    bare = False
    for i, (part, stays) in enumerate(zip(parts, kept, strict=True)):
        if part.kind == "frame" and is_heading(part.text):
            following = [
                k
                for k in range(i + 1, len(parts))
                if parts[k].kind == "piece" and parts[k].section == part.section
            ]
            bare = any(parts[k].id in own for k in following) and not any(
                kept[k] for k in following
            )
        elif part.text.strip() and stays:
            bare = False
        if stays and not bare:
            out.append(part)
    return out


def _joined(parts: Sequence[Part]) -> str:
    """The texts one after the other; a bullet or a frame line begins on its own line, a sentence after a blank."""
    text, after_bullet = "", False
    for part in parts:
        alone = part.kind == "frame" or is_bullet(part.text)
        if text and alone and not text.endswith("\n"):
            text = text.rstrip(" ") + "\n"
        elif text and not alone and not text[-1].isspace():
            text += "\n" if after_bullet else " "
        text += part.text
        after_bullet = part.kind == "piece" and is_bullet(part.text)
    return text
