"""The card of a prompt: what was measured, at what, and what that is worth.

    p.txt   the prompt, the bytes whose sha256 the card names
    p.json  the card as data; programs read it
    p.md    the same to be read; g.card.md beside a prompt g.md

A card speaks of exactly one text. A simulator whose prompt is neither the seed nor the finalist of
its result was not measured, and its card says that. Cards of earlier versions, and by hand, are
read: a card needs the sha256 and the models, all else may be missing.

Not covered: whether the figures hold for another model, temperature or data set.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.basics import strict_json
from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, rounded
from usersim_opt.basics.showing import warn_visibly
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.models.naming import changes, model_name
from usersim_opt.results import card_costs, card_guards, card_judge, card_terms, card_use
from usersim_opt.results.result import STOPPED, OptimizationResult

Card = Mapping[str, Any]
NOT_MEASURED = (
    "This prompt was not measured: it comes from no run, so nothing is known of how good it is."
)


def card_of(simulator: UserSimulator) -> Card:
    """What is known of the simulator's prompt, as plain data for JSON.

    Without a result of that very prompt only its digest is known.
    """
    nothing = unmeasured(simulator.prompt)
    result = getattr(simulator, "result", None)
    if not isinstance(result, OptimizationResult):
        return nothing
    side = _side_of(simulator.prompt, result)
    if side is None:
        return _of_version(nothing, result)
    if result.record.stopped:
        return _stopped(nothing, result)
    return {
        **nothing,
        "measured": True,
        "offline": result.offline,
        "note": OFFLINE_NOTE if result.offline else "",
        "models": dict(result.models),
        "num_ctx": _num_ctx(simulator, result.models.get("user", "")),
        **_figures(result, side),
        **card_use.figures(result.record),
        **card_terms.figures(result.record, result.seed.id, result.finalist.id),
        **_told(result),
        **_reservations(result),
        "calls": dict(result.calls),
        "tokens": dict(result.tokens),
        **card_costs.figures(result.record),
    }


def _of_version(nothing: Card, result: OptimizationResult) -> Card:
    """The card of a version that never met the smoke split; `nothing` for a text of no version."""
    named = [each.id for each in result.versions.values() if each.sha256 == nothing["sha256"]]
    if not named:
        return nothing
    ruling = result.reading.last_rulings.get(named[0])
    why = f"; the last that was decided on it: {ruling.reason}" if ruling else ""
    note = (
        f"This prompt is version {named[0]} of a run, which did not ship it and did not measure it "
        f"on the smoke split{why}."
    )
    return {**nothing, "note": note}


def _told(result: OptimizationResult) -> dict[str, Any]:
    """What was told before the search, where it was."""
    outlook = result.record.outlook
    return {"before_the_search": outlook.lines} if outlook else {}


def _reservations(result: OptimizationResult) -> dict[str, Any]:
    """What is to be held against the figures: several graders, lines that could not be read."""
    graders, problems = list(result.record.graders), list(result.record.problems)
    return {
        **({"graders": graders} if graders else {}),
        **({"not_readable": problems} if problems else {}),
    }


def _stopped(nothing: Card, result: OptimizationResult) -> Card:
    """The card of the seed prompt of a run that stopped before anything faced the smoke split."""
    told = result.record.outlook
    return {
        **nothing,
        "offline": result.offline,
        "note": OFFLINE_NOTE if result.offline else "",
        "models": dict(result.models),
        "stopped": "\n".join([STOPPED, *(told.lines if told else [])]),
        "calls": dict(result.calls),
        "tokens": dict(result.tokens),
        **card_costs.figures(result.record),
    }


def _side_of(prompt: Prompt, result: OptimizationResult) -> Evaluation | None:
    """The prompt on the smoke split; None for one that is neither finalist nor seed."""
    if prompt.sha256 == result.finalist.sha256:
        return result.best_smoke
    return result.base_smoke if prompt.sha256 == result.seed.sha256 else None


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


def _num_ctx(simulator: UserSimulator, measured: str) -> int | None:
    """The context length of an Ollama model; it is no part of the model's name in a result."""
    lm = simulator.lm
    is_measured = lm is not None and model_name(lm) == measured
    return _context_length(lm) if is_measured else None


def _context_length(lm: Any) -> int | None:
    length: int | None = getattr(engine_of(lm), "options", {}).get("num_ctx")
    return length


def _figures(result: OptimizationResult, side: Evaluation) -> dict[str, Any]:
    """Pass rate and gain of a side; rates are shares from 0 to 1 and rounded, as all in a card."""
    rate = side.pass_rate.within(0.0, 1.0) if side.pass_rate else None
    return {
        "pass_rate_on_smoke": rounded(rate.mean if rate else None),
        "pass_rate_interval": [rounded(rate.low), rounded(rate.high)] if rate else None,
        "scenarios": len({outcome.scenario for outcome in side.outcomes}),
        "tasks": len({outcome.task_id for outcome in side.outcomes}),
        "replies": len(side.outcomes),
        "judged_verdicts": side.judged.judged,
        "missing_verdicts": side.judged.missing,
        **card_judge.figures(result, side),
        **card_guards.figures(side, seed=result.base_smoke),
        "compared_with_seed": _comparison(result) if result.reading.found_better else None,
    }


def _comparison(result: OptimizationResult) -> dict[str, Any]:
    gain = result.confirmation.gain
    return {
        "candidate": result.finalist.id,
        "candidate_sha256": result.finalist.sha256,
        "seed_sha256": result.seed.sha256,
        "gain": rounded(gain.mean),
        "expected_gain": rounded(result.confirmation.expected),
        "level": result.confirmation.level,
        "low": rounded(gain.low),
        "high": rounded(gain.high),
        "scenarios": result.confirmation.scenarios,
        "tasks": result.confirmation.tasks,
        "shipped": result.shipped == result.finalist,
        **card_guards.held_back(result.reading.ruling),
        **_not_shipped(result),
    }


def _not_shipped(result: OptimizationResult) -> dict[str, str]:
    """Why the finalist was held back, where it was."""
    ruling = result.reading.ruling
    if ruling is None or ruling.accepted:
        return {}
    return {"not_shipped": ruling.reason}


# -- files ---------------------------------------------------------------------------------------


def card_files(file: Path) -> tuple[Path, Path]:
    """Where the cards of a prompt file stand: NAME.json and NAME.md.

    Beside a file that ends in .md itself, such as tau2's guidelines, the page is NAME.card.md.
    """
    page = file.with_suffix(".card.md") if file.suffix == ".md" else _beside(file, ".md")
    return _beside(file, ".json"), page


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name.removesuffix(".txt") + ending)


def read_card(file: Path) -> Card | None:
    """The card beside a prompt file, None where there is none; InputError for a broken one."""
    path = _beside(file, ".json")
    data = _json_of(path) if path.is_file() else None
    return data if is_card(data) else None


def _json_of(path: Path) -> Any:
    expected = "the card that export_prompt wrote, or no such file"
    return strict_json.load(path, expected=expected, halves=True)


def card_beside(file: Path, prompt: Prompt) -> Card:
    """The card of a prompt file, or that of an unmeasured prompt.

    InputError for a card that names other bytes.
    """
    card = read_card(file)
    if card is None:
        return unmeasured(prompt)
    if not names(card, prompt):
        raise InputError(
            f"{file}: has sha256 {prompt.sha256[:12]}..., "
            f"its card {card_files(file)[0]} names {card['sha256'][:12]}...; "
            "the prompt was changed since it was measured: put it back, "
            "or move the card away to export it as not measured"
        )
    return card


def is_card(data: Any) -> bool:
    """Whether data read from JSON is a card: it names the bytes and the models."""
    if not isinstance(data, dict):
        return False
    return isinstance(data.get("sha256"), str) and _are_models(data.get("models"))


def _are_models(value: object) -> bool:
    """Whether a value is a mapping to model strings."""
    return isinstance(value, dict) and all(isinstance(model, str) for model in value.values())


def user_model(card: Card) -> str:
    """The model string that the prompt was measured with; empty where it was not measured."""
    return str(card["models"].get("user", ""))


def names(card: Card, prompt: Prompt) -> bool:
    """Whether the card is that of the prompt.

    A tau2 guideline may be shorter than the prompt by the place of the scenario.
    """
    return prompt.sha256 in (card["sha256"], card.get("file_sha256"))


def dumped(card: Card) -> str:
    """The text of the JSON card."""
    return strict_json.dumps(card, indent=2) + "\n"


# -- warnings: a prompt that runs otherwise than it was measured ---------------------------------


def remeasure(name: str, card: Card, now: str) -> str:
    """The warning for a prompt that is about to run with `now`, a model string with its options.

    Empty where nothing changed since it was measured, or where it was not.
    """
    measured = user_model(card)
    differences = "; ".join(changes(measured, now)) if measured else ""
    if not differences:
        return ""
    return (
        f"{name} was measured with {measured} and is about to run with {now}: {differences}. "
        "The figures of its card do not hold there; "
        "measure it again: usersim-opt evaluate --prompt FILE --against SEED_FILE"
    )


def warn_if_changed(file: Path, prompt: Prompt, lm: dspy.LM | None) -> None:
    """One UserWarning if the card beside the prompt file names other bytes, or another model."""
    card = read_card(file)
    if card is None:
        return
    if names(card, prompt):
        warn_if_other(str(file), card, lm)
        return
    warn(
        f"{file} is not the prompt that its card {card_files(file)[0].name} names "
        f"(sha256 {card['sha256'][:12]}...): it was changed, measure it again"
    )


def warn_if_other(name: str, card: Card, lm: Any) -> None:
    """The same for a card at hand; `lm` None stands for DSPy's configured model."""
    model = _model_in_use(lm)
    if model is not None and (text := remeasure(name, card, model_name(model))):
        warn(text)


def _model_in_use(lm: Any) -> dspy.BaseLM | None:
    model = lm or dspy.settings.lm
    return model if isinstance(model, dspy.BaseLM) else None


def warn(text: str) -> None:
    """A UserWarning that points at whoever called the public function."""
    warn_visibly(text, stacklevel=5)
