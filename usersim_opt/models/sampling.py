"""The sampling options of a model, in one table: who carries each, and what Ollama calls it.

    temperature   in every request, by DSPy; in Ollama the same name; a PARAMETER of a Modelfile
    max_tokens    in every request, by DSPy; in Ollama `num_predict`
    num_ctx       by Ollama's engine; an option of the machine, no part of a model's name

Everything that lists, checks, renames or prints options reads this table.

Not covered: `think`, `keep_alive` and the like, which go beside the options in a request to Ollama.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from usersim_opt.basics.arguments import is_number, is_whole
from usersim_opt.basics.errors import InputError

Kind = Literal["number", "whole", "switch", "texts"]
"""What a value must be: any number, a whole one, True or False, a text or several."""
Options = dict[str, Any]
"""Values of options by name."""
Carrier = Literal["request", "provider", "engine"]
"""Who carries an option. `request`: DSPy, in every request to any model. `provider`: DSPy as well,
but only some providers know it. `engine`: the engine of Ollama."""


@dataclass(frozen=True)
class SamplingOption:
    """One option as `connect` takes it."""

    name: str
    carrier: Carrier
    kind: Kind = "number"
    ollama: str | None = None
    """Its name among Ollama's options; None where Ollama has no such option."""
    machine: bool = False
    """Whether it is about the machine and does not shape answers: a run may go on with another."""
    least: float | None = None
    most: float | None = None
    """The range that it means something in, on any provider; None for no limit."""
    parameter: int | None = None
    """Its place among the PARAMETERs of a Modelfile; None where Ollama's parser knows none."""


def _request(name: str, kind: Kind = "number", *, ollama: str = "", **more: Any) -> SamplingOption:
    return SamplingOption(name, "request", kind, ollama or name, **more)


def _machine(name: str, kind: Kind = "whole", **more: Any) -> SamplingOption:
    return SamplingOption(name, "engine", kind, name, machine=True, **more)


def _engine(name: str, kind: Kind = "number", **more: Any) -> SamplingOption:
    return SamplingOption(name, "engine", kind, name, **more)


OPTIONS = (
    _request("temperature", least=0, most=2, parameter=1),
    _request("top_p", least=0, most=1, parameter=2),
    _request("top_k", "whole", parameter=3),
    _request("seed", "whole"),
    _request("max_tokens", "whole", ollama="num_predict", least=1),
    SamplingOption("max_completion_tokens", "provider", "whole", "num_predict"),
    _request("stop", "texts", parameter=13),
    _request("presence_penalty", least=-2, most=2, parameter=11),
    _request("frequency_penalty", least=-2, most=2, parameter=12),
    SamplingOption("reasoning_effort", "provider", "texts"),
    _machine("num_ctx", least=1, parameter=6),
    _machine("num_batch"),
    _machine("num_gpu"),
    _machine("main_gpu"),
    _machine("num_thread"),
    _machine("use_mmap", "switch"),
    _machine("numa", "switch"),
    _engine("num_predict", "whole", parameter=7),
    _engine("num_keep", "whole", parameter=8),
    _engine("min_p", least=0, most=1, parameter=4),
    _engine("typical_p", least=0, most=1, parameter=5),
    _engine("repeat_last_n", "whole", parameter=9),
    _engine("repeat_penalty", parameter=10),
    # Mirostat is gone from Ollama's Modelfiles.
    _engine("mirostat", "whole"),
    _engine("mirostat_tau"),
    _engine("mirostat_eta"),
)
"""All options, in the order in which messages and names of models list them."""


def _names(options: Iterable[SamplingOption]) -> tuple[str, ...]:
    return tuple(option.name for option in options)


IN_REQUEST = tuple(option for option in OPTIONS if option.carrier == "request")
"""Options that DSPy carries in every request; all others of `connect` belong to the engine."""
OF_ENGINE = tuple(option for option in OPTIONS if option.carrier == "engine")
"""Ollama's own options."""
IN_REQUEST_NAMES = _names(IN_REQUEST)
OF_ENGINE_NAMES = _names(OF_ENGINE)
MACHINE_NAMES = _names(option for option in OPTIONS if option.machine)
NAMED = _names(option for option in OPTIONS if option.carrier in ("request", "provider"))
"""Options that stand beside a model's name in records, as far as they are set on the model."""
RENAMED = {o.name: o.ollama for o in OPTIONS if o.ollama and o.ollama != o.name}
"""Options that Ollama knows by another name."""
MODELFILE_PARAMETERS = tuple(
    option.ollama
    for option in sorted(OPTIONS, key=lambda option: option.parameter or 0)
    if option.parameter and option.ollama
)
"""The PARAMETERs of a Modelfile that a run may have been measured with, in the file's order."""


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    several = [value] if isinstance(value, str) else value
    return isinstance(several, list | tuple) and all(isinstance(each, str) for each in several)


_TESTS: dict[Kind, tuple[str, Callable[[Any], bool]]] = {
    "number": ("a number", is_number),
    "whole": ("a whole number", is_whole),
    "switch": ("True or False", _is_switch),
    "texts": ("a text or a list of texts", _are_texts),
}
"""What a value must be, in words and as a test."""


def check_value(option: SamplingOption, value: Any) -> None:
    """InputError unless the value is of the option's kind."""
    if expected := _expected(option, value):
        raise InputError(f"option {option.name} is {value!r}; expected {expected}")


def _expected(option: SamplingOption, value: Any) -> str:
    """What a value that will not do should have been; empty for one that will."""
    words, fits = _TESTS[option.kind]
    if not fits(value):
        return words
    least, most = option.least, option.most
    if least is not None and most is not None and not least <= value <= most:
        return f"{words} from {least:g} to {most:g}"
    return f"{least:g} or more" if least is not None and value < least else ""


def option_value(text: str) -> bool | int | float | str:
    """An option's value from its text, as a command line or a model's name holds it."""
    if text in ("true", "True", "false", "False"):
        return text in ("true", "True")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
