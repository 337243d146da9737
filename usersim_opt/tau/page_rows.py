"""The rows of a page of tau2: prompts, differences, ends, guards, features, tasks."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from markupsafe import Markup

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval, percent
from usersim_opt.realism.table import FEATURES
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import DASH, MINUS, share
from usersim_opt.tau.figures import Figures, ends, guards, losses, talks_of
from usersim_opt.tau.scores import counts
from usersim_opt.tau.shown import Downstream

_SHARES = svg.Scale(0.0, 1.0)
_HEIGHT, _MIDDLE, _TICKS = 34, 10, 32
_DIGITS = 12
_KINDS = ("base", "best")
Row = Mapping[str, Any]


def kind_of(number: int) -> str:
    """The colour of a prompt by its place: the first one is the base."""
    return _KINDS[min(number, len(_KINDS) - 1)]


def side_rows(found: Downstream) -> list[Row]:
    """A row for each prompt, and last the agent that does nothing."""
    idle = found.idle_figures
    rows = [
        _side(name, found.figures(name), idle=idle, kind=kind_of(number))
        | {"sha256": _digest(found, name)}
        for number, name in enumerate(found.simulations)
    ]
    return [*rows, _side("idle agent", idle, idle=idle, kind="other") | {"is_idle": True}]


def _digest(found: Downstream, name: str) -> str:
    """The first digits of the prompt's sha256; where customers have tools, of that with tools."""
    return next((run.talk.prompt_sha256[:_DIGITS] for run in found.of(name)), "")


def _side(name: str, figures: Figures, *, idle: Figures, kind: str) -> dict[str, Any]:
    return {
        "name": name,
        "is_idle": False,
        "sha256": "",
        "figures": figures,
        "success": percent(figures.success),
        "others": percent(figures.others),
        "plot": _shares(name, figures.success, idle.success, kind=kind),
        "others_plot": _shares(name, figures.others, idle.others, kind=kind),
        "passes": [f"{value:.3f}" for value in figures.passes],
        "turns": _mean(figures.turns),
        "words": _mean(figures.words),
        "broken": _mean(figures.broken),
    }


def _mean(value: float | None) -> str:
    return DASH if value is None else f"{value:.1f}"


def _shares(name: str, value: Interval | None, idle: Interval | None, *, kind: str) -> Markup:
    """A share from 0 to 1 beside the line of doing nothing."""
    aloud = f"{name}: {percent(value)}; doing nothing {share(idle.mean if idle else None)}"
    return svg.frame(_marks(value, idle, kind=kind), height=_HEIGHT, label=aloud)


def _marks(value: Interval | None, idle: Interval | None, *, kind: str) -> Iterator[Markup]:
    for place in (0.0, 0.5, 1.0):
        yield svg.upright(_SHARES.at(place), top=0, bottom=2 * _MIDDLE)
        yield svg.words(f"{100 * place:g} %", _SHARES.at(place), _TICKS, kind="tick middle")
    if idle is not None:
        yield svg.upright(_SHARES.at(idle.mean), top=0, bottom=2 * _MIDDLE, kind="nothing")
    if value is not None:
        yield svg.estimate(_SHARES, value, _MIDDLE, shape=svg.DOT, kind=kind)


def differences(found: Downstream) -> list[Row]:
    """A row for each two prompts; with the reason where they cannot be compared."""
    return [_difference(found, old, new) for old, new in combinations(found.simulations, 2)]


def _difference(found: Downstream, old: str, new: str) -> Row:
    row: dict[str, Any] = {"old": old, "new": new}
    try:
        paired = found.difference(old, new)
    except InputError as error:
        return row | {"words": f"not compared: {error}", "plot": None, "pairs": 0}
    gain = paired.gain
    scale = svg.around([gain], least=0.1)
    return row | {
        "words": f"{gain}; {paired.worth}".replace("-", MINUS),
        "plot": svg.difference(scale, gain, height=24, shape=svg.DOT, kind="best"),
        "axis": svg.axis_of_points(scale),
        "pairs": paired.criteria,
    }


def _counted(by_prompt: Mapping[str, Mapping[Any, int]]) -> list[tuple[Any, list[int]]]:
    """What was counted, the most frequent first, with its numbers by prompt."""
    kinds = {kind: 0 for each in by_prompt.values() for kind in each}
    for kind in kinds:
        kinds[kind] = sum(each.get(kind, 0) for each in by_prompt.values())
    order = sorted(kinds, key=lambda kind: -kinds[kind])
    return [(kind, [each.get(kind, 0) for each in by_prompt.values()]) for kind in order]


def ends_of(found: Downstream) -> list[tuple[str, list[int]]]:
    """tau2's reasons of the ends, and the runs of each prompt with them."""
    return _counted({name: ends(runs) for name, runs in found.simulations.items()})


def losses_of(found: Downstream) -> list[tuple[tuple[str, str], list[int]]]:
    """Fault and reason of lost runs, and the runs of each prompt with them."""
    return _counted({name: losses(runs) for name, runs in found.simulations.items()})


def guard_rows(found: Downstream) -> list[tuple[str, list[str]]]:
    """By universal guard, the share of each prompt's runs in which the customer breaks it."""
    runs = [len(talks_of(each)) for each in found.simulations.values()]
    counted = _counted({name: guards(each) for name, each in found.simulations.items()})
    return [(guard, _shares_of(numbers, runs)) for guard, numbers in counted]


def _shares_of(numbers: Sequence[int], runs: Sequence[int]) -> list[str]:
    return [
        f"{share(number / of)} ({number})" if of else DASH
        for number, of in zip(numbers, runs, strict=True)
    ]


def feature_rows(found: Downstream) -> list[Row]:
    """The features of realism, each prompt's mean; none where no customer said anything."""
    features = {name: found.features(name) for name in found.simulations}
    if not any(features.values()):
        return []
    return [
        {
            "name": name,
            "words": feature.line,
            "values": [_figure(each.get(name)) for each in features.values()],
        }
        for name, feature in FEATURES.items()
    ]


def _figure(value: float | None) -> str:
    return DASH if value is None else f"{value:.3f}"


def task_rows(found: Downstream) -> list[Row]:
    """A row for each task: successes in trials by prompt, and the runs that were lost."""
    won = {name: counts(runs) for name, runs in found.simulations.items()}
    return [
        {
            "task": task,
            "text": number,
            "is_trivial": task in found.trivial,
            "cells": [_cell(found, name, task, won[name]) for name in won],
        }
        for task, number in found.texts.items()
    ]


def _cell(found: Downstream, name: str, task: str, won: Mapping[str, tuple[int, int]]) -> str:
    good, trials = won.get(task, (0, 0))
    lost = sum(run.is_lost for run in found.of(name) if run.talk.task == task)
    told = f"{good} of {trials}" if trials else DASH
    return f"{told}, {lost} lost" if lost else told
