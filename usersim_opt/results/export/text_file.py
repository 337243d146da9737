"""A prompt as a plain text file with exactly the bytes that were measured, its cards beside it."""

from pathlib import Path

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.results.card import (
    TITLE,
    Card,
    card_files,
    card_of,
    dumped,
    is_card,
    markdown,
    read_card,
)

USE = (
    "Send the file as the system message, byte for byte, with the private story in the place of "
    "`{scenario}` (without such a place at the end, in the tags `<scenario>`); the agent's turns "
    "are the `user` messages, the customer's own are `assistant`. "
    "`usersim_opt.UserSimulator(read_prompt(file), lm)` does that, "
    "and `programs/export.py` writes the file for Ollama, tau2 and DSPy."
)
"""What the cards say of how to use the file."""


def export_prompt(simulator: UserSimulator, path: str | Path, *, card: Card | None = None) -> Path:
    """Write the simulator's prompt to `path`, UTF-8, no byte more or less.

    Its cards `NAME.json` and `NAME.md` stand beside it. `card` is what is known of the prompt, by
    default the simulator's own; that of a prompt without a result says that it was not measured.
    Raises InputError for a path that ends in .json, cannot be written, or has a file that is no
    card where a card belongs.
    """
    file = Path(path)
    check_target(file)
    write_text(file, simulator.prompt.text)
    write_cards(file, card or card_of(simulator), use=USE)
    return file


def check_target(file: Path) -> None:
    """InputError unless a prompt and its cards can be written there.

    Programs ask before a run, so that no call is paid for a prompt that cannot be kept.
    """
    if file.suffix == ".json":
        raise InputError(
            f"{file}: is the name of a card; "
            f"expected the name of a text file, such as {file.stem}.txt"
        )
    check_writable(file)
    data, page = card_files(file)
    for path, is_card_file in ((data, _holds_card(file)), (page, _holds_page(page))):
        if path.exists() and not is_card_file:
            raise InputError(
                f"{path}: exists and is no card, but the card of {file.name} belongs there; "
                "name another file"
            )


def write_cards(file: Path, card: Card, *, use: str) -> None:
    """Write both cards of a prompt file; `use` tells the reader what to do with the file."""
    data, page = card_files(file)
    write_text(data, dumped(card))
    write_text(page, markdown(card, file.name, use=use))


def _holds_card(file: Path) -> bool:
    """Whether the JSON file beside a prompt file is a card, which may be replaced."""
    try:
        return is_card(read_card(file))
    except InputError:
        return False


def _holds_page(page: Path) -> bool:
    return page.is_file() and page.read_bytes().startswith(TITLE.encode())
