"""A prompt as the saved state of a DSPy module.

`UserSimulator("x").load(path)` runs exactly these bytes. The file is what `UserSimulator.save`
writes, without model, traces and demonstrations: no key, no address and no private story is in it.
The card, with the sha256, stands in its metadata; `load_dspy` compares it with the prompt that was
loaded.

Not covered: the sampling options, which DSPy does not save; `load_dspy(path, lm=...)` warns where
they changed.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.results.card import Card, is_card, names, warn_if_other
from usersim_opt.results.export.prompts import Source, simulator_of
from usersim_opt.results.export.writing import Export, card_for

_KEY = "usersim_opt"
"""The key of the card in the metadata."""


@checks_arguments
def export_dspy(simulator: Source, path: str | Path, *, card: Card | None = None) -> Path:
    """Write the simulator's prompt as a module state, JSON; arguments as those of export_prompt.

    Raises InputError for a path that does not end in .json, cannot be written or is the card of a
    prompt, and for a `card` of another prompt.
    """
    return make_dspy(simulator_of(simulator), Path(path), card=card).write()


def make_dspy(simulator: UserSimulator, file: Path, *, card: Card | None = None) -> Export:
    """The module state, not yet written."""
    if file.suffix != ".json":
        raise InputError(
            f"{file}: DSPy loads a state from a file that ends in .json; expected {file.stem}.json"
        )
    state = state_of(simulator, card_for(simulator, card))
    return Export(file, json.dumps(state, indent=2, allow_nan=False) + "\n")


def state_of(simulator: UserSimulator, card: Card) -> dict[str, Any]:
    """The state as plain data, made from a fresh module with the same prompt.

    The simulator itself may carry a model and traces of private stories.
    """
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "state.json"
        UserSimulator(simulator.prompt).save(saved)
        state: dict[str, Any] = json.loads(saved.read_bytes())
    state["metadata"][_KEY] = dict(card)
    return state


@checks_arguments
def load_dspy(path: str | Path, *, lm: dspy.LM | None = None) -> UserSimulator:
    """A fresh simulator with the prompt of the file and the model `lm`.

    Raises InputError if the file is no such state, or its prompt is not the one that its sha256
    names. Warns (UserWarning) if the model or its options are not those that the prompt was
    measured with.
    """
    file = Path(path)
    state = _read(file)
    card = state["metadata"][_KEY]
    simulator = UserSimulator("x", lm)
    try:
        simulator.load_state(state)
        prompt = simulator.prompt
    except (AttributeError, KeyError, TypeError, ValueError, InputError) as error:
        raise InputError(
            f"{file}: is no state of a UserSimulator ({error}); expected what export_dspy wrote"
        ) from error
    if not names(card, prompt):
        raise InputError(
            f"{file}: holds a prompt with sha256 {prompt.sha256[:12]}..., "
            f"its card names {card['sha256'][:12]}...; the file was changed, export it again"
        )
    if simulator.next_turn.demos:
        raise InputError(
            f"{file}: holds demonstrations; "
            "a prompt is measured and sent without any, export it again"
        )
    simulator.next_turn.lm = lm
    warn_if_other(str(file), card, lm)
    return simulator


def _read(file: Path) -> dict[str, Any]:
    """A state with a card in its metadata; InputError for anything else."""
    state = strict_json.load(file, expected="what export_dspy wrote")
    metadata = state.get("metadata") if isinstance(state, dict) else None
    if not isinstance(metadata, dict) or not is_card(metadata.get(_KEY)):
        raise InputError(
            f"{file}: names no sha256; expected what export_dspy wrote. "
            "A state of module.save is loaded by UserSimulator(...).load"
        )
    return dict(state)
