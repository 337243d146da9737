"""What tokens cost: a price by role, given or known of the model, and the money that it makes.

    {"user": {"read": 0.15, "written": 0.6, "source": "litellm"}}      prices.json in a run folder

Prices are in dollars per million tokens. Those that are known stand in the price map that comes
with litellm, which is read from the disk: nothing is asked over a network, and the map is as old
as the installed litellm. A stand-in costs nothing.

Not covered: tokens of a prompt cache, batches and other discounts: tokens cost the full price.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from pydantic import NonNegativeFloat

from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import write_text
from usersim_opt.basics.showing import visibly
from usersim_opt.models.naming import is_offline
from usersim_opt.scenarios.records import Record

FILE = "prices.json"
MILLION = 1_000_000
GivenPrices = Mapping[str, tuple[float, float]]
"""Dollars per million tokens read and written, by role."""
_MAP = "model_prices_and_context_window_backup.json"


class Price(Record):
    """Dollars per million tokens of one role."""

    read: NonNegativeFloat
    written: NonNegativeFloat
    source: Literal["given", "litellm", "stand-in"]


Prices = Mapping[str, Price]
"""By role; a role is left out whose price is not known."""


def check_prices(given: Any) -> None:
    """InputError for prices that are no pairs of numbers by role."""
    if given is None:
        return
    is_mapping = isinstance(given, Mapping) and all(isinstance(role, str) for role in given)
    if not is_mapping or not all(map(_is_pair, given.values())):
        raise InputError(
            f"prices is {given!r:.80}; expected dollars per million tokens read and written by "
            'role, such as {"user": (0.15, 0.6), "judge": (2.5, 10)}'
        )


def _is_pair(value: Any) -> bool:
    numbers = (int, float)
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and all(isinstance(each, numbers) and isfinite(each) and each >= 0 for each in value)
    )


def prices_of(models: Mapping[str, str], given: GivenPrices | None = None) -> dict[str, Price]:
    """The price of each role: the given one, else what is known of its models.

    `models` are model strings by role, the judges of a panel as `judge.1` and so on; a role with
    several models has a price only where all have the same. InputError for a given price of a role
    that the run has not.
    """
    roles: dict[str, set[str]] = {}
    for name, model in models.items():
        roles.setdefault(name.partition(".")[0], set()).add(model)
    if unknown := sorted((given or {}).keys() - roles.keys()):
        raise InputError(
            f"a price is given for {unknown[0]!r}, which is no role here; "
            f"expected {', '.join(sorted(roles))}"
        )
    known = {role: _common(map(known_price, each)) for role, each in roles.items()}
    prices = {role: price for role, price in known.items() if price}
    for role, (read, written) in (given or {}).items():
        prices[role] = Price(read=float(read), written=float(written), source="given")
    return prices


def _common(prices: Iterable[Price | None]) -> Price | None:
    """The price that all have; None where they differ."""
    distinct = set(prices)
    return distinct.pop() if len(distinct) == 1 else None


def known_price(model: str) -> Price | None:
    """What a million tokens of a model cost by litellm's map; None for one that it has not."""
    name = model.split(" ", maxsplit=1)[0]
    if is_offline(name):
        return Price(read=0.0, written=0.0, source="stand-in")
    entry = _entry(name)
    pair = [entry.get(f"{kind}_cost_per_token", "") for kind in ("input", "output")]
    if not _is_pair(pair):
        return None
    read, written = (round(float(cost) * MILLION, 6) for cost in pair)
    return Price(read=read, written=written, source="litellm")


def _entry(name: str) -> Mapping[str, Any]:
    """What the map has of a model, under its full name or under that without its provider."""
    provider, _, bare = name.partition("/")
    if name in _price_map():
        return dict(_price_map()[name])
    entry = _price_map().get(bare, {})
    return entry if entry.get("litellm_provider") == provider else {}


@cache
def _price_map() -> Mapping[str, Any]:
    """Litellm's map, without importing litellm, which would ask for a newer one; maybe empty."""
    spec = find_spec("litellm")
    file = Path(spec.origin).with_name(_MAP) if spec and spec.origin else None
    if file is None or not file.is_file():
        return {}
    prices = strict_json.loads(file.read_bytes())
    return prices if isinstance(prices, dict) else {}


# -- in a run folder -----------------------------------------------------------------------------


def write_prices(folder: Path, inputs: Mapping[str, Any], given: GivenPrices | None) -> None:
    """Keep the prices of a run in its folder; `inputs` name its models as `model.user` and so on.

    Those of an earlier start stay where none are given.
    """
    if given is None and (folder / FILE).is_file():
        return
    prices = prices_of(models_in_inputs(inputs), given)
    written = {role: price.model_dump(mode="json") for role, price in prices.items()}
    write_text(folder / FILE, json.dumps(written, indent=2) + "\n")


def models_in_inputs(inputs: Mapping[str, Any]) -> dict[str, str]:
    """The model strings by role that the inputs of a run name."""
    named = {name: str(value) for name, value in inputs.items() if name.startswith("model.")}
    return {name.removeprefix("model."): model for name, model in named.items()}


def read_prices(folder: Path, problems: list[str]) -> dict[str, Price]:
    """The prices in a run folder, none in one without; what cannot be read becomes a problem."""
    file = folder / FILE
    if not file.is_file():
        return {}
    try:
        kept = strict_json.loads(file.read_bytes())
        return {role: Price.model_validate(price) for role, price in kept.items()}
    except (OSError, ValueError, AttributeError) as error:
        problems.append(f"{FILE}: not readable ({type(error).__name__}); no money is told")
        return {}


# -- money ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Money:
    """Dollars by role, and the roles whose tokens have no price."""

    by_role: Mapping[str, float]
    unknown: tuple[str, ...]

    @property
    def total(self) -> float:
        """Dollars of the roles with a price."""
        return sum(self.by_role.values())

    @visibly
    def __str__(self) -> str:
        """`$1.24`, and what is not in it."""
        if not self.by_role:
            return "price not known"
        without = f", without {' and '.join(self.unknown)} (price not known)"
        return dollars(self.total) + (without if self.unknown else "")


def money(tokens: Mapping[str, int], written: Mapping[str, int], prices: Prices) -> Money:
    """What tokens cost; `written` are those of them that were written.

    A role without a price, or whose written tokens are not told apart, is not known.
    """
    spent = [role for role, number in tokens.items() if number]
    known = [role for role in spent if role in prices and role in written]
    by_role = {role: _cost(tokens[role], written[role], prices[role]) for role in known}
    return Money(by_role, tuple(role for role in spent if role not in known))


def _cost(tokens: int, written: int, price: Price) -> float:
    return ((tokens - written) * price.read + written * price.written) / MILLION


def read_and_written(tokens: int, written: int | None) -> str:
    """`9,500 read, 500 written`, or the tokens together where they are not told apart."""
    if written is None:
        return f"{tokens:,}"
    return f"{tokens - written:,} read, {written:,} written"


def dollars(amount: float) -> str:
    """An amount as it is read: cents, and what is less than a cent as such."""
    return "less than $0.01" if 0 < amount < 0.005 else f"${amount:,.2f}"
