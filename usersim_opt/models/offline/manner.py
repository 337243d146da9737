"""How the stand-in for the user types what it says."""

import re
from collections.abc import Sequence

from usersim_opt.models.offline.scene import Scene
from usersim_opt.scenarios.identifiers import IDENTIFIER


def typed(scene: Scene, parts: Sequence[str]) -> str:
    """The clauses as one message, typed as people do or written as an assistant does."""
    said = [part for part in parts if part]
    return _texted(scene, said) if scene.behaves("casual") else _written(said)


def _texted(scene: Scene, parts: Sequence[str]) -> str:
    joint = scene.pick(", ", ". ", "... ")
    text = joint.join(part.rstrip(".") for part in parts)
    return re.sub(r"([?!])[.,]+", r"\1", _lower(text))


def _written(parts: Sequence[str]) -> str:
    sentences = (part[:1].upper() + part[1:] for part in parts)
    text = ". ".join(sentences).replace("?.", "?").replace("..", ".")
    text = re.sub(r"\bi\b", "I", text)
    return text if text.endswith((".", "?", "!")) or not text else f"{text}."


def _lower(text: str) -> str:
    """Lower case except for codes."""
    pieces = re.split(f"({IDENTIFIER.pattern})", text)
    return "".join(
        piece if IDENTIFIER.fullmatch(piece) else piece.lower() for piece in pieces if piece
    )
