"""Values of options, from text to what they stand for."""

import argparse
from pathlib import Path
from typing import Any

from usersim_opt.basics.shipped import shipped_dataset, shipped_prompt
from usersim_opt.models.sampling import option_value


def dataset_folder(text: str) -> Path:
    """A folder, or the one of a data set that comes with the package."""
    return shipped_dataset(text)


def prompt_file(text: str) -> Path:
    """A file, or the one of a prompt that comes with the package."""
    return shipped_prompt(text)


def names(text: str) -> list[str]:
    """The names in a text with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def prices(text: str) -> dict[str, tuple[float, float]]:
    """`user=0.15/0.6,judge=2.5/10` as dollars per million tokens read and written, by role."""
    return dict(_price(part) for part in names(text))


def _price(part: str) -> tuple[str, tuple[float, float]]:
    role, _, price = part.partition("=")
    read, _, written = price.partition("/")
    try:
        pair = float(read), float(written)
    except ValueError:
        pair = -1.0, -1.0
    if not all(0 <= each < float("inf") for each in pair):
        raise argparse.ArgumentTypeError(
            f"{part!r}: expected role=read/written in dollars per million tokens, "
            "such as user=0.15/0.6"
        )
    return role, pair


def count(text: str) -> int:
    """A whole number of 1 or more."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number, 1 or more")
    return int(text)


def minutes(text: str) -> float:
    """A number of minutes above 0."""
    return _above_zero(text, "minutes")


def seconds(text: str) -> float:
    """A number of seconds above 0."""
    return _above_zero(text, "seconds")


def _above_zero(text: str, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected a number of {unit} above 0, such as 90 or 0.5"
        )
    return number


def sampling_options(text: str) -> dict[str, Any]:
    """`temperature=0.9,num_ctx=16384` as options.

    ArgumentTypeError names the part that does not fit.
    """
    options: dict[str, Any] = {}
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if not equals or not name.isidentifier():
            raise argparse.ArgumentTypeError(
                f"{part!r}: expected name=value, such as temperature=0.9"
            )
        options[name] = option_value(value)
    return options
