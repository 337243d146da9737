"""A prompt as a plain text file with exactly the bytes that were measured, its cards beside it."""

from pathlib import Path

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.results.card import Card
from usersim_opt.results.export.prompts import Source, simulator_of
from usersim_opt.results.export.writing import Export, card_for, check_prompt_file

USE = (
    "Send the file as the system message, byte for byte, with the private story in the place of "
    "`{scenario}` (without such a place at the end, in the tags `<scenario>`); the agent's turns "
    "are the `user` messages, the customer's own are `assistant`. "
    "`usersim_opt.UserSimulator(read_prompt(file), lm)` does that, "
    "and `usersim-opt export` writes the prompt in the forms that other tools read."
)
"""What the cards say of how to use the file."""


@checks_arguments
def export_prompt(simulator: Source, path: str | Path, *, card: Card | None = None) -> Path:
    """Write the simulator's prompt to `path`, UTF-8, no byte more or less.

    The result of a run in the place of the simulator stands for the prompt that it shipped. The
    cards `NAME.json` and `NAME.md` stand beside it. `card` is what is known of the prompt, by
    default the simulator's own; that of a prompt without a result says that it was not measured.
    Raises InputError for a path that ends in .json or cannot be written, where a file that is no
    card stands in the place of a card, where the file or a card would take the place of another
    prompt's card, and for a `card` of another prompt.
    """
    return make_prompt(simulator_of(simulator), Path(path), card=card).write()


def make_prompt(simulator: UserSimulator, file: Path, *, card: Card | None = None) -> Export:
    """The prompt as a text file with cards, not yet written."""
    return Export(file, simulator.prompt.text, card=card_for(simulator, card), use=USE)


def check_target(file: Path) -> None:
    """InputError unless a prompt and its cards can be written there.

    Programs ask before a run, so that no call is paid for a prompt that cannot be kept.
    """
    check_prompt_file(file)
