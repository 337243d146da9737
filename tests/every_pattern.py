"""Every compiled pattern of the package, found by looking, and texts that are hard on it."""

import importlib
import pkgutil
import re
import re._constants as c
import re._parser as parser
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import usersim_opt

_DEEP = 6
MOST_WORDS = 8
"""Words of a pattern from which near misses are made."""


def patterns():
    """The patterns of all modules that can be imported, by where they were seen first."""
    found = {}
    for module in pkgutil.walk_packages(usersim_opt.__path__, "usersim_opt."):
        if module.name.endswith("__main__"):
            continue
        try:
            names = vars(importlib.import_module(module.name))
        except ImportError:  # what belongs to an extra
            continue
        for name, value in list(names.items()):
            place = f"{module.name.removeprefix('usersim_opt.')}.{name}"
            for where, pattern in _in(value, place, _DEEP):
                found.setdefault((pattern.pattern, pattern.flags), (where, pattern))
    return dict(found.values())


def _in(value, place, deep):
    """The patterns in a value: itself, or those in what it holds."""
    if isinstance(value, re.Pattern):
        yield place, value
    elif not deep:
        return
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _in(each, f"{place}[{key!r}]", deep - 1)
    elif isinstance(value, tuple | list | set | frozenset):
        for number, each in enumerate(value):
            yield from _in(each, f"{place}[{number}]", deep - 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _in(getattr(value, each.name, None), f"{place}.{each.name}", deep - 1)


def words_of(pattern):
    """The longest words that a pattern itself names."""
    found = dict.fromkeys(_words(parser.parse(pattern.pattern, pattern.flags)))
    return sorted(found, key=len, reverse=True)[:MOST_WORDS]


def _words(tree):
    word = ""
    for op, value in tree:
        if op is c.LITERAL:
            word += chr(value)
            continue
        if word:
            yield word
        word = ""
        for part in _parts(op, value):
            yield from _words(part)
    if word:
        yield word


def _parts(op, value):
    """What stands inside a part of a pattern."""
    if op is c.BRANCH:
        return value[1]
    if op is c.SUBPATTERN:
        return [value[3]]
    if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
        return [value[2]]
    if op in (c.ASSERT, c.ASSERT_NOT):
        return [value[1]]
    return [value] if op is c.ATOMIC_GROUP else []
