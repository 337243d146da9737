"""Exports: the winning prompt as a plain text file with exactly the bytes that were measured, and a card beside it."""

import json
from pathlib import Path
from typing import Any

from usersim_opt.dataset import write_text
from usersim_opt.prompt import Prompt
from usersim_opt.result import OFFLINE_NOTE, OptimizationResult
from usersim_opt.simulator import UserSimulator
from usersim_opt.strategies.guards import MAX_CHARACTERS


def export_prompt(simulator: UserSimulator, path: str | Path) -> Path:
    """Write the simulator's prompt to `path`, UTF-8, no byte more or less; with a result also a card `NAME.json`."""
    file = Path(path)
    prompt = simulator.prompt
    write_text(file, prompt.text)
    result = getattr(simulator, "result", None)
    if isinstance(result, OptimizationResult):
        write_text(file.with_suffix(".json"), json.dumps(card(prompt, result), indent=2, allow_nan=False) + "\n")
    return file


def card(prompt: Prompt, result: OptimizationResult) -> dict[str, Any]:
    """What a user of the file should know: hash, models, figures of the smoke split, and what they are worth."""
    found = result.confirmation
    return {
        "sha256": prompt.sha256,
        "characters": len(prompt.text),
        "within_limit": len(prompt.text) <= MAX_CHARACTERS,
        "models": dict(result.models),
        "offline": result.offline,
        "note": OFFLINE_NOTE if result.offline else "",
        "verdict": result.verdict,
        "smoke": {
            "base_pass_rate": round(result.base_smoke.pass_rate.mean, 4),
            "best_pass_rate": round(result.best_smoke.pass_rate.mean, 4),
            "gain": round(found.gain.mean, 4),
            "low": found.gain.low,
            "high": found.gain.high,
            "scenarios": found.scenarios,
            "tasks": found.tasks,
        },
        "calls": dict(result.calls),
    }
