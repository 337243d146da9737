"""Exports: the winning prompt as a plain text file with exactly the bytes that were measured, and a card beside it."""

import json
import os
from pathlib import Path
from typing import Any

from usersim_opt.dataset import write_text
from usersim_opt.errors import InputError
from usersim_opt.prompt import Prompt
from usersim_opt.result import OFFLINE_NOTE, OptimizationResult
from usersim_opt.simulator import UserSimulator


def export_prompt(simulator: UserSimulator, path: str | Path) -> Path:
    """Write the simulator's prompt to `path`, UTF-8, no byte more or less; with a result also a card `NAME.json`.

    Raises InputError for a path that ends in .json or cannot be written.
    """
    file = Path(path)
    check_target(file)
    prompt = simulator.prompt
    write_text(file, prompt.text)
    result = getattr(simulator, "result", None)
    if isinstance(result, OptimizationResult):
        write_text(file.with_name(file.name.removesuffix(".txt") + ".json"), json.dumps(card(prompt, result), indent=2, allow_nan=False) + "\n")
    return file


def check_target(file: Path) -> None:
    """InputError unless a prompt can be written there; asked before a run, so that nothing is spent for nothing."""
    if file.suffix == ".json":
        raise InputError(f"{file}: is the name of a card; expected the name of a text file, such as {file.stem}.txt")
    if file.is_dir():
        raise InputError(f"{file}: is a folder; expected the name of a text file")
    existing = next(folder for folder in (file.parent, *file.parent.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise InputError(f"{file}: cannot be written, {existing} is no folder that can be written to")


def card(prompt: Prompt, result: OptimizationResult) -> dict[str, Any]:
    """What a user of the file should know: hash, models, figures of the smoke split, and what they are worth."""
    found = result.confirmation
    best = result.best_smoke if prompt.sha256 == result.finalist.sha256 else result.base_smoke
    compared = {
        "candidate": result.finalist.id,
        "candidate_sha256": result.finalist.sha256,
        "gain": round(found.gain.mean, 4),
        "low": None if found.gain.low is None else round(found.gain.low, 4),
        "high": None if found.gain.high is None else round(found.gain.high, 4),
        "scenarios": found.scenarios,
        "tasks": found.tasks,
        "shipped": result.shipped.id == result.finalist.id,
    }
    return {
        "sha256": prompt.sha256,
        "characters": len(prompt.text),
        "models": dict(result.models),
        "offline": result.offline,
        "note": OFFLINE_NOTE if result.offline else "",
        "pass_rate_on_smoke": round(best.pass_rate.mean, 4) if best.pass_rate else None,
        "compared_with_seed": compared if result.finalist != result.seed else None,
        "calls": dict(result.calls),
        "tokens": result.tokens,
    }
