"""The programs, run in this process: each child of its own would import DSPy anew, for seconds.

tests/test_programs.py holds that a child says the same.
"""

import io
import sys
import warnings
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from types import SimpleNamespace

import pytest

from usersim_opt.commands.entry import leaving
from usersim_opt.commands.entry.start import start

UNSEEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
"""What Python itself keeps from whoever runs a program; pytest makes errors of them all."""


def run(program, *arguments, cwd, said=""):
    """The exit code and what was said by `python programs/PROGRAM.py ARGUMENTS` in a folder.

    `said` is what stands on its standard input.
    """
    return left(lambda: start(program, [*map(str, arguments)]), cwd=cwd, said=said)


def run_benchmark(main, *arguments, cwd):
    """The same of a program of benchmarks/, by its main function."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [main.__module__, *map(str, arguments)])
        return left(lambda: leaving.run(main), cwd=cwd)


def left(program, *, cwd, said=""):
    """The exit code with which a program leaves, and what was said."""
    out, err = _stream("strict"), _stream("backslashreplace")
    with (
        _as_started(said),
        chdir(cwd),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        program()
    code = ended.value.code or 0
    return SimpleNamespace(returncode=code, stdout=_text(out), stderr=_text(err))


@contextmanager
def _as_started(said):
    """Arguments, standard input and warnings as a program finds them, and afterwards as before."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(sys, "argv", list(sys.argv))
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said.encode()), "utf-8"))
        warnings.resetwarnings()
        for category in UNSEEN:
            warnings.simplefilter("ignore", category)
        yield


def _stream(errors):
    return io.TextIOWrapper(io.BytesIO(), "utf-8", errors=errors, write_through=True)


def _text(stream):
    return stream.buffer.getvalue().decode()
