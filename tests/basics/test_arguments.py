"""Arguments are held to their annotations; each kind of annotation, right and wrong."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import numpy as np
import pytest

from usersim_opt.basics.arguments import (
    AtLeast,
    Count,
    Workers,
    check_count,
    check_fields,
    checks_arguments,
)
from usersim_opt.basics.errors import InputError


class Thing:
    pass


class Talking(Protocol):
    def talk(self): ...


@checks_arguments
def takes(
    thing: Thing | None = None,
    *,
    whole: int = 0,
    number: float = 0.0,
    count: Count = 1,
    share: Annotated[int, AtLeast(0)] = 0,
    workers: Workers = 1,
    path: str | Path = ".",
    text: str = "",
    switch: bool = False,
    rule: Literal["one", "two"] = "one",
    things: Sequence[Thing] = (),
    stream: Iterable[Thing] = (),
    pair: tuple[str, str] = ("", ""),
    table: Mapping[str, int] | None = None,
    call: Callable[[], object] = print,
    talker: Talking | None = None,
    anything: Any = None,
    later: "Nothing" = None,  # noqa: F821 - a quoted annotation is not looked at
    **options: int,
):
    return "taken"


RIGHT = [
    {},
    {"thing": Thing()},
    {"thing": None},
    {"whole": -3},
    {"whole": np.int64(3)},
    {"number": 3},
    {"number": np.float32(0.5)},
    {"count": 1},
    {"share": 0},
    {"workers": 3},
    {"path": Path("a")},
    {"path": "a"},
    {"rule": "two"},
    {"things": [Thing()]},
    {"stream": (Thing() for _ in range(2))},
    {"pair": ["a", "b"]},
    {"table": {}},
    {"call": lambda: None},
    {"talker": 3},
    {"anything": object()},
    {"later": 3},
    {"other": "x"},
]
WRONG = [
    ({"thing": Thing}, "thing is the class Thing; expected a Thing or None"),
    ({"thing": takes}, "thing is the function takes; expected a Thing"),
    ({"whole": True}, "whole is True; expected a whole number"),
    ({"whole": "3"}, "whole is '3'; expected a whole number"),
    ({"whole": 1.0}, "whole is 1.0; expected a whole number"),
    ({"number": float("nan")}, "number is nan; expected a number"),
    ({"number": None}, "number is None; expected a number"),
    ({"count": 0}, "count is 0; expected a whole number of 1 or more"),
    ({"share": -1}, "share is -1; expected a whole number of 0 or more"),
    ({"workers": 0}, "workers is 0; expected a whole number of 1 or more or an Executor"),
    ({"path": ""}, "path is ''; expected a path, such as 'runs/mine'"),
    ({"path": b"a"}, "path is b'a'; expected a path"),
    ({"text": b"a"}, "text is b'a'; expected a text"),
    ({"switch": "yes"}, "switch is 'yes'; expected True or False"),
    ({"rule": "three"}, "rule is 'three'; expected 'one' or 'two'"),
    ({"rule": ["one"]}, "rule is ['one']; expected 'one' or 'two'"),
    ({"things": "ab"}, "things is 'ab'; expected a list, each one a Thing"),
    ({"things": {}}, "things is {}; expected a list"),
    ({"things": [Thing(), "x"]}, "things[1] is 'x'; expected a list, each one a Thing"),
    ({"stream": "ab"}, "stream is 'ab'; expected a list"),
    ({"pair": ["a"]}, "pair is ['a']; expected a list of 2, each one a text"),
    ({"table": []}, "table is []; expected a mapping or None"),
    ({"call": Thing}, "call is the class Thing; expected a function"),
]


@pytest.mark.parametrize("arguments", RIGHT)
def test_what_an_annotation_takes_goes_through(arguments):
    assert takes(**arguments) == "taken"


@pytest.mark.parametrize(("arguments", "complaint"), WRONG)
def test_what_it_does_not_take_is_named_with_what_is_expected(arguments, complaint):
    with pytest.raises(InputError) as error:
        takes(**arguments)
    assert complaint in str(error.value)


def test_executors_are_workers():
    with ThreadPoolExecutor(1) as threads:
        assert takes(workers=threads) == "taken"


def test_an_argument_by_place_is_looked_at_too():
    with pytest.raises(InputError, match="thing is 3"):
        takes(3)


def test_a_call_that_does_not_fit_the_function_is_python_s_own_error():
    with pytest.raises(TypeError):
        takes(None, None)


def test_what_is_gone_through_once_is_not_gone_through_before():
    @checks_arguments
    def all_of(things: Iterable[Thing]):
        return list(things)

    assert len(all_of(Thing() for _ in range(3))) == 3


@dataclass(frozen=True)
class Settings:
    patience: Count = 3
    name: str = ""

    def __post_init__(self):
        check_fields(self)


def test_fields_of_a_dataclass_are_held_to_their_annotations():
    assert Settings(patience=4).patience == 4
    with pytest.raises(InputError, match="patience is 'long'; expected a whole number of 1"):
        Settings(patience="long")


@pytest.mark.parametrize("value", [1, 2.0, True, None])
def test_a_count_has_a_least_value(value):
    with pytest.raises(InputError, match="folds is .*; expected a whole number of 2 or more"):
        check_count("folds", value, least=2)
