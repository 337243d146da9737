"""What a form makes of a prompt, and how it gets onto the disk: all of its files or none.

A form makes an `Export` in memory. Only then is anything written, so a form that refuses a prompt
leaves no file of itself or of the forms that were asked for beside it.

Not covered: a rename that fails after others have gone through, as on a disk that breaks down in
between. Then some files are the new ones.
"""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import check_place, check_writable, write_text
from usersim_opt.basics.text import sha256
from usersim_opt.customer.prompt import read_prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.results.card import Card, card_files, card_of, dumped, is_card, names, read_card
from usersim_opt.results.card_page import TITLE, markdown


@dataclass(frozen=True)
class Export:
    """A prompt in one form, made but not yet written."""

    file: Path
    text: str
    card: Card | None = None
    """The card that stands beside the file as NAME.json and NAME.md.

    Only for a file that is itself a prompt file, one with which the model is sent the system
    message that was measured. None for a form that says in its own text what the card says.
    """
    use: str = ""
    """What the cards say of how to use the file."""
    saved: Mapping[Path, str] = field(default_factory=dict)
    """Copies of somebody else's files that this one takes the place of, by where they go."""

    @property
    def texts(self) -> dict[Path, str]:
        """The texts of all its files, by path."""
        if self.card is None:
            return {**self.saved, self.file: self.text}
        data, page = card_files(self.file)
        card = _card_of_text(self.card, self.text)
        return {
            **self.saved,
            self.file: self.text,
            data: dumped(card),
            page: markdown(card, self.file.name, use=self.use),
        }

    def check(self) -> None:
        """InputError for a file that cannot be written, or that would destroy another's card."""
        if self.card is None:
            check_file(self.file)
        else:
            check_prompt_file(self.file)

    def write(self) -> Path:
        """Write its files, all or none, and return the path of the file; raises as `check`."""
        write_all([self])
        return self.file


def card_for(simulator: UserSimulator, card: Card | None) -> Card:
    """The card to export with: the given one, by default the simulator's own.

    InputError for a card of another prompt, whose figures would be a false claim.
    """
    if card is None:
        return card_of(simulator)
    if not is_card(dict(card)):
        raise InputError(
            "card names no sha256 or no models; expected the card of a prompt, such as "
            "usersim_opt.results.card.card_beside gives it, or none"
        )
    prompt = simulator.prompt
    if not names(card, prompt):
        raise InputError(
            f"card is that of another prompt: it names sha256 {card['sha256'][:12]}..., "
            f"the simulator's prompt has {prompt.sha256[:12]}...; give its own card, or none"
        )
    return card


def _card_of_text(card: Card, text: str) -> Card:
    """The card beside a file with this text: it names the file's digest if that is another."""
    digest = sha256(text)
    of_prompt = {key: value for key, value in card.items() if key != "file_sha256"}
    return of_prompt if digest == card["sha256"] else of_prompt | {"file_sha256": digest}


# -- where a file may be written -----------------------------------------------------------------


def check_file(file: Path) -> None:
    """InputError unless a file can be written there that is no card of a prompt by now."""
    check_writable(file)
    if _is_card_file(file):
        raise InputError(f"{file}: exists and is the card of a prompt; name another file")


def check_prompt_file(file: Path) -> None:
    """InputError unless a prompt file and its two cards can be written there."""
    if file.suffix == ".json":
        raise InputError(
            f"{file}: is the name of a card; "
            f"expected the name of a text file, such as {file.stem}.txt"
        )
    check_file(file)
    for place in card_files(file):
        check_place(place)
        if place.exists() and not _is_card_file(place):
            raise InputError(
                f"{place}: exists and is no card, but the card of {file.name} belongs there; "
                "name another file"
            )
    _check_namesake(file)


def _check_namesake(file: Path) -> None:
    """InputError where the card is that of another file: `p` and `p.txt` have the same cards."""
    stem = file.name.removesuffix(".txt")
    for other in (file.with_name(stem), file.with_name(f"{stem}.txt")):
        same_cards = card_files(other) == card_files(file)
        if other != file and same_cards and _has_own_card(other):
            raise InputError(
                f"{card_files(file)[0]}: is the card of {other.name}, but the card of {file.name} "
                "belongs there; name another file"
            )


def _has_own_card(file: Path) -> bool:
    """Whether a prompt file stands there with a card that names its bytes."""
    try:
        card = read_card(file)
        return card is not None and names(card, read_prompt(file))
    except InputError:
        return False


def _is_card_file(file: Path) -> bool:
    """Whether a file is a card, as data or as a page."""
    if not file.is_file():
        return False
    if file.suffix == ".json":
        return _is_data_card(file)
    with file.open("rb") as opened:
        return opened.read(len(TITLE)) == TITLE.encode()


def _is_data_card(file: Path) -> bool:
    # NAME.json is the card of NAME.txt; a broken JSON file is the card of nothing.
    try:
        return read_card(file.with_suffix(".txt")) is not None
    except InputError:
        return False


# -- writing -------------------------------------------------------------------------------------


def write_all(exports: Collection[Export]) -> None:
    """Write the files of all exports or none; no two exports may have a file in common.

    Raises InputError as `Export.check`, and OSError where a file cannot be written.
    """
    for export in exports:
        export.check()
    texts = [pair for export in exports for pair in export.texts.items()]
    with ExitStack() as stack:
        # Nearly all that can fail, such as a disk without space, fails before the first rename,
        # while every old file still stands.
        ready = [(_beside(file, text, stack=stack), file) for file, text in texts]
        for new, file in ready:
            new.replace(file)


def _beside(file: Path, text: str, *, stack: ExitStack) -> Path:
    """Write a text under another name, in a folder beside the file that the stack removes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Only on the same file system is a rename one step.
    folder = TemporaryDirectory(dir=file.parent, prefix=".export-")
    new = Path(stack.enter_context(folder)) / file.name
    write_text(new, text)
    return new
