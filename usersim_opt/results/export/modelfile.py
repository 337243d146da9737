'''A prompt for Ollama: a Modelfile, or the body of POST /api/create for what no Modelfile can hold.

    FROM qwen3.6:35b
    PARAMETER temperature 0.9
    SYSTEM """You are a customer ... {scenario}"""

SYSTEM is fixed text, the private scenario changes with each conversation. Without `scenario` the
place `{scenario}` is left in (a prompt without it gets it at its end, in tau2's tags), to be filled
before `ollama create`; with it, the file is that of one customer. A request that brings a system
message of its own replaces SYSTEM. Ollama takes SYSTEM as data, so `{{ }}` in it means nothing.

Quoting, as Ollama's parser reads it: a value in triple quotes ends where a line ends in `"""`, and
there are no escapes. So `"""` survives anywhere but at the end of a line. Characters that Go does
not print (control and zero-width characters, blanks other than the ASCII one) are dropped without a
word. Both kinds of text are refused; as JSON every text survives.

No seed is written: every measured reply had its own, and a fixed one gives every conversation the
same first words.

Not covered: `think`, which is no PARAMETER and goes with each request; the name of the model that
`ollama create` makes.
'''

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.text import is_blank, sha256
from usersim_opt.customer.prompt import PLACEHOLDER, Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.models.naming import MeasuredAt
from usersim_opt.models.sampling import MODELFILE_PARAMETERS, RENAMED
from usersim_opt.results.card import Card, remeasure, user_model, warn
from usersim_opt.results.export.prompts import Source, simulator_of
from usersim_opt.results.export.writing import Export, card_for

Options = Mapping[str, str]
"""Sampling options of a model string: value by name."""
Parameters = Mapping[str, Any]
"""Parameters of a Modelfile by name: numbers, and a list for `stop`."""
_SAID_ELSEWHERE = {*MODELFILE_PARAMETERS, "seed", "think"}
"""Options that a Modelfile has as parameters, or of which its comments speak anyway."""
_EARLY_END = re.compile(r'"""[ \t]*(?:\r|\n)')
_AS_JSON = (
    "write it as JSON, to a file that ends in .json, "
    "and send it by `curl http://localhost:11434/api/create -d @FILE.json`"
)
"""The way out for a text that a Modelfile cannot hold."""


@checks_arguments
def export_modelfile(
    simulator: Source,
    path: str | Path,
    *,
    base_model: str | None = None,
    scenario: str | None = None,
    card: Card | None = None,
) -> Path:
    """Write the prompt of a simulator, or the one that a run shipped, as a Modelfile.

    For a path that ends in .json it is the body of POST /api/create, which holds any text.
    `base_model` is the model in Ollama, by default the one that the prompt was measured with;
    `scenario` the private story to fill in; `card` what is known of the prompt, by default the
    simulator's own. Raises InputError for a text that a Modelfile cannot hold, where there is no
    base model, for a path that cannot be written or is the card of a prompt, and for a `card` of
    another prompt. Warns (UserWarning) if the base model is not the measured one.
    """
    export = make_modelfile(
        simulator_of(simulator), Path(path), base_model=base_model, scenario=scenario, card=card
    )
    return export.write()


def make_modelfile(
    simulator: UserSimulator,
    file: Path,
    *,
    base_model: str | None = None,
    scenario: str | None = None,
    card: Card | None = None,
) -> Export:
    """The Modelfile, or the body of the request, not yet written."""
    prompt, measured = simulator.prompt, card_for(simulator, card)
    base = _base_model(base_model, measured)
    if difference := remeasure("the prompt", measured, _with_model(base, measured)):
        warn(difference)
    if file.suffix == ".json":
        text = create_body(prompt, measured, name=file.stem, base_model=base, scenario=scenario)
    else:
        text = modelfile(prompt, measured, base_model=base, scenario=scenario)
    return Export(file, text)


def read_scenario(file: Path) -> str:
    """The private story of a text file, without line ends at its end.

    InputError for a file that is no UTF-8, or in which nothing can be seen.
    """
    story = read_text(file, expected="a text file with the private story").rstrip("\n")
    if is_blank(story):
        raise InputError(f"{file}: is empty; expected the private story of the customer")
    return story


def modelfile(prompt: Prompt, card: Card, *, base_model: str, scenario: str | None = None) -> str:
    """The text of a Modelfile; InputError for a prompt or scenario that it cannot hold."""
    what = "the prompt" if scenario is None else "the prompt with its scenario"
    lines = [
        *(f"# {_one_line(comment)}" for comment in _comments(card, scenario)),
        f"FROM {base_model}",
        *_parameter_lines(measured_parameters(card)),
        f"SYSTEM {_quoted(_system(prompt, scenario), what=what)}",
    ]
    return "\n".join(lines) + "\n"


def _parameter_lines(parameters: Parameters) -> Iterator[str]:
    """A line for each number, and one for each stop sequence."""
    for name, value in parameters.items():
        for text in _values(value):
            yield f"PARAMETER {name} {text}"


def _values(value: Any) -> list[str]:
    """The texts behind PARAMETER for a number, or for the stop sequences."""
    if isinstance(value, list):
        return [_quoted(stop, what=f"the stop sequence {stop!r}") for stop in value]
    return [str(value)]


def create_body(
    prompt: Prompt, card: Card, *, name: str, base_model: str, scenario: str | None = None
) -> str:
    """The body of POST /api/create as JSON.

    Ollama overlooks `sha256` and `note`, which are for the reader.
    """
    body = {
        "model": name,
        "from": base_model,
        "system": _system(prompt, scenario),
        "parameters": measured_parameters(card),
        "sha256": card["sha256"],
        "note": " ".join(_comments(card, scenario)),
    }
    return json.dumps(body, indent=2, allow_nan=False) + "\n"


def _system(prompt: Prompt, scenario: str | None) -> str:
    """The system message; without a scenario with the place for one."""
    return prompt.fill(PLACEHOLDER if scenario is None else scenario)


def measured_parameters(card: Card) -> Parameters:
    """The parameters as they were measured."""
    options = {_name_in_ollama(name): value for name, value in _measured(card).options.items()}
    parameters = {
        name: _value(name, options[name]) for name in MODELFILE_PARAMETERS if name in options
    }
    num_ctx = card.get("num_ctx")
    return parameters | ({"num_ctx": num_ctx} if isinstance(num_ctx, int) else {})


def _name_in_ollama(option: str) -> str:
    return RENAMED.get(option, option)


def _measured(card: Card) -> MeasuredAt:
    return MeasuredAt.parse(user_model(card))


def _comments(card: Card, scenario: str | None) -> Iterator[str]:
    """What the reader of the file has to know, a line each."""
    if card.get("note"):
        yield card["note"]
    yield "A simulated customer by usersim-opt."
    yield f"sha256 of the prompt: {card['sha256']}"
    yield from _comments_on_model(_measured(card))
    if scenario is None:
        yield (
            f"Put the private scenario in the place of {PLACEHOLDER} before `ollama create`, "
            "or export with the scenario."
        )
    else:
        yield f"sha256 of the filled-in scenario: {sha256(scenario)}"
    yield "A request with a system message of its own replaces SYSTEM."


def _comments_on_model(measured: MeasuredAt) -> Iterator[str]:
    """What a Modelfile cannot say of how the prompt was measured."""
    if measured.model:
        yield f"Measured with {measured.model}; every reply had a seed of its own."
        yield _comment_on_thinking(measured.options)
    if left_out := ", ".join(_left_out(measured.options)):
        yield f"Measured with {left_out}, for which a Modelfile has no parameter."


def _comment_on_thinking(options: Options) -> str:
    think = options.get("think", "False").lower()
    return f'A Modelfile cannot set thinking: send "think": {think} with each request.'


def _left_out(options: Options) -> Iterator[str]:
    """The measured options that are no parameters, as name=value."""
    for name, value in options.items():
        if _name_in_ollama(name) not in _SAID_ELSEWHERE:
            yield f"{name}={value}"


def _base_model(given: str | None, card: Card) -> str:
    """The name of the model in Ollama to build on, without `ollama/`."""
    measured = _measured(card).model
    base = given or (measured if measured.startswith("ollama/") else "")
    if not base:
        raise InputError(
            "base_model is missing, and the prompt was not measured with a model in Ollama; "
            "name one, such as base_model='qwen3.6:35b'"
        )
    base = base.removeprefix("ollama/")
    if not re.fullmatch(r"[^\s\"#]+", base) or not base.isprintable():
        raise InputError(
            f"base_model is {base!r}; expected a model's name in Ollama, such as 'qwen3.6:35b'"
        )
    return base


def _with_model(base: str, card: Card) -> str:
    """The measured model string with the base model in the place of the model."""
    _, _, options = user_model(card).partition(" ")
    return f"ollama/{base} {options}".rstrip(" ")


def _quoted(text: str, *, what: str) -> str:
    """The text in triple quotes; InputError where Ollama would read another text."""
    if early := _EARLY_END.search(text):
        line = text.count("\n", 0, early.start()) + 1
        raise InputError(
            f'{what} has a line that ends in """ (line {line}); '
            f"there a Modelfile's value ends, and nothing escapes it; {_AS_JSON}"
        )
    for number, row in enumerate(text.split("\n"), start=1):
        dropped = [c for c in row if not c.isprintable() and c not in "\t\r"]
        if dropped:
            raise InputError(
                f"{what} holds U+{ord(dropped[0]):04X} (line {number}), "
                f"a character that Ollama drops from a Modelfile; {_AS_JSON}"
            )
    return f'"""{text}"""'


def _value(name: str, text: str) -> Any:
    """The value of an option of a model string: a number, for `stop` a list of texts."""
    try:
        value: Any = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if name == "stop":
        return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"the card tells of {name}={text}; expected a number")
    return value


def _one_line(text: str) -> str:
    return " ".join(text.split())
