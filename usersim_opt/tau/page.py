"""One HTML file of an evaluation in tau2: what the agent scored, how customers were, task by task.

It has the style and the escaping of a run's page and no script: nothing on it runs, nothing is
loaded. Each plot says in words what it shows.

Not covered: the conversations themselves; `uso.write_transcripts` shows those.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, many
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.text import visible
from usersim_opt.basics.version import __version__
from usersim_opt.results.report.frame import frame, packaged, templates
from usersim_opt.results.report.wording import EVIDENCE, NAME, clip
from usersim_opt.tau.page_rows import (
    differences,
    ends_of,
    feature_rows,
    guard_rows,
    losses_of,
    side_rows,
    task_rows,
)
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.user_error_rows import error_rows
from usersim_opt.tau.user_error_table import UserErrors, lost_lines

_PACKAGE, _STYLE = "usersim_opt.tau", "usersim_opt.results.report"
_OTHER = "an evaluation in tau2, as uso.tau.evaluate returns it"


@checks_arguments
def write_page(found: Downstream, path: str | Path, *, errors: UserErrors | None = None) -> Path:
    """Write an evaluation as a page, whole or not at all; return its path.

    `errors` are what a judge found wrong with the customers. InputError for what is no evaluation,
    and for a path that is a folder.
    """
    file = Path(path)
    check_writable(file)
    write_text(file, render(found, errors=errors))
    return file


def render(found: Downstream, *, errors: UserErrors | None = None) -> str:
    """The page as text."""
    if not isinstance(found, Downstream):
        raise InputError(f"got a {type(found).__name__}; expected {_OTHER}")
    template = _environment().get_template("page.html")
    style = Markup("").join([packaged(_STYLE, "style.css"), packaged(_PACKAGE, "page.css")])
    told = {**frame(style), **_sections(found), **_judged(errors)}
    # A name may hold what a browser obeys or a file cannot hold: one pass misses none.
    return visible(template.render(told))


def _sections(found: Downstream) -> dict[str, Any]:
    names = list(found.simulations)
    return {
        "found": found,
        "names": names,
        "sentences": list(_sentences(found)),
        "facts": list(_facts(found)),
        "sides": side_rows(found),
        "most_k": max((len(found.figures(name).passes) for name in names), default=0),
        "differences": differences(found),
        "ends": ends_of(found),
        "losses": losses_of(found),
        "guards": guard_rows(found),
        "features": feature_rows(found),
        "tasks": task_rows(found),
        "offline": OFFLINE_NOTE if found.offline else "",
        "made_by": __version__,
    }


def _judged(errors: UserErrors | None) -> dict[str, Any]:
    if errors is None:
        return {"errors": None}
    return {
        "errors": errors,
        "error_rows": error_rows(errors),
        "doubts": [errors.doubt_of(name) for name in errors.judged],
        "unread": list(lost_lines(errors.lost)),
    }


def _sentences(found: Downstream) -> Iterator[str]:
    """What was found, in words, before any table."""
    for each in differences(found):
        yield f"{each['new']} against {each['old']}: {each['words']}"
    if len(found.simulations) < 2:
        yield "One prompt alone: there is nothing to compare it with."
    if found.left_out:
        yield f"The budget ended it: {many(found.left_out, 'run')} left out."


def _facts(found: Downstream) -> Iterator[tuple[str, str, str]]:
    """Head, figure and a remark of each box."""
    texts = len(set(found.texts.values()))
    yield "Tasks", str(len(found.texts)), f"tau2, {found.tau2}" if found.tau2 else ""
    yield "Different texts", str(texts), "the size of the sample"
    yield "Trivial tasks", str(len(found.trivial)), "won by doing nothing"
    runs = [run for side in found.simulations.values() for run in side]
    lost = sum(run.is_lost for run in runs)
    yield "Runs", f"{len(runs):,}", f"{lost} lost, {found.left_out} left out"
    for role in ("agent", "user"):
        models = sorted({str(getattr(run.talk, role)) for run in runs}) or ["none"]
        yield {"agent": "Agent", "user": "Customer's model"}[role], ", ".join(models), ""


@cache
def _environment() -> Environment:
    environment = templates(_PACKAGE)
    environment.filters["clip"] = clip
    limits: Mapping[str, int] = {"name_length": NAME, "why_length": EVIDENCE}
    environment.globals.update(limits)
    return environment
