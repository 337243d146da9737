'''A prompt for Ollama: a Modelfile, or the body of POST /api/create for a text that a Modelfile cannot hold.

    FROM qwen3.6:35b
    PARAMETER temperature 0.9
    SYSTEM """You are a customer ... {scenario}"""

SYSTEM is fixed text, the private scenario changes with each conversation. Without `scenario` the place `{scenario}` is left
in (a prompt without it gets it at its end, in tau2's tags), to be filled before `ollama create`; with it, the file is that
of one customer. A request that brings a system message of its own replaces SYSTEM. Ollama takes SYSTEM as data, so `{{ }}`
in it means nothing.

Quoting, as Ollama's parser reads it: a value in triple quotes ends where a line ends in `"""`, and there are no escapes. So
`"""` survives anywhere but at the end of a line. Characters that Go does not print (control and zero-width characters, blanks
other than the ASCII one) are dropped without a word. Both kinds of text are refused; as JSON every text survives.

No seed is written: every measured reply had its own, and a fixed one gives every conversation the same first words.

Not covered: `think`, which is no PARAMETER and goes with each request; the name of the model that is made of the file.
'''

import ast
import json
import re
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.text import sha256
from usersim_opt.customer.prompt import PLACEHOLDER, Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.models.naming import MeasuredAt
from usersim_opt.results.card import Card, card_of, remeasure, warn

PARAMETERS = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "typical_p",
    "num_ctx",
    "num_predict",
    "num_keep",
    "repeat_last_n",
    "repeat_penalty",
    "presence_penalty",
    "frequency_penalty",
    "stop",
)
"""The parameters of a Modelfile that a run may have been measured with; others (mirostat) are gone from Ollama."""
_RENAMED = {"max_tokens": "num_predict", "max_completion_tokens": "num_predict"}
_NOT_WRITTEN = {"seed", "think"}
_EARLY_END = re.compile(r'"""[ \t]*(?:\r|\n)')


def export_modelfile(
    simulator: UserSimulator,
    path: str | Path,
    *,
    base_model: str | None = None,
    scenario: str | None = None,
    card: Card | None = None,
) -> Path:
    """Write the prompt as a Modelfile; for a path that ends in .json as the body of POST /api/create, which holds any text.

    `base_model` is the model in Ollama, by default the one that the prompt was measured with; `scenario` the private story to
    fill in; `card` what is known of the prompt, by default the simulator's own. Raises InputError for a text that a Modelfile
    cannot hold, and where there is no base model. Warns (UserWarning) if the base model is not the measured one.
    """
    file = Path(path)
    check_writable(file)
    known = card or card_of(simulator)
    base = _base_model(base_model, known)
    if text := remeasure("the prompt", known, _told(base, known)) if known.get("models") else "":
        warn(text)
    if file.suffix == ".json":
        write_text(
            file,
            create_body(
                simulator.prompt, known, name=file.stem, base_model=base, scenario=scenario
            ),
        )
    else:
        write_text(file, modelfile(simulator.prompt, known, base_model=base, scenario=scenario))
    return file


def read_scenario(file: Path) -> str:
    """The private story of a text file, without line ends at its end; InputError for a file that is no UTF-8."""
    try:
        return file.read_bytes().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file}: byte {error.start} is not UTF-8; save the scenario as UTF-8 text"
        ) from error


def modelfile(prompt: Prompt, card: Card, *, base_model: str, scenario: str | None = None) -> str:
    """The text of a Modelfile; InputError for a prompt or scenario that it cannot hold."""
    system = prompt.fill(PLACEHOLDER if scenario is None else scenario)
    parameters = measured_parameters(card)
    lines = [f"# {_one_line(line)}" for line in _comments(prompt, card, scenario)]
    lines.append(f"FROM {base_model}")
    for name, value in parameters.items():
        values = value if isinstance(value, list) else [value]
        lines += [
            f"PARAMETER {name} {_quoted(v, what=f'the stop sequence {v!r}') if isinstance(v, str) else v}"
            for v in values
        ]
    lines.append(
        f"SYSTEM {_quoted(system, what='the prompt' if scenario is None else 'the prompt with its scenario')}"
    )
    return "\n".join(lines) + "\n"


def create_body(
    prompt: Prompt, card: Card, *, name: str, base_model: str, scenario: str | None = None
) -> str:
    """The body of POST /api/create as JSON; Ollama overlooks `sha256` and `note`, which are for the reader."""
    system = prompt.fill(PLACEHOLDER if scenario is None else scenario)
    body = {
        "model": name,
        "from": base_model,
        "system": system,
        "parameters": measured_parameters(card),
        "sha256": prompt.sha256,
        "note": " ".join(_comments(prompt, card, scenario)),
    }
    return json.dumps(body, indent=2, allow_nan=False) + "\n"


def measured_parameters(card: Card) -> dict[str, Any]:
    """Ollama's parameters as they were measured: numbers, and a list for `stop`."""
    options = {
        _RENAMED.get(name, name): value
        for name, value in MeasuredAt.parse(card["models"].get("user", "")).options.items()
    }
    known = {name: _value(name, options[name]) for name in PARAMETERS if name in options}
    num_ctx = card.get("num_ctx")
    return known | ({"num_ctx": num_ctx} if isinstance(num_ctx, int) else {})


def _comments(prompt: Prompt, card: Card, scenario: str | None) -> list[str]:
    measured = MeasuredAt.parse(card["models"].get("user", ""))
    left_out = [
        f"{name}={value}"
        for name, value in measured.options.items()
        if _RENAMED.get(name, name) not in (*PARAMETERS, *_NOT_WRITTEN)
    ]
    think = measured.options.get("think", "False").lower()
    lines = [card["note"]] if card.get("note") else []
    lines.append("A simulated customer by usersim-opt.")
    lines.append(f"sha256 of the prompt: {prompt.sha256}")
    if measured.model:
        lines.append(f"Measured with {measured.model}; every reply had a seed of its own.")
        lines.append(f'A Modelfile cannot set thinking: send "think": {think} with each request.')
    if left_out:
        lines.append(
            f"Measured with {', '.join(left_out)}, for which a Modelfile has no parameter."
        )
    if scenario is None:
        lines.append(
            f"Put the private scenario in the place of {PLACEHOLDER} before `ollama create`, or export with the scenario."
        )
    else:
        lines.append(f"sha256 of the filled-in scenario: {sha256(scenario)}")
    return [*lines, "A request with a system message of its own replaces SYSTEM."]


def _base_model(given: str | None, card: Card) -> str:
    measured = MeasuredAt.parse(card["models"].get("user", "")).model
    base = given or (measured if measured.startswith("ollama/") else "")
    if not base:
        raise InputError(
            "base_model is missing, and the prompt was not measured with a model in Ollama; name one, such as base_model='qwen3.6:35b'"
        )
    base = base.removeprefix("ollama/")
    if not re.fullmatch(r"[^\s\"#]+", base) or not base.isprintable():
        raise InputError(
            f"base_model is {base!r}; expected a model's name in Ollama, such as 'qwen3.6:35b'"
        )
    return base


def _told(base: str, card: Card) -> str:
    """The measured model string with the base model in the place of the model."""
    return " ".join([f"ollama/{base}", *card["models"].get("user", "").split(" ")[1:]])


def _quoted(text: str, *, what: str) -> str:
    """The text in triple quotes; InputError where Ollama would read another text."""
    way = "write it as JSON, to a file that ends in .json, and send it by `curl http://localhost:11434/api/create -d @FILE.json`"
    if early := _EARLY_END.search(text):
        line = text.count("\n", 0, early.start()) + 1
        raise InputError(
            f'{what} has a line that ends in """ (line {line}); there a Modelfile\'s value ends, and nothing escapes it; {way}'
        )
    for number, row in enumerate(text.split("\n"), start=1):
        if lost := next((c for c in row if not c.isprintable() and c not in "\t\r"), None):
            raise InputError(
                f"{what} holds U+{ord(lost):04X} (line {number}), a character that Ollama drops from a Modelfile; {way}"
            )
    return f'"""{text}"""'


def _value(name: str, told: str) -> Any:
    try:
        value: Any = ast.literal_eval(told)
    except (ValueError, SyntaxError):
        value = told
    if name == "stop":
        return [str(v) for v in value] if isinstance(value, list | tuple) else [str(value)]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"the card tells of {name}={told}; expected a number")
    return value


def _one_line(text: str) -> str:
    return " ".join(text.split())
