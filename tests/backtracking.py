"""How many steps a backtracking matcher takes, so that a test of linear time needs no clock.

    steps(pattern, flags, text, most=10**6)

A pattern is taken apart by the standard library's own parser and made a small program, whose steps
are counted as that library's matcher would take them: it tries alternatives in their order and goes
back where one fails. What it skips by tricks of its own is not skipped here, so that the count is
rather too high.
"""

import re
import re._constants as c
import re._parser as parser
from functools import cache

_FAIL, _CHAR, _SPLIT, _JUMP, _AT, _LOOK, _ATOM, _MARK, _MOVED, _SAVE, _SAME, _DONE = range(12)
_MANY = 400
"""Repeats beyond this are taken as without end."""


class TooManySteps(Exception):
    """The text takes more steps than are allowed."""


def steps(pattern, flags, text, *, most=2_000_000, at_the_beginning=False):
    """Steps of `finditer` over a text, or of `match`; TooManySteps beyond `most`."""
    counter = [0, most]
    code = _program(pattern, flags)
    if at_the_beginning:
        _run(code, 0, text, 0, counter)
        return counter[0]
    start = 0
    while start <= len(text):
        end = _run(code, 0, text, start, counter)
        counter[0] += 1
        start = start + 1 if end is None or end == start else end
    return counter[0]


@cache
def _program(pattern, flags):
    tree = parser.parse(pattern, flags)
    code = []
    _emit(tree, tree.state.flags, code)
    code.append((_DONE,))
    return code


def _emit(tree, flags, code):
    for op, av in tree:
        _EMIT[op](av, flags, code)


def _literal(av, flags, code):
    code.append((_CHAR, _one(re.escape(chr(av)), flags)))


def _not_literal(av, flags, code):
    code.append((_CHAR, _one(f"[^{re.escape(chr(av))}]", flags)))


def _any(av, flags, code):
    code.append((_CHAR, _one(".", flags)))


def _in(av, flags, code):
    body = "".join(_member(op, value) for op, value in av)
    code.append((_CHAR, _one(f"[{body}]", flags)))


def _member(op, value):
    if op is c.NEGATE:
        return "^"
    if op is c.LITERAL:
        return re.escape(chr(value))
    if op is c.RANGE:
        return "-".join(re.escape(chr(each)) for each in value)
    return _CATEGORY[value]


_CATEGORY = {
    c.CATEGORY_DIGIT: r"\d",
    c.CATEGORY_NOT_DIGIT: r"\D",
    c.CATEGORY_SPACE: r"\s",
    c.CATEGORY_NOT_SPACE: r"\S",
    c.CATEGORY_WORD: r"\w",
    c.CATEGORY_NOT_WORD: r"\W",
}


@cache
def _one(pattern, flags):
    """A test of one character, which remembers its answers."""
    match = re.compile(pattern, flags & (re.I | re.S | re.A | re.U)).match
    return cache(lambda character: match(character) is not None)


def _branch(av, flags, code):
    ends = []
    *most, last = av[1]
    for each in most:
        split = len(code)
        code.append(None)
        _emit(each, flags, code)
        ends.append(len(code))
        code.append(None)
        code[split] = (_SPLIT, split + 1, len(code))
    _emit(last, flags, code)
    for end in ends:
        code[end] = (_JUMP, len(code))


def _group(av, flags, code):
    number, add, drop, tree = av
    code.append((_SAVE, number, 0))
    _emit(tree, (flags | add) & ~drop, code)
    code.append((_SAVE, number, 1))


def _repeat(av, flags, code, *, lazy=False):
    least, most, tree = av
    for _ in range(least):
        _emit(tree, flags, code)
    if most is c.MAXREPEAT or most > _MANY:
        _loop(tree, flags, code, lazy=lazy)
        return
    splits = []
    for _ in range(most - least):
        splits.append(len(code))
        code.append(None)
        _emit(tree, flags, code)
    for split in splits:
        ways = (split + 1, len(code))
        code[split] = (_SPLIT, *(reversed(ways) if lazy else ways))


def _loop(tree, flags, code, *, lazy):
    begin = len(code)
    code.append(None)
    code.append((_MARK, begin))
    _emit(tree, flags, code)
    # A round that matched nothing would be repeated for ever.
    code.append((_MOVED, begin))
    code.append((_JUMP, begin))
    ways = (begin + 1, len(code))
    code[begin] = (_SPLIT, *(reversed(ways) if lazy else ways))


def _lazy(av, flags, code):
    _repeat(av, flags, code, lazy=True)


def _inner(tree, flags, code, op, *more):
    """A part that is matched by itself, and of which only the first way counts."""
    place = len(code)
    code.append(None)
    _emit(tree, flags, code)
    code.append((_DONE,))
    code[place] = (op, place + 1, len(code), *more)


def _possessive(av, flags, code):
    least, most, tree = av
    inner = parser.SubPattern(tree.state, [(c.MAX_REPEAT, (least, most, tree))])
    _inner(inner, flags, code, _ATOM)


def _atomic(av, flags, code):
    _inner(av, flags, code, _ATOM)


def _look(av, flags, code):
    direction, tree = av
    back = tree.getwidth()[0] if direction < 0 else 0
    _inner(tree, flags, code, _LOOK, back, True)


def _look_not(av, flags, code):
    direction, tree = av
    back = tree.getwidth()[0] if direction < 0 else 0
    _inner(tree, flags, code, _LOOK, back, False)


_POSITIONS = {
    c.AT_BEGINNING: r"^",
    c.AT_BEGINNING_STRING: r"\A",
    c.AT_BOUNDARY: r"\b",
    c.AT_NON_BOUNDARY: r"\B",
    c.AT_END: r"$",
    c.AT_END_STRING: r"\Z",
}


def _at(av, flags, code):
    match = re.compile(_POSITIONS[av], flags & (re.M | re.A | re.U)).match
    code.append((_AT, match))


def _same(av, flags, code):
    code.append((_SAME, av))


def _never(av, flags, code):
    code.append((_FAIL,))


_EMIT = {
    c.LITERAL: _literal,
    c.NOT_LITERAL: _not_literal,
    c.ANY: _any,
    c.IN: _in,
    c.BRANCH: _branch,
    c.SUBPATTERN: _group,
    c.MAX_REPEAT: _repeat,
    c.MIN_REPEAT: _lazy,
    c.POSSESSIVE_REPEAT: _possessive,
    c.ATOMIC_GROUP: _atomic,
    c.ASSERT: _look,
    c.ASSERT_NOT: _look_not,
    c.AT: _at,
    c.GROUPREF: _same,
    c.FAILURE: _never,
}


def _run(code, begin, text, position, counter):  # noqa: C901, PLR0912, PLR0915 - one step a case
    """Where a match ends that begins there; None for none."""
    ways = [(begin, position, ())]
    while ways:
        place, at, kept = ways.pop()
        while True:
            counter[0] += 1
            if counter[0] > counter[1]:
                raise TooManySteps
            step = code[place]
            op = step[0]
            if op == _CHAR:
                if at >= len(text) or not step[1](text[at]):
                    break
                at += 1
            elif op == _SPLIT:
                ways.append((step[2], at, kept))
                place = step[1]
                continue
            elif op == _JUMP:
                place = step[1]
                continue
            elif op == _AT:
                if not step[1](text, at):
                    break
            elif op in (_MARK, _SAVE):
                kept = ((step[1:], at), kept)
            elif op == _MOVED:
                if _latest(kept, (step[1],)) == at:
                    break
            elif op == _LOOK:
                start = at - step[3]
                found = None if start < 0 else _run(code, step[1], text, start, counter)
                if (found is not None) != step[4]:
                    break
                place = step[2]
                continue
            elif op == _ATOM:
                found = _run(code, step[1], text, at, counter)
                if found is None:
                    break
                at, place = found, step[2]
                continue
            elif op == _SAME:
                said = text[_latest(kept, (step[1], 0)) : _latest(kept, (step[1], 1))]
                if not text.startswith(said, at):
                    break
                at += len(said)
            elif op == _DONE:
                return at
            else:
                break
            place += 1
    return None


def _latest(kept, name):
    """The position that was kept last under a name."""
    while kept:
        (each, at), kept = kept
        if each == name:
            return at
    return 0
