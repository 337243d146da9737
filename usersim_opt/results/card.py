"""The card of a prompt: what was measured, at what, and what that is worth; JSON for programs, Markdown for people.

    p.txt   the prompt, the bytes whose sha256 the card names
    p.json  the card as data; programs read it
    p.md    the same to be read

A card speaks of exactly one text. A simulator whose prompt is neither the seed nor the finalist of its result was not
measured, and its card says that.

Not covered: whether the figures hold for another model, temperature or data set; see measured_at.py.
"""

import json
import re
import warnings
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.models.naming import changes, model_name
from usersim_opt.results.result import OptimizationResult

Card = Mapping[str, Any]
TITLE = "# Prompt card: "
NOT_MEASURED = (
    "This prompt was not measured: it comes from no run, so nothing is known of how good it is."
)


def card_of(simulator: UserSimulator) -> Card:
    """What is known of the simulator's prompt, as plain data for JSON; without a result of that prompt only its digest."""
    prompt, result = simulator.prompt, getattr(simulator, "result", None)
    if not isinstance(result, OptimizationResult):
        return unmeasured(prompt)
    mine = [
        side
        for side in (result.base_smoke, result.best_smoke)
        if result.versions[_version(side)].sha256 == prompt.sha256
    ]
    if not mine:
        return unmeasured(prompt)
    return {
        **unmeasured(prompt),
        "measured": True,
        "offline": result.offline,
        "note": OFFLINE_NOTE if result.offline else "",
        "models": dict(result.models),
        "num_ctx": _num_ctx(simulator, result.models.get("user", "")),
        **_figures(result, mine[-1]),
        "calls": dict(result.calls),
        "tokens": result.tokens,
    }


def unmeasured(prompt: Prompt) -> Card:
    """The card of a prompt of which nothing is known."""
    return {
        "sha256": prompt.sha256,
        "characters": len(prompt.text),
        "measured": False,
        "offline": False,
        "note": NOT_MEASURED,
        "models": {},
    }


def card_files(file: Path) -> tuple[Path, Path]:
    """Where the cards of a prompt file stand: NAME.json and NAME.md."""
    name = file.name.removesuffix(".txt")
    return file.with_name(f"{name}.json"), file.with_name(f"{name}.md")


def read_card(file: Path) -> Card | None:
    """The card beside a prompt file, None where there is none; InputError for one that cannot be read."""
    path = card_files(file)[0]
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path}: cannot be read as a card ({error}); expected what export_prompt wrote, or no such file"
        ) from error
    return data if is_card(data) else None


def card_beside(file: Path, prompt: Prompt) -> Card:
    """The card of a prompt file, or that of an unmeasured prompt; InputError for a card that names other bytes."""
    card = read_card(file)
    if card is None:
        return unmeasured(prompt)
    if not names(card, prompt):
        raise InputError(
            f"{file}: has sha256 {prompt.sha256[:12]}..., its card {card_files(file)[0]} names {card['sha256'][:12]}...; "
            "the prompt was changed since it was measured: put it back, or move the card away to export it as not measured"
        )
    return card


def is_card(data: Any) -> bool:
    """Whether data read from JSON is a card: it names the bytes and the models."""
    texts = (
        isinstance(data, dict)
        and isinstance(data.get("sha256"), str)
        and isinstance(data.get("models"), dict)
    )
    return texts and all(isinstance(model, str) for model in data["models"].values())


def names(card: Card, prompt: Prompt) -> bool:
    """Whether the card is that of the prompt; a tau2 guideline may be shorter than the prompt by the place of the scenario."""
    return prompt.sha256 in (card["sha256"], card.get("file_sha256"))


def dumped(card: Card) -> str:
    """The text of the JSON card."""
    return json.dumps(card, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def markdown(card: Card, name: str, *, use: str) -> str:
    """The card to be read; `name` is the prompt's file, `use` says how to use it."""
    rows = [
        ("file", name),
        ("sha256 of the prompt", card["sha256"]),
        *([("sha256 of this file", card["file_sha256"])] if card.get("file_sha256") else []),
        ("characters", f"{card.get('characters', 0):,}"),
        *((f"{role} model", model) for role, model in card["models"].items()),
        *([("num_ctx", card["num_ctx"])] if card.get("num_ctx") else []),
        *_figure_rows(card),
    ]
    parts = [
        TITLE + cell(name),
        *([f"**{card['note']}**"] if card.get("offline") else []),
        "The instructions of a language model that plays the customer towards a service agent.",
        "\n".join(
            [
                "| what | value |",
                "|---|---|",
                *(f"| {cell(label)} | {cell(value)} |" for label, value in rows),
            ]
        ),
        "## What it is worth\n\n" + _worth(card),
        "## What was not measured\n\n" + "\n".join(f"- {line}" for line in _gaps(card)),
        f"## How to use it\n\n{use}",
    ]
    return "\n\n".join(parts) + "\n"


def cell(value: Any) -> str:
    """A value as text on one line that Markdown and HTML take as text."""
    words = " ".join(str(value).split())
    return re.sub(r"([\\`*\[\]|~#]|(?<!\w)_|_(?!\w))", r"\\\1", escape(words, quote=False))


def _version(side: Evaluation) -> str:
    return side.outcomes[0].version


def _num_ctx(simulator: UserSimulator, measured: str) -> int | None:
    """The context length of an Ollama model; it is no part of the model's name in a result."""
    lm = simulator.lm
    options = getattr(getattr(lm, "_engine_spec", None), "options", {})
    return options.get("num_ctx") if lm is not None and model_name(lm) == measured else None


def _figures(result: OptimizationResult, side: Evaluation) -> dict[str, Any]:
    rate, found = side.pass_rate, result.confirmation
    candidate, seed = _version(result.best_smoke), _version(result.base_smoke)
    compared = {
        "candidate": candidate,
        "candidate_sha256": result.versions[candidate].sha256,
        "seed_sha256": result.versions[seed].sha256,
        "gain": round(found.gain.mean, 4),
        "low": _rounded(found.gain.low),
        "high": _rounded(found.gain.high),
        "scenarios": found.scenarios,
        "tasks": found.tasks,
        "shipped": result.shipped.id == candidate,
    }
    return {
        "pass_rate_on_smoke": _rounded(rate.mean if rate else None),
        "pass_rate_interval": [_rounded(_share(rate.low)), _rounded(_share(rate.high))]
        if rate
        else None,
        "scenarios": len({o.scenario for o in side.outcomes}),
        "tasks": len({o.task_id for o in side.outcomes}),
        "replies": len(side.outcomes),
        "compared_with_seed": compared if candidate != seed else None,
    }


def _share(bound: float | None) -> float | None:
    """A bound of a pass rate within 0 and 1."""
    return None if bound is None else min(1.0, max(0.0, bound))


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _figure_rows(card: Card) -> list[tuple[str, str]]:
    if card.get("pass_rate_on_smoke") is None:
        return []
    bounds = card.get("pass_rate_interval") or [None, None]
    rows = [
        (
            "pass rate on the smoke split",
            _with_bounds(f"{100 * card['pass_rate_on_smoke']:.1f} %", bounds, ".1f"),
        )
    ]
    if card.get("replies"):
        rows.append(
            (
                "measured on",
                f"{card['scenarios']} scenarios of {card['tasks']} tasks, {card['replies']} replies",
            )
        )
    return rows


def _worth(card: Card) -> str:
    if not card.get("models"):
        return NOT_MEASURED
    found = card.get("compared_with_seed")
    if not found:
        return "It is the seed prompt of its run; no other prompt was accepted, so there is no gain to tell."
    gain = _with_bounds(f"{100 * found['gain']:+.1f} points", [found["low"], found["high"]], "+.1f")
    on = f"on {found['scenarios']} scenarios of {found['tasks']} tasks that the search had never seen"
    if card["sha256"] == found["candidate_sha256"]:
        return f"Gain over the seed prompt: {gain} {on}; in brackets the 95 % interval."
    return f"It is the seed prompt of its run. The best other prompt gained {gain} {on} and was not shipped."


def _with_bounds(text: str, bounds: list[float | None], form: str) -> str:
    low, high = bounds
    if low is None or high is None:
        return f"{text} (no interval)"
    return f"{text} [{100 * low:{form}}, {100 * high:{form}}]"


def _gaps(card: Card) -> list[str]:
    if not card.get("models"):
        return ["Everything: measure it with programs/evaluate.py."]
    return [
        "Any other model, temperature or other sampling option than the ones above: a change asks for measuring again.",
        "Other tasks, domains and languages than those of the data set.",
        "Whole conversations: a scenario holds one reply of the customer.",
        "Whether people find the replies human, and what agents score against this customer.",
        *(["Any real model: the stand-ins are rules."] if card.get("offline") else []),
    ]


def remeasure(name: str, card: Card, now: str) -> str:
    """The warning for a prompt that is about to run otherwise than it was measured; empty where nothing changed."""
    measured = card["models"].get("user", "")
    found = changes(measured, now) if measured else []
    if not found:
        return ""
    return (
        f"{name} was measured with {measured} and is about to run with {now}: {'; '.join(found)}. The figures of its card do not hold there; "
        "measure it again: programs/evaluate.py --prompt FILE --against SEED_FILE"
    )


def warn_if_changed(file: Path, prompt: Prompt, lm: dspy.LM | None) -> None:
    """One UserWarning if the card beside the prompt file tells of another model or options, or of other bytes."""
    card = read_card(file)
    if card is None:
        return
    if not names(card, prompt):
        warn(
            f"{file} is not the prompt that its card {card_files(file)[0].name} names (sha256 {card['sha256'][:12]}...): it was changed, measure it again"
        )
    else:
        warn_if_other(str(file), card, lm)


def warn_if_other(name: str, card: Card, lm: Any) -> None:
    """The same for a card at hand; `lm` None stands for DSPy's configured model."""
    model = lm or dspy.settings.lm
    if isinstance(model, dspy.BaseLM) and (text := remeasure(name, card, model_name(model))):
        warn(text)


def warn(text: str) -> None:
    """A UserWarning that points at whoever called the public function."""
    warnings.warn(text, UserWarning, stacklevel=4)
