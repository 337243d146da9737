"""A prompt carried out into other forms; every form names the sha256 that was measured.

Adding one: a file here with a function `write(simulator, path, *, card=None)` that writes the
prompt to the path and returns the path, and an entry in FORMATS. `programs/export.py` has an option
for it then. `card` is what is known of the prompt, by default the simulator's own card.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usersim_opt.results.export.dspy_state import export_dspy
from usersim_opt.results.export.modelfile import export_modelfile, read_scenario
from usersim_opt.results.export.tau2_guideline import export_tau2
from usersim_opt.results.export.text_file import export_prompt

Texts = Mapping[str, str | None]
"""The options of a command line by name; None for one that is not given."""


@dataclass(frozen=True)
class Option:
    """A keyword that the writer of one format takes besides `card`; its default is None."""

    name: str
    line: str
    """What it is, in a line."""
    read: Callable[[str], Any] = str
    """Makes the value of the text on a command line; may raise InputError."""

    @property
    def flag(self) -> str:
        """The option of a command line: `--base-model` for `base_model`."""
        return f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True)
class Format:
    """One form that a prompt can be written in."""

    name: str
    line: str
    """What it is, in a line."""
    file: str
    """A usual name of such a file."""
    write: Callable[..., Path]
    """Called as `write(simulator, path, card=card)`, with the format's options as keywords."""
    options: tuple[Option, ...] = ()

    @property
    def flag(self) -> str:
        """The option of a command line that names the file."""
        return f"--{self.name}"

    @property
    def option_flags(self) -> str:
        """The options of a command line that belong to it, in words."""
        return " and ".join(option.flag for option in self.options)

    def given(self, texts: Texts) -> dict[Option, str]:
        """Those of its options that a command line gives."""
        texts_by_option = {option: texts.get(option.name) for option in self.options}
        return {option: text for option, text in texts_by_option.items() if text is not None}

    def keywords(self, texts: Texts) -> dict[str, Any]:
        """The keywords of the writer for the texts of a command line."""
        return {option.name: option.read(text) for option, text in self.given(texts).items()}


FORMATS = (
    Format(
        name="text",
        line="plain text, the bytes that were measured, with its cards beside it",
        file="prompt.txt",
        write=export_prompt,
    ),
    Format(
        name="modelfile",
        line="Ollama Modelfile; a name that ends in .json gives the body of POST /api/create",
        file="Modelfile",
        write=export_modelfile,
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
            ),
        ),
    ),
    Format(
        name="tau2",
        line="tau2 guideline file",
        file="simulation_guidelines.md",
        write=export_tau2,
    ),
    Format(
        name="dspy",
        line="DSPy state, a name that ends in .json",
        file="state.json",
        write=export_dspy,
    ),
)
"""The forms in which a prompt can be written, in the order in which they are shown."""
