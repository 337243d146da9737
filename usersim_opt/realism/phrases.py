"""The phrase lists of the 19 features, from phrases.yaml: words by name, and patterns by name."""

import re
from collections.abc import Mapping
from pathlib import Path

from usersim_opt.basics import strict_yaml
from usersim_opt.realism.notation import pattern_of

Lists = Mapping[str, tuple[str, ...]]
"""Phrases by the name of their list."""


def read_lists(name: str) -> Lists:
    """The phrase lists of a file of this folder."""
    lists = strict_yaml.load(Path(__file__).with_name(name))
    return {name: tuple(phrases) for name, phrases in lists.items()}


def patterns_of(lists: Lists) -> Mapping[str, re.Pattern[str]]:
    """A pattern for each list."""
    return {name: pattern_of(phrases) for name, phrases in lists.items()}


PHRASES = read_lists("phrases.yaml")
"""The published lists."""
PATTERNS = patterns_of(PHRASES)
"""The published lists as patterns."""
