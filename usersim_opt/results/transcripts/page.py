"""One HTML file of conversations: search, and prompts side by side on the same task and seed.

It has the style, the escaping and the policy of a run's page: no network, nothing runs but its own
script. Without the script everything can be read; search and choice need it.

Not covered: thousands of conversations on one page; write several.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from usersim_opt.customer.conversation import Conversation
from usersim_opt.models.naming import is_offline
from usersim_opt.results.report.frame import frame, packaged, templates
from usersim_opt.results.report.wording import TURN, clip

_PACKAGE, _STYLE = "usersim_opt.results.transcripts", "usersim_opt.results.report"
_EVIDENCE, _HEAD = 300, 160
Names = Mapping[str, str]
"""What to call a prompt, by its sha256."""
_Side = tuple[str, str, str, str]
"""Prompt, model of the customer, agent, steering."""


@dataclass(frozen=True)
class _Group:
    """The conversations of one task and seed, one for each side; None where there is none."""

    task: str
    seed: int
    talks: tuple[Conversation | None, ...]

    @property
    def marks(self) -> str:
        """What the group can be chosen by: the ends of its conversations, and `broken`."""
        ends = {talk.end for talk in self.talks if talk}
        broken = {"broken" for talk in self.talks if talk and talk.broken}
        return " ".join(sorted(ends | broken))


@checks_arguments
def write_transcripts(
    conversations: Iterable[Conversation], path: str | Path, *, names: Names | None = None
) -> Path:
    """Write the page, whole or not at all, and return its path.

    Conversations of several prompts, customers or agents stand side by side where task and seed are
    the same. `names` calls prompts by a name, by their sha256. InputError for no conversation.
    """
    file = Path(path)
    check_writable(file)
    write_text(file, render(list(conversations), names or {}))
    return file


def render(conversations: Sequence[Conversation], names: Names) -> str:
    """The page as text."""
    if not conversations:
        raise InputError("there is no conversation to show; expected one or more")
    template = _environment().get_template("page.html")
    values = {**_frame(), **_sections(conversations, names)}
    # Any turn may hold what a browser obeys or a file cannot hold: one pass misses none.
    return visible(template.render(values))


def _frame() -> dict[str, Any]:
    style = Markup("").join([packaged(_STYLE, "style.css"), packaged(_PACKAGE, "page.css")])
    return frame(style, packaged(_PACKAGE, "page.js"))


def _sections(conversations: Sequence[Conversation], names: Names) -> dict[str, Any]:
    sides = list(dict.fromkeys(map(_side, conversations)))
    offline = any(is_offline(each.user) or is_offline(each.agent) for each in conversations)
    return {
        "title": many(len(conversations), "conversation"),
        "heads": [_head(side, sides, names) for side in sides],
        "summary": [_row(side, conversations) for side in sides],
        "groups": _groups(conversations, sides),
        "counted": "conversations" if len(sides) == 1 else "tasks and seeds",
        "offline": OFFLINE_NOTE if offline else "",
        "made_by": __version__,
    }


def _side(conversation: Conversation) -> _Side:
    steering = conversation.steering or "not steered"
    return conversation.prompt_sha256, conversation.user, conversation.agent, steering


def _head(side: _Side, sides: Sequence[_Side], names: Names) -> str:
    """The name of a side: its prompt, and what else tells it from the others."""
    told = [names.get(side[0], side[0][:12])]
    told += [side[n] for n in (1, 2, 3) if len({each[n] for each in sides}) > 1]
    return ", ".join(told)


def _row(side: _Side, conversations: Sequence[Conversation]) -> list[int]:
    """How many there are, ended in each way, and have a broken guard."""
    own = [each for each in conversations if _side(each) == side]
    ends = [sum(each.end == end for each in own) for end in ("stopped", "turn_limit", "failed")]
    return [len(own), *ends, sum(bool(each.broken) for each in own)]


def _groups(conversations: Sequence[Conversation], sides: Sequence[_Side]) -> list[_Group]:
    """By task and seed in the order of the first ones; the last of two that are alike counts."""
    by_key: dict[tuple[str, int], dict[_Side, Conversation]] = {}
    for each in conversations:
        by_key.setdefault(each.key, {})[_side(each)] = each
    return [
        _Group(task, seed, tuple(map(talks.get, sides))) for (task, seed), talks in by_key.items()
    ]


@cache
def _environment() -> Environment:
    environment = templates(_PACKAGE)
    environment.filters["clip"] = clip
    environment.globals |= {"turn_length": TURN, "evidence": _EVIDENCE, "head_length": _HEAD}
    return environment
