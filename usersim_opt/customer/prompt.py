r"""A prompt as a frame with guidance pieces.

A guidance piece is a bullet or a sentence that can be in or out; headings, blank lines, the opening
sentence, tags and the place of the private scenario are frame. Parsing loses nothing:
`Prompt(text).render()` is its text, byte for byte.

Every prompt is brought to a normal form when it is made: DSPy stores instructions as docstrings and
re-indents them on every read, so any other text would not stay what was measured. In the normal
form line ends are `\n`, there are no tabs, no common indentation and no empty lines at either end;
files in that form are used byte for byte.

The private scenario stands where `{scenario}` is (places.py); a prompt without that place gets the
scenario at its end, in the way of tau2.
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from usersim_opt.basics.arguments import check_fields, checks_arguments
from usersim_opt.basics.errors import PromptError
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.shipped import prompt_names, shipped_prompt
from usersim_opt.basics.showing import warn_visibly
from usersim_opt.basics.strict_json import half_character
from usersim_opt.basics.text import is_blank, sha256, words_id
from usersim_opt.customer.places import PLACE, placeholders, places_amiss

PLACEHOLDER = PLACE
TAU2_TAIL = "\n\n<scenario>\n" + PLACEHOLDER + "\n</scenario>"

_BULLET = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+\S")
_HEADING = re.compile(r"\s*(?:#{1,6}\s|\*\*[^*]+\*\*:?\s*$|[^.!?]{1,60}:\s*$)")
_TAG = re.compile(r"\s*</?[\w-]+>\s*$")
# The look-behinds keep "e.g.", "i.e." and "etc." inside their sentence.
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)[\"')\]]*\s+(?=[A-Z\"'(#\[])"
)


@dataclass(frozen=True)
class Part:
    """A stretch of the prompt's text, white space included, under the heading `section`."""

    kind: Literal["frame", "piece"]
    text: str
    section: str = ""

    @property
    def is_piece(self) -> bool:
        """Whether it is guidance, not frame."""
        return self.kind == "piece"

    @cached_property
    def words(self) -> str:
        """The text without bullet and outer white space, on one line."""
        unmarked = re.sub(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+", "", self.text)
        return " ".join(unmarked.split())

    @cached_property
    def id(self) -> str:
        """Eight hex digits, the same for the same words in any prompt, whatever case and spaces."""
        return words_id(self.words)


@lru_cache(maxsize=1024)
def parts_of(text: str) -> tuple[Part, ...]:
    """The parts of any text, a prompt or not, in order; joined they are the text."""
    return tuple(_parts(text))


def pieces_of(text: str) -> tuple[Part, ...]:
    """The guidance pieces of any text, in order."""
    return tuple(part for part in parts_of(text) if part.is_piece)


@dataclass(frozen=True)
class Prompt:
    """A prompt text in its normal form, and its parts.

    The text is brought to its normal form when the object is made, so that what is recorded,
    measured and exported has one sha256. PromptError for a text that cannot be a prompt.
    """

    text: str

    def __post_init__(self) -> None:
        check_fields(self)
        object.__setattr__(self, "text", normalise(self.text))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts in order; joined they are the text."""
        return parts_of(self.text)

    @property
    def pieces(self) -> tuple[Part, ...]:
        """The guidance pieces in order."""
        return pieces_of(self.text)

    @property
    def sha256(self) -> str:
        """Hex digest of the text's UTF-8 bytes: the name of what was measured."""
        return sha256(self.text)

    def render(self) -> str:
        """The parts put together again."""
        return "".join(part.text for part in self.parts)

    def fill(self, scenario: str) -> str:
        """The system message: the text with the private scenario in its place."""
        return place(self.text, scenario)


def as_prompt(prompt: Prompt | str) -> Prompt:
    """A prompt, or a text as one."""
    return prompt if isinstance(prompt, Prompt) else Prompt(prompt)


def normalise(text: str) -> str:
    """The text as DSPy will give it back however often it is stored and read.

    PromptError for a text that cannot be a prompt: an empty one (DSPy would put its own sentence
    there), one that is no Unicode, one with two places for the scenario or a misspelt one.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = _clean(lines)
    _check_characters(clean)
    # Before the cleaning, so that the numbers of lines are those of the file.
    if amiss := places_amiss(lines):
        raise PromptError(amiss)
    return clean


def _clean(text: str) -> str:
    """The text after so many of DSPy's passes that another one leaves it alone."""
    # One pass can leave a new common indentation, an empty first line or another byte-order mark.
    # DSPy makes a pass on every read, so only a text that a pass leaves alone stays the same.
    while (clean := inspect.cleandoc(text.removeprefix("\ufeff"))) != text:
        text = clean
    return text


def _check_characters(text: str) -> None:
    if half_character(text):
        raise PromptError(
            "the prompt holds half a character (a lone surrogate); "
            "expected text that can be written as UTF-8"
        )
    if is_blank(text):
        raise PromptError(
            "the prompt is empty; expected the instructions that the simulated customer is given"
        )


def place(text: str, scenario: str) -> str:
    """`text` with `scenario` in the place of `{scenario}`, or at its end in tau2's tags.

    The result is not scanned again: a scenario that holds `{scenario}` stays as it is.
    """
    template = text if PLACEHOLDER in text else text + TAU2_TAIL
    before, _, after = template.partition(PLACEHOLDER)
    return before + scenario + after


@checks_arguments
def read_prompt(path: str | Path) -> Prompt:
    """Read a prompt file (UTF-8); PromptError if it is missing, not text, or no prompt.

    `path` may be the name of a prompt that comes with the package: `base` to start from,
    `calibrated` and `brief`, which were tuned from it; a file of that name in the working directory
    wins. A UserWarning names a placeholder that nothing fills, such as `{name}`.
    """
    file = shipped_prompt(path)
    names = ", ".join(prompt_names())
    expected = f"a text file with the simulator's instructions, or one of {names}"
    text = read_text(file, expected=expected, error=PromptError)
    try:
        prompt = Prompt(text)
    except PromptError as error:
        raise PromptError(f"{file}: {error}") from error
    warn_of_placeholders(prompt.text, str(file), stacklevel=4)
    return prompt


def warn_of_placeholders(text: str, where: str, *, stacklevel: int) -> None:
    """A UserWarning for each placeholder in a prompt's text that nothing fills in."""
    for number, written in placeholders(text):
        warn_visibly(
            f"{where}: line {number}: nothing fills in {written!r}, the model is sent it as it is; "
            f"expected plain words, and {PLACEHOLDER} where the private scenario belongs",
            stacklevel=stacklevel,
        )


def is_bullet(text: str) -> bool:
    """Whether a part's text begins as an item of a list."""
    return _BULLET.match(text) is not None


def is_heading(text: str) -> bool:
    """Whether a part's text is a heading."""
    return _HEADING.match(text) is not None


def _parts(text: str) -> Iterator[Part]:
    """The parts, block by block; an opening sentence is frame: it says who is speaking."""
    section, opening = "", True
    for block in _blocks(text):
        if _is_frame(block):
            if is_heading(block):
                section = _title(block)
            yield Part("frame", block, section)
        elif is_bullet(block):
            yield Part("piece", block, section)
            opening = False
        else:
            for sentence in _sentences(block):
                yield Part("frame" if opening else "piece", sentence, section)
                opening = False


def _title(heading: str) -> str:
    return heading.strip().strip("#*: ").strip()


def _is_frame(block: str) -> bool:
    if not block.strip() or PLACEHOLDER in block:
        return True
    return is_heading(block) or _TAG.match(block) is not None


def _blocks(text: str) -> Iterator[str]:
    """Stretches of lines; joined they are the text.

    A blank line, a heading or a tag is a block of its own, and so are a bullet with its indented
    lines, and a paragraph.
    """
    block, complete = "", False
    for line in text.splitlines(keepends=True):
        alone = _is_frame(line)
        if block and (complete or alone or _begins_block(line, after=block)):
            yield block
            block = ""
        block += line
        complete = alone
    if block:
        yield block


def _begins_block(line: str, *, after: str) -> bool:
    if is_bullet(line):
        return True
    return is_bullet(after) and not line[:1].isspace()


def _sentences(paragraph: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(paragraph):
        yield paragraph[start : end.end()]
        start = end.end()
    yield paragraph[start:]
