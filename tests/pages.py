"""The commands and the Python of a page, run in this process: children would take minutes."""

import importlib
import shlex
import sys


def run_command(line, monkeypatch, folder):
    """The status of a line `usersim-opt NAME ...` of a page, run in a folder."""
    program, name, *arguments = shlex.split(line)
    command = importlib.import_module(f"usersim_opt.commands.{name.replace('-', '_')}")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    return command.main()


def run_python(code, monkeypatch, folder):
    """The names that a page's code leaves, run in a folder."""
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(compile(code, "page", "exec"), names)
    return names
