"""Keys and passwords in addresses, options and errors."""

from collections.abc import Iterator
from pathlib import Path

from _attack_ways import Came, Family, Way

import usersim_opt as uso
from usersim_opt.basics.errors import UsersimError

PASSWORD, KEY = "secretpw77", "sk-SECRET0123abc"


def _kept(text: str) -> bool:
    return PASSWORD not in text and KEY not in text


def in_a_program(folder: Path) -> Came:
    """What a program's `repr`, saved state, exports and errors hold of its model's secrets."""
    address = f"http://user:{PASSWORD}@127.0.0.1:9/v1"
    lm = uso.connect("openai/m", api_base=address, api_key=KEY, num_retries=0)
    simulator = uso.UserSimulator("You are a customer.\n\n<scenario>\n{scenario}\n</scenario>", lm)

    def tries() -> Iterator[tuple[bool, str]]:
        for module in (simulator, uso.RubricJudge(lm), uso.LMAgent(lm, "Be kind.")):
            module.save(folder / "saved.json")
            yield _kept(repr(module) + (folder / "saved.json").read_text()), "saved without them"
        for form, name in (("text", "p.txt"), ("tau2", "g.md"), ("dspy", "d.json")):
            yield _kept(uso.export(simulator, folder / name, form=form).read_text()), form
        try:
            uso.preflight(lm, "user")
        except UsersimError as error:
            yield _kept(str(error) + repr(error)), str(error)

    return Came.of(tries())


def of_ollama(folder: Path) -> Came:
    """User and password in an address of Ollama."""

    def tries() -> Iterator[tuple[bool, str]]:
        for address in (f"http://u:{PASSWORD}@h:1", f"u:{PASSWORD}@h", f"http://u:{PASSWORD}/x@h"):
            try:
                uso.connect("ollama/m", api_base=address)
            except UsersimError as error:
                yield _kept(repr(error)), str(error)
            else:
                yield False, "the address was taken"

    return Came.of(tries())


WAYS = Family(
    "Secrets",
    (
        Way("a password in the address, a key in the options", in_a_program),
        Way("user and password for Ollama", of_ollama),
    ),
)
