"""Whose prompt is written: a simulator's, or that of a version of a run."""

from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.versions import Version

Source = UserSimulator | OptimizationResult
"""What can be exported; a result stands for the prompt that its run shipped."""


def simulator_of(source: Source) -> UserSimulator:
    """The simulator itself, or one that runs what the run shipped and knows its result."""
    if isinstance(source, UserSimulator):
        return source
    return _running(source.shipped, source)


def simulator_of_version(result: OptimizationResult, name: str) -> UserSimulator:
    """One that runs the version of that name; InputError that lists some where there is none."""
    if name not in result.versions:
        raise InputError(
            f"version {name!r} is not in {result.run_dir}; it has {_some_names(result)}"
        )
    return _running(result.versions[name], result)


def _running(version: Version, result: OptimizationResult) -> UserSimulator:
    simulator = UserSimulator(Prompt(version.text))
    simulator.result = result
    return simulator


def _some_names(result: OptimizationResult) -> str:
    """The accepted versions, and how many there are in all."""
    accepted = ", ".join(version.id for version in result.accepted)
    return f"{len(result.versions)} versions, among them {accepted}"
