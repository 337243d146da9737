"""Named lists of phrases, from lexicons.yaml; a check names one as `@name`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from usersim_opt.basics import strict_yaml

LEXICONS: dict[str, tuple[str, ...]] = {
    name: tuple(listed)
    for name, listed in strict_yaml.load(Path(__file__).with_name("lexicons.yaml")).items()
}
"""Named lists of phrases, used in checks as `@name`."""


def phrases_of(items: Iterable[str]) -> Iterator[str]:
    """The phrases of a list with each `@name` replaced by its lexicon."""
    for item in items:
        if item.startswith("@"):
            yield from LEXICONS[item[1:]]
        else:
            yield item
