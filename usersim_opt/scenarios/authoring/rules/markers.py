"""Markers of the replies that language models gave in 2022 and hardly give any more."""

from collections.abc import Iterator

from usersim_opt.basics.text import find_phrases, fold
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.rules.quality import MARKERS

LIST = "list"
"""The marker of a reply that is laid out as a list, beside those of quality.yaml."""
_ABOUT_LISTS = ("list", "layout", "bullet", "numbered")


def markers_in(reply: str) -> dict[str, str]:
    """The markers that a reply carries: by name, the words that show it."""
    return dict(_found(reply))


def _found(reply: str) -> Iterator[tuple[str, str]]:
    for name, marker in MARKERS.items():
        if phrases := find_phrases(reply, marker.phrases):
            yield name, repr(phrases[0])
    if checks.has_list(reply):
        yield LIST, "a list"


def is_about(fault: str, marker: str) -> bool:
    """Whether the words for a fault name what a marker shows, such as `thanks for a refusal`."""
    stems = _ABOUT_LISTS if marker == LIST else MARKERS[marker].about
    folded = fold(fault)
    return any(stem in folded for stem in stems)
