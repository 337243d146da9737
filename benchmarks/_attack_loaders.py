"""Files written by hand: any value in any place of a file that is read."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from _attack_ways import Came, Family, Way

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import UsersimError

ROOT = Path(__file__).resolve().parent.parent
ODD: tuple[Any, ...] = (None, True, 0, -1, 1e308, "", "x", "../x", [], [None], {}, {"a": 1}, [[]])
"""What is put into each place."""
Load = Callable[[Path], object]


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of the data with each of its keys."""
    keys = data if isinstance(data, dict) else range(len(data))
    for key in list(keys):
        yield data, key
        if isinstance(data[key], dict | list):
            yield from _places(data[key])


def odd_values(good: Any, dumps: Callable[[Any], str], file: Path, load: Load) -> Came:
    """Put every odd value into every place; the file loads, or an error of ours names it."""

    def tries() -> Iterator[tuple[bool, str]]:
        for container, key in _places(good):
            was = container[key]
            for value in ODD:
                container[key] = value
                file.write_text(dumps(good))
                yield _read(file, load)
            container[key] = was

    return Came.of(tries())


def _read(file: Path, load: Load) -> tuple[bool, str]:
    try:
        load(file)
    except UsersimError as error:
        return file.name in str(error), str(error)
    except Exception as error:  # noqa: BLE001 - a crash is what is looked for
        return False, f"{type(error).__name__}: {error}"
    return True, "it loads, or one error names file, field, got and expected"


def dataset(folder: Path) -> Came:
    """A scenario and its task."""
    source = ROOT / "datasets" / "airline"
    for name in ("tasks/001.yaml", "scenarios/001.1.yaml", "splits.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text((source / name).read_text())
    (folder / "splits.yaml").write_text("train: ['001']\nsmoke: []\ntest: []\n")
    scenario = strict_yaml.load(folder / "scenarios/001.1.yaml")
    return odd_values(
        scenario,
        strict_yaml.dumps,
        folder / "scenarios/001.1.yaml",
        lambda file: uso.load_dataset(folder),
    )


def card(folder: Path) -> Came:
    """The card of an exported prompt."""
    simulator = uso.UserSimulator("You are a customer.", uso.connect("offline/user"))
    uso.export_prompt(simulator, folder / "p.txt")
    data = json.loads((folder / "p.json").read_text())

    def load(file: Path) -> object:
        return uso.export_prompt(simulator, folder / "p.txt")

    return odd_values(data, json.dumps, folder / "p.json", load)


def preferences(folder: Path) -> Came:
    """Two replies of which one was chosen."""
    from usersim_opt.measuring.recorded.preferences import read_preferences  # noqa: PLC0415

    sides = {"one": {"reply": "a"}, "other": {"reply": "b"}, "chosen": "one"}
    good = {"scenario": "001.3", **sides}
    return odd_values(good, json.dumps, folder / "p.jsonl", read_preferences)


WAYS = Family(
    "Files written by hand, with an odd value in each place in turn",
    (
        Way("a scenario", dataset),
        Way("a card, before the prompt is exported again", card),
        Way("preferences", preferences),
    ),
)
