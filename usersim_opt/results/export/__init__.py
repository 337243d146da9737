"""A prompt carried out into other forms; every form names the sha256 that was measured.

Adding one: a file here with a function `make(simulator, file, *, card=None)` that returns an
`Export` (writing.py), and an entry in FORMATS, which says what such a function keeps to.
`uso.export` knows the form by its name then, and `usersim-opt export` has an option for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.results.card import Card
from usersim_opt.results.export.dspy_state import make_dspy
from usersim_opt.results.export.modelfile import make_modelfile, read_scenario
from usersim_opt.results.export.prompts import Source, simulator_of
from usersim_opt.results.export.tau2_guideline import make_tau2
from usersim_opt.results.export.text_file import make_prompt
from usersim_opt.results.export.writing import Export

Texts = Mapping[str, str | None]
"""The options of a command line by name; None for one that is not given."""


@dataclass(frozen=True)
class Option:
    """A keyword that the function of one format takes besides `card`; its default is None."""

    name: str
    line: str
    """What it is, in a line."""
    read: Callable[[str], Any] = str
    """Makes the value of the text on a command line; may raise InputError."""
    names_file: bool = False
    """Whether the text on a command line is the name of a file, over which nothing is written."""

    @property
    def flag(self) -> str:
        """The option of a command line: `--base-model` for `base_model`."""
        return _flag(self.name)


@dataclass(frozen=True)
class Format:
    """One form that a prompt can be written in."""

    name: str
    line: str
    """What it is, in a line."""
    file: str
    """A usual name of such a file."""
    make: Callable[..., Export]
    """Called as `make(simulator, file, card=card)`, with the format's options as keywords."""
    options: tuple[Option, ...] = ()

    @property
    def flag(self) -> str:
        """The option of a command line that names the file."""
        return _flag(self.name)

    @property
    def ownership(self) -> str:
        """Whose its options are: `--base-model and --scenario belong to --modelfile`."""
        verb = "belongs" if len(self.options) == 1 else "belong"
        flags = " and ".join(option.flag for option in self.options)
        return f"{flags} {verb} to {self.flag}"

    def given(self, texts: Texts) -> dict[Option, str]:
        """Those of its options that a command line gives."""
        texts_by_option = {option: texts.get(option.name) for option in self.options}
        return {option: text for option, text in texts_by_option.items() if text is not None}

    def keywords(self, texts: Texts) -> dict[str, Any]:
        """The keywords of its function for the texts of a command line."""
        return {option.name: option.read(text) for option, text in self.given(texts).items()}

    def reads(self, texts: Texts) -> list[Path]:
        """The files that its options name on a command line."""
        return [Path(text) for option, text in self.given(texts).items() if option.names_file]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


FORMATS = (
    Format(
        name="text",
        line="plain text, the bytes that were measured, with its cards beside it",
        file="prompt.txt",
        make=make_prompt,
    ),
    Format(
        name="modelfile",
        line="Ollama Modelfile; a name that ends in .json gives the body of POST /api/create",
        file="Modelfile",
        make=make_modelfile,
        options=(
            Option(
                name="base_model",
                line="model in Ollama to build on; "
                "by default the one that the prompt was measured with",
            ),
            Option(
                name="scenario",
                line="text file with the private story to fill in",
                read=lambda file: read_scenario(Path(file)),
                names_file=True,
            ),
        ),
    ),
    Format(
        name="tau2",
        line="tau2 guideline file",
        file="simulation_guidelines.md",
        make=make_tau2,
    ),
    Format(
        name="dspy",
        line="DSPy state, a name that ends in .json",
        file="state.json",
        make=make_dspy,
    ),
)
"""The forms in which a prompt can be written, in the order in which they are shown.

What every form keeps to:

- `name` and the names of its options are identifiers that no other form has.
- Its function writes nothing: what it returns is written together with all else, or not at all.
- The sha256 of the prompt stands in one of its files, and the card's `note` where there is one: it
  says what is not known of the prompt. `card_for` gives the card and turns away that of another
  prompt; an `Export` with a card has both beside it, any other form says them in its own text.
"""


@checks_arguments
def export(
    simulator: Source,
    path: str | Path,
    *,
    form: str,
    card: Card | None = None,
    **options: Any,
) -> Path:
    """Write a simulator's prompt in a form of FORMATS: `export(sim, "g.md", form="tau2")`.

    The result of a run in the place of the simulator stands for the prompt that the run shipped.

    `card` is what is known of the prompt, by default the simulator's own; `options` are those of
    the form, such as `base_model` of "modelfile". Returns the path. Raises InputError for a form or
    an option that is unknown, and whatever the form refuses; then nothing is written.
    """
    chosen = _format(form)
    known = [option.name for option in chosen.options]
    for name in options:
        if name not in known:
            expected = ", ".join(["card", *known])
            raise InputError(f"{name} is no option of form {form!r}; expected {expected}")
    return chosen.make(simulator_of(simulator), Path(path), card=card, **options).write()


def _format(name: str) -> Format:
    """The format of that name; InputError that lists all."""
    for form in FORMATS:
        if form.name == name:
            return form
    expected = ", ".join(repr(form.name) for form in FORMATS)
    raise InputError(f"form is {name!r}; expected one of {expected}")
