"""What somebody preferred, as a number for each reply.

A preference names two replies to a scenario and which of them was chosen: 1 for that one, -1 for
the other, 0 for both where neither was. A score is taken less the mean of all scores, in their
standard deviations. A reply's number is the mean of all that was said of it.

A side is named by its prompt (the name of a version), its reply, or both. What one person said
twice and differently is left out, and so is what names no reply that was graded; notes say so.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.measuring.items.correlation import correlation
from usersim_opt.measuring.items.responses import Response, Responses
from usersim_opt.measuring.items.thresholds import THRESHOLDS
from usersim_opt.scenarios.kinds import in_order

ALL = "all"
_CHOICES = {"one": (1.0, -1.0), "other": (-1.0, 1.0), "neither": (0.0, 0.0)}


class Said(NamedTuple):
    """What was said of one reply: by its prompt, its text, or both, a number."""

    scenario: str
    prompt: str
    reply: str
    value: float


@dataclass(frozen=True)
class Preferences:
    """A number for each reply, by scenario and then by (respondent, reply)."""

    values: dict[str, dict[tuple[str, str], float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def preferences_of(records: Iterable[Any], responses: Responses) -> Preferences:
    """The numbers that preferences and scores give the replies.

    A record has `scenario` and either `one`, `other` (each with `prompt` and `reply`) and `chosen`,
    or `prompt`, `reply` and `score`, and perhaps `who`; `read_preferences` makes such. InputError
    for anything else.
    """
    listed = list(records)
    for number, record in enumerate(listed):
        _check(record, number)
    known = [record for record in listed if record.scenario in responses.scenarios]
    agreed, contradicting = _agreed(known)
    values, unmatched = _matched(_said(agreed), responses)
    notes = _notes(len(listed) - len(known), contradicting, unmatched)
    return Preferences(values, tuple(notes))


def by_dimension(preferences: Preferences, responses: Responses) -> dict[str, float]:
    """The correlation of the share of criteria that pass with the preference, over all replies.

    For `all` criteria and for each dimension, where there are enough replies with a preference.
    """
    rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for response in responses.replies:
        values = preferences.values.get(response.scenario, {})
        value = values.get((response.respondent, response.reply))
        if value is not None:
            for name, share in _shares(response, responses):
                rows[name].append((share, value))
    found = {name: _correlated(pairs) for name, pairs in rows.items()}
    names = [ALL, *in_order([name for name in found if name != ALL])]
    return {name: r for name in names if (r := found.get(name)) is not None}


def _correlated(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < THRESHOLDS.correlation.replies:
        return None
    return correlation(*zip(*pairs, strict=True))


def _shares(response: Response, responses: Responses) -> list[tuple[str, float]]:
    """The share of the reply's scored criteria that pass: of all, and of each dimension."""
    by_name: dict[str, list[bool]] = defaultdict(list)
    for criterion in responses.scenarios[response.scenario].scored_criteria:
        if criterion.id in response.passed:
            by_name[ALL].append(response.passed[criterion.id])
            by_name[criterion.dimension].append(response.passed[criterion.id])
    return [(name, sum(passed) / len(passed)) for name, passed in by_name.items()]


def _check(record: Any, number: int) -> None:
    is_pair = all(hasattr(record, name) for name in ("scenario", "one", "other", "chosen"))
    is_score = all(hasattr(record, name) for name in ("scenario", "score"))
    if not is_pair and not is_score:
        raise InputError(
            f"preferences[{number}] is {record!r:.60}; expected a record with scenario, one, other "
            "and chosen, or with scenario, prompt, reply and score, as read_preferences gives"
        )


def _agreed(records: Sequence[Any]) -> tuple[list[Any], int]:
    """The records without those that contradict each other, and how many those are.

    The same said twice counts once.
    """
    claims: dict[Any, dict[Any, Any]] = defaultdict(dict)
    for record in records:
        claims[_subject(record)].setdefault(_claim(record), record)
    agreed = [next(iter(each.values())) for each in claims.values() if len(each) == 1]
    contradicting = {key for key, each in claims.items() if len(each) > 1}
    return agreed, sum(_subject(record) in contradicting for record in records)


def _subject(record: Any) -> Any:
    """Who judged which reply, or which two, whichever stood first."""
    who = getattr(record, "who", "")
    if _is_score(record):
        return record.scenario, who, _side(record)
    return record.scenario, who, frozenset((_side(record.one), _side(record.other)))


def _claim(record: Any) -> Any:
    """The score, or the side that was chosen; empty where neither was."""
    if _is_score(record):
        return float(record.score)
    return _side(getattr(record, record.chosen)) if record.chosen != "neither" else ()


def _is_score(record: Any) -> bool:
    return hasattr(record, "score")


def _side(named: Any) -> tuple[str, str]:
    return getattr(named, "prompt", "") or "", getattr(named, "reply", "") or ""


def _said(records: Sequence[Any]) -> list[Said]:
    scores = [record for record in records if _is_score(record)]
    numbers = np.array([record.score for record in scores], dtype=float)
    spread = float(numbers.std()) if numbers.size else 0.0
    said = [
        Said(record.scenario, *_side(record), (value - numbers.mean()) / (spread or 1.0))
        for record, value in zip(scores, numbers.tolist(), strict=True)
    ]
    for record in records:
        if not _is_score(record):
            one, other = _CHOICES[record.chosen]
            said.append(Said(record.scenario, *_side(record.one), one))
            said.append(Said(record.scenario, *_side(record.other), other))
    return said


def _matched(
    said: Sequence[Said], responses: Responses
) -> tuple[dict[str, dict[tuple[str, str], float]], int]:
    """The mean of what was said of each reply, and how much was said of no reply."""
    replies = responses.by_scenario()
    found: dict[str, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    unmatched = 0
    for each in said:
        keys = {(a.respondent, a.reply) for a in replies.get(each.scenario, ()) if _is(a, each)}
        unmatched += not keys
        for key in keys:
            found[each.scenario][key].append(each.value)
    means = {
        name: {key: sum(values) / len(values) for key, values in group.items()}
        for name, group in found.items()
    }
    return means, unmatched


def _is(response: Response, said: Said) -> bool:
    """Whether something was said of this reply."""
    return said.prompt in ("", response.respondent) and said.reply in ("", response.reply)


def _notes(unknown: int, contradicting: int, unmatched: int) -> list[str]:
    notes = []
    if unknown:
        notes.append(f"preferences: {many(unknown, 'line')} on scenarios that no evaluation holds")
    if contradicting:
        notes.append(
            f"preferences: {many(contradicting, 'line')} contradict each other: "
            "one person said different things of the same replies"
        )
    if unmatched:
        notes.append(
            f"preferences: {many(unmatched, 'side')} without a graded reply "
            "(a prompt is named as its evaluation is)"
        )
    return [f"{note}; left out" for note in notes]
