"""Arguments of public functions are held to their annotations, in one way for all of them.

    @checks_arguments
    def evaluate(simulator: UserSimulator, *, seeds: Count = 1, workers: Workers = 8): ...

    evaluate("text")           InputError: simulator is 'text'; expected a UserSimulator, ...
    evaluate(sim, seeds="3")   InputError: seeds is '3'; expected a whole number of 1 or more

So a mistake is told by name where it was made, before anything is spent, and not as a Python error
from inside. An int is a whole number and no True, a float a finite number, `str | Path` a path; of
a list or tuple each element is looked at. `Annotated[int, AtLeast(1)]` sets a least value.

Not covered: Protocols, whose own checks say what is missing; what mappings hold; generators.
"""

import inspect
import math
import os
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from functools import cache, wraps
from numbers import Integral, Real
from pathlib import Path
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from usersim_opt.basics.errors import InputError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(frozen=True)
class AtLeast:
    """The least value of a number, as an annotation."""

    number: int


Count = Annotated[int, AtLeast(1)]
"""A whole number of 1 or more."""
Workers = Annotated[int, AtLeast(1)] | Executor
"""Threads, or an executor of the standard library."""

_SUCH_AS = {
    "UserSimulator": "uso.UserSimulator(prompt, lm)",
    "Prompt": "uso.read_prompt(path)",
    "LM": 'uso.connect("openai/NAME")',
    "Dataset": "uso.load_dataset(folder)",
    "Task": "data.tasks['001']",
    "Example": "those of data.train",
    "Evaluation": "what uso.evaluate gives",
    "Conversation": "what uso.converse gives",
    "ResultSet": "what uso.realism.of_conversations gives",
    "Measured": "what uso.realism.measure gives",
    "ItemAnalysis": "what uso.item_analysis gives",
    "OptimizationResult": "what uso.load_result gives",
    "Retry": "Retry(attempts=5)",
    "Pairs": "what uso.realism.conversation_pairs gives",
}
"""Where an object of a kind comes from, by the name of its class."""
_FULL = {"LM": "dspy.LM", "Example": "dspy.Example"}
"""What a class is called where its own name says too little."""
_BROADER = {"LM": "BaseLM"}
"""Annotated kinds for which another one of the same family will do, by the names of the classes."""


@dataclass(frozen=True)
class _Kind:
    """What a value may be, in words and as a test."""

    words: str
    fits: Callable[[Any], bool]
    elements: "_Kinds" = ()
    """Of a list, what its elements may be."""
    such_as: str = ""
    """Where one comes from."""


_SEVERAL = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_Kinds = Sequence[_Kind]
"""The kinds of which one must fit; none for a value of any kind."""


def checks_arguments(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The function, with arguments that are no such as their annotations say as InputError.

    A missing argument, and one that there is none of, are Python's own TypeError.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: Parameters.args, **inputs: Parameters.kwargs) -> Result:
        for name, value in _named(signature, args, inputs):
            _check(name, value, _kinds_by_name(function).get(name, ()))
        return function(*args, **inputs)

    return call


def check_fields(record: Any) -> None:
    """InputError for a field of a dataclass that is no such as its annotation says."""
    kind: Any = type(record)
    kinds = _kinds_by_name(kind)
    for field in fields(record):
        if field.init and field.name in kinds:
            _check(field.name, getattr(record, field.name), kinds[field.name])


def check_count(name: str, value: Any, *, least: int = 1) -> None:
    """InputError for what is no whole number of `least` or more."""
    _check(name, value, [_number(int, least)])


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number; to Python, True is one as well."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def shown(value: Any) -> str:
    """A value in a message: itself where it is short and plain, else its kind."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if inspect.isroutine(value):
        return f"the function {value.__name__}"
    if value is None or isinstance(value, str | bytes | Real | Mapping | Collection):
        return f"{value!r:.60}"
    return f"a {type(value).__name__}"


# -- one argument --------------------------------------------------------------------------------


def _named(
    signature: inspect.Signature, args: Sequence[Any], inputs: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """The named arguments of a call that were given; none where the call itself is wrong."""
    try:
        given = signature.bind(*args, **inputs).arguments
    except TypeError:
        return []
    kinds = {name: parameter.kind for name, parameter in signature.parameters.items()}
    return [(name, value) for name, value in given.items() if kinds[name] not in _SEVERAL]


def _fits(value: Any, kinds: _Kinds) -> bool:
    return not kinds or any(kind.fits(value) for kind in kinds)


def _check(name: str, value: Any, kinds: _Kinds) -> None:
    if not _fits(value, kinds):
        place, found = _first_misfit(name, value, kinds)
        raise InputError(f"{place} is {shown(found)}; expected {_words(kinds)}{_example(kinds)}")


def _words(kinds: _Kinds) -> str:
    return " or ".join(kind.words for kind in kinds)


def _example(kinds: _Kinds) -> str:
    """The first example that the kinds have, or the elements of a list among them."""
    every = [*kinds, *(element for kind in kinds for element in kind.elements)]
    return next((f", such as {kind.such_as}" for kind in every if kind.such_as), "")


def _first_misfit(name: str, value: Any, kinds: _Kinds) -> tuple[str, Any]:
    """Where the misfit is and what stands there: an element, where the rest is a right list."""
    elements = next((kind.elements for kind in kinds if kind.elements), ())
    if elements and isinstance(value, list | tuple):
        for number, element in enumerate(value):
            if not _fits(element, elements):
                return f"{name}[{number}]", element
    return name, value


# -- what an annotation means --------------------------------------------------------------------


@cache
def _kinds_by_name(annotated: Any) -> dict[str, tuple[_Kind, ...]]:
    """The kinds of each parameter or field by its name."""
    hints = {
        name: hint
        for name, hint in inspect.get_annotations(annotated).items()
        # A quoted annotation names what is not loaded before it is used.
        if not isinstance(hint, str) and name != "return"
    }
    return {name: tuple(_kinds(hint)) for name, hint in hints.items()}


def _kinds(hint: Any) -> list[_Kind]:
    """The kinds that an annotation takes; none where it takes anything, or cannot be tested."""
    parts = list(_parts(hint))
    if {str, Path} <= set(parts):
        parts = [Path, *(part for part in parts if part not in (str, Path))]
    kinds = [_kind(part) for part in parts]
    known = [kind for kind in kinds if kind is not None]
    return known if len(known) == len(kinds) else []


def _parts(hint: Any) -> Iterator[Any]:
    """The alternatives of an annotation."""
    if get_origin(hint) in (Union, types.UnionType):
        for part in get_args(hint):
            yield from _parts(part)
    else:
        yield hint


def _kind(hint: Any) -> _Kind | None:
    """The kind of one alternative; None where it cannot be tested."""
    origin = get_origin(hint)
    if origin is None:
        return _PLAIN.get(hint) or _object(hint)
    if origin in _MAKERS:
        return _MAKERS[origin](get_args(hint))
    return _OTHERS.get(origin)


def _limited(args: tuple[Any, ...]) -> _Kind | None:
    """The kind of an Annotated number; None for other annotations."""
    kind, limit = args[:2]
    return _number(kind, limit.number) if isinstance(limit, AtLeast) else None


def _number(kind: type, least: int | None = None) -> _Kind:
    is_one = is_whole if kind is int else is_number
    words = "a whole number" if kind is int else "a number"
    if least is None:
        return _Kind(words, is_one)
    return _Kind(f"{words} of {least} or more", lambda value: is_one(value) and value >= least)


def _choice(options: tuple[Any, ...]) -> _Kind:
    words = " or ".join(map(repr, options))
    return _Kind(words, lambda value: isinstance(value, str) and value in options)


def _object(hint: Any) -> _Kind | None:
    """An object of a class; None for Protocols, which have checks of their own."""
    if hint is Any or not isinstance(hint, type) or getattr(hint, "_is_protocol", False):
        return None
    name = hint.__name__
    article = "an" if name[0] in "AEIO" else "a"
    broader = _BROADER.get(name, name)

    def fits(value: Any) -> bool:
        names = [kind.__name__ for kind in type(value).__mro__]
        return isinstance(value, hint) or broader in names

    return _Kind(f"{article} {_FULL.get(name, name)}", fits, such_as=_SUCH_AS.get(name, ""))


def _sequence(args: tuple[Any, ...]) -> _Kind:
    return _listed(args, Sequence)


def _tuple(args: tuple[Any, ...]) -> _Kind:
    """A sequence, of so many elements where the annotation names each."""
    kind = _sequence(args)
    if Ellipsis in args:
        return kind
    return replace(
        kind,
        words=kind.words.replace("a list", f"a list of {len(args)}", 1),
        fits=lambda value: kind.fits(value) and len(value) == len(args),
    )


def _iterable(args: tuple[Any, ...]) -> _Kind:
    return _listed(args, Iterable)


def _listed(args: tuple[Any, ...], form: type) -> _Kind:
    """A list, or whatever is gone through, with its elements where they are all of one kind."""
    inside = set(args) - {Ellipsis}
    elements = _kinds(inside.pop()) if len(inside) == 1 else []
    of_what = f", each one {_words(elements)}" if elements else ""

    def fits(value: Any) -> bool:
        # A single record may well be gone through, by its fields; an empty list is none.
        is_empty = isinstance(value, list | tuple) and not value
        is_one = bool(elements) and not is_empty and _fits(value, elements)
        if is_one or isinstance(value, str | bytes) or not isinstance(value, form):
            return False
        # What is gone through once only must not be gone through here.
        return not isinstance(value, list | tuple) or all(_fits(one, elements) for one in value)

    return _Kind(f"a list{of_what}", fits, elements)


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike) and str(value).strip() != ""


_PLAIN: dict[Any, _Kind] = {
    int: _number(int),
    float: _number(float),
    str: _Kind("a text", lambda value: isinstance(value, str)),
    bool: _Kind("True or False", lambda value: isinstance(value, bool)),
    Path: _Kind("a path", _is_path, such_as="'runs/mine'"),
    type(None): _Kind("None", lambda value: value is None),
}
_OTHERS: dict[Any, _Kind] = {
    Mapping: _Kind("a mapping", lambda value: isinstance(value, Mapping)),
    dict: _Kind("a dict", lambda value: isinstance(value, dict)),
    Callable: _Kind("a function", lambda value: callable(value) and not isinstance(value, type)),
}
_MAKERS: dict[Any, Callable[[tuple[Any, ...]], _Kind | None]] = {
    Annotated: _limited,
    Literal: _choice,
    Sequence: _sequence,
    list: _sequence,
    tuple: _tuple,
    Iterable: _iterable,
}
