"""What a prompt's card says of the judge, where the run was given the judge's own card.

"judge": {"calibrated": "Judge: ...", "rate": "...", "gain": ["..."]}
"""

from collections.abc import Iterator, Mapping
from typing import Any

from usersim_opt.measuring.comparison import judge_lines
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.results.result import OptimizationResult

KEY = "judge"


def figures(result: OptimizationResult, side: Evaluation) -> dict[str, Any]:
    """The entry of a card of this run; none without a judge's card."""
    told = side.judge_lines
    if not told:
        return {}
    sentence, rate = told
    return {KEY: {"calibrated": sentence, "rate": rate, "gain": _gain(result)}}


def _gain(result: OptimizationResult) -> list[str]:
    if not result.reading.found_better:
        return []
    _, *lines = judge_lines(result.base_smoke, result.best_smoke, result.confirmation)
    return lines


def rows(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of the card's table; none for a card that a hand has spoiled."""
    told = card.get(KEY)
    if not isinstance(told, dict):
        return
    yield "the judge", str(told.get("calibrated", ""))
    yield "pass rate, the judge aside", str(told.get("rate", ""))
    gain = told.get("gain")
    if isinstance(gain, list) and gain:
        yield "gain, the judge aside", " ".join(map(str, gain))
