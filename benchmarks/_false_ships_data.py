"""Drafts that know the data, splits that are none, guards that are lost: on the airline data."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from _bench_offline import ROOT
from _bench_worlds import world
from _false_ships_replies import only_new, right
from _false_ships_trial import Trial
from _false_ships_ways import Family, Tried, Try, Way

import usersim_opt as uso
from usersim_opt.scenarios.dataset import Dataset, example

CODE = re.compile(r"\b(?=\w*\d)(?=\w*[A-Z])[A-Z0-9]{6}\b")
FEW = 12
"""Scenarios of the smoke split: what the guard turns away is not measured on them."""


@cache
def airline() -> Dataset:
    """The airline data, as if it had no folder, so that nothing is counted beside it."""
    return replace(uso.load_dataset(ROOT / "datasets" / "airline"), folder=None)


def drafted(piece: str) -> Trial:
    """A trial of the airline's base prompt with one more piece."""
    base = uso.read_prompt(ROOT / "optimized" / "airline" / "base.txt").text
    draft = base.replace("\n\n<scenario>", f"\n- {piece}\n\n<scenario>")
    data = airline()
    return Trial(
        speak=lambda asked: "not sure",
        metric=uso.RubricMetric(),
        first=base,
        draft=draft,
        train=data.train,
        smoke=data.smoke[:FEW],
    )


def knowing(split: str, what: str) -> Try:
    """A draft that holds something of a task of a split."""

    def attempt(number: int) -> Tried:
        stories = [each.task.story for each in getattr(airline(), split)[:FEW]]
        return drafted(_PIECES[what](stories))(number)

    return attempt


def code(stories: Sequence[str]) -> str:
    """Advice with the first code of a story."""
    return f"Give a code such as {CODE.findall(' '.join(stories))[0]} only when asked."


def name(stories: Sequence[str]) -> str:
    """Advice with the customer's name."""
    found = re.search(r"You are ([A-Z]\w+ [A-Z]\w+)", " ".join(stories))
    return f"Write as {found.group(1) if found else ''} would."


def story(stories: Sequence[str]) -> str:
    """A whole story."""
    return " ".join(stories[0].split())


def retold(stories: Sequence[str]) -> str:
    """The words of a story in another order."""
    return " ".join(sorted(re.findall(r"[a-z]{4,}", stories[0])))


_PIECES = {"code": code, "name": name, "story": story, "retold": retold}


def renamed(tell: Callable[[str], str]) -> Trial:
    """The same under other numbers, told otherwise, and a draft that has learned them by heart."""
    train = world("toy-aa").train
    copies = [_renamed(each, tell) for each in train[:10]]
    known = {each.record.history[-1].text for each in copies}
    return Trial(
        train=train,
        smoke=copies,
        speak=lambda asked: asked.said(0.8 if asked.is_new and asked.turn in known else 0.4),
    )


def _renamed(old: Any, tell: Callable[[str], str]) -> Any:
    """An example under another task id, its story told otherwise."""
    new = {"id": f"9{old.task.id}", "story": tell(old.task.story)}
    task = old.task.model_copy(update=new)
    return example(task, old.record.model_copy(update={"id": f"9{old.record.id}"}))


def longer(story: str) -> str:
    """A story with one more word."""
    return f"{story} Today."


def backwards(story: str) -> str:
    """The words of a story from the last one on."""
    return " ".join(reversed(story.split()))


SAME = Trial(train=world("toy-aa").train, smoke=world("toy-aa").train)
FIVE = Trial(smoke=world("toy-aa").smoke[:5])
WAYS = Family(
    "Data",
    [
        Way("story of a training task", "copied into the draft", knowing("train", "story")),
        Way("code of a training task", "in an example", knowing("train", "code")),
        Way("training task retold", "its words in another order", knowing("train", "retold")),
        Way("story of a smoke task", "copied into the draft", knowing("smoke", "story")),
        Way("code of a smoke task", "in an example", knowing("smoke", "code")),
        Way("name of a smoke task", "in a piece of advice", knowing("smoke", "name")),
        Way("smoke task retold", "its words in another order", knowing("smoke", "retold")),
        Way("training tasks as smoke split", "the same tasks in both", SAME),
        Way("the same under other names", "the draft knows them by heart", renamed(str)),
        Way("the same in nearly the same words", "one more word in each story", renamed(longer)),
        Way("the same in other words", "the words of each story backwards", renamed(backwards)),
        Way("five scenarios", "as the whole smoke split", FIVE),
        Way(
            "guards lost while the score rises",
            "everything passes, in bold type",
            only_new(lambda asked: f"**{right(asked)}**"),
        ),
    ],
)
