"""What a prompt was measured at: the model and its sampling options are part of every figure.

    changes("ollama/qwen3.6:35b temperature=0.9 seed=6", "ollama/qwen3.6:35b temperature=0.7 seed=7")
    ['temperature was 0.9, is 0.7']

A seed alone is no change: every reply was made with a seed of its own.

Not covered: options that the card does not know, such as the context length or the server's own defaults.
"""

import warnings
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.card import Card, card_files, names, read_card
from usersim_opt.customer.prompt import Prompt
from usersim_opt.models.naming import changes, model_name


def remeasure(name: str, card: Card, now: str) -> str:
    """The warning for a prompt that is about to run otherwise than it was measured; empty where nothing changed."""
    measured = card["models"].get("user", "")
    found = changes(measured, now) if measured else []
    if not found:
        return ""
    return (
        f"{name} was measured with {measured} and is about to run with {now}: {'; '.join(found)}. The figures of its card do not hold there; "
        "measure it again: programs/evaluate.py --prompt FILE --against SEED_FILE"
    )


def warn_if_changed(file: Path, prompt: Prompt, lm: dspy.LM | None) -> None:
    """One UserWarning if the card beside the prompt file tells of another model or options, or of other bytes."""
    card = read_card(file)
    if card is None:
        return
    if not names(card, prompt):
        warn(
            f"{file} is not the prompt that its card {card_files(file)[0].name} names (sha256 {card['sha256'][:12]}...): it was changed, measure it again"
        )
    else:
        warn_if_other(str(file), card, lm)


def warn_if_other(name: str, card: Card, lm: Any) -> None:
    """The same for a card at hand; `lm` None stands for DSPy's configured model."""
    model = lm or dspy.settings.lm
    if isinstance(model, dspy.BaseLM) and (text := remeasure(name, card, model_name(model))):
        warn(text)


def warn(text: str) -> None:
    """A UserWarning that points at whoever called the public function."""
    warnings.warn(text, UserWarning, stacklevel=4)
