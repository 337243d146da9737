"""Check an installation: a small search with stand-in models, offline."""

import argparse
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import usersim_opt as uso
from usersim_opt.basics.errors import UsersimError
from usersim_opt.basics.version import __version__
from usersim_opt.commands import cli

CALLS = 160
EVERY_TRAINED, EVERY_HELD_OUT = 9, 6
"""Every so many scenarios take part: as few as show each step, of as many tasks as they can be."""
ROLES = ("user", "judge", "proposer")
Step = tuple[str, Callable[[], str]]
"""A step's name, and what does it and says what it saw."""


def options() -> argparse.ArgumentParser:
    """The command line."""
    return cli.command(__name__)


def main() -> int:
    """Take the steps in a folder that is gone afterwards; the status is 1 where one fails."""
    options().parse_args()
    with TemporaryDirectory() as folder:
        for name, step in Check(Path(folder)).steps():
            try:
                seen = step()
            except (UsersimError, ImportError, OSError) as error:
                print(f"FAILED  {name}: {error}")
                return 1
            print(f"ok  {name}: {seen}")
    print(f"\nusersim-opt {__version__} works here. Nothing was asked over a network.")
    return 0


class Check:
    """The steps; each goes on from the one before it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def steps(self) -> Iterator[Step]:
        """The steps in their order."""
        yield "versions", self.versions
        yield "data set", self.data_set
        yield "models", self.models
        yield "search", self.search
        yield "export", self.export
        yield "page", self.page

    def versions(self) -> str:
        """Python and the one package that everything hangs on."""
        return f"Python {platform.python_version()}, DSPy {version('dspy')}"

    def data_set(self) -> str:
        """What comes with the package can be read."""
        self.data, self.prompt = uso.load_dataset("airline"), uso.read_prompt("base")
        return f"airline {self.data!r}, prompt base with {len(self.prompt.pieces)} pieces"

    def models(self) -> str:
        """The stand-ins answer."""
        self.lms = {role: uso.connect(f"offline/{role}") for role in ROLES}
        for role, lm in self.lms.items():
            uso.preflight(lm, role)
        return f"{', '.join(f'offline/{role}' for role in ROLES)} answer"

    def search(self) -> str:
        """A search runs to its end and decides."""
        optimizer = uso.RubricOptimizer(
            metric=uso.RubricMetric(uso.RubricJudge(self.lms["judge"])),
            proposer_lm=self.lms["proposer"],
            run_dir=self.folder / "run",
            max_calls=CALLS,
        )
        sim = uso.UserSimulator(self.prompt, self.lms["user"])
        trained = self.data.train[::EVERY_TRAINED]
        held_out = self.data.smoke[::EVERY_HELD_OUT]
        self.best = optimizer.compile(sim, trainset=trained, valset=held_out)
        return f"{len(self.best.result.versions)} versions tried within {CALLS} calls"

    def export(self) -> str:
        """The prompt is written byte for byte."""
        file = uso.export_prompt(self.best, self.folder / "tuned.txt")
        if uso.read_prompt(file) != self.best.prompt:
            raise OSError(f"{file.name} does not hold the prompt that was written")
        return f"{file.name} holds the prompt, {len(self.best.prompt.text)} characters"

    def page(self) -> str:
        """The page of the run is written."""
        page = self.best.result.to_html()
        return f"{page.name}, {page.stat().st_size // 1024} KB"
