"""How a command ends: its status, errors without a traceback, Ctrl-C, a reader that has gone."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TextIO, cast

from usersim_opt.basics.errors import UsersimError
from usersim_opt.basics.showing import VisibleStream
from usersim_opt.basics.text import visible


def run(main: Callable[[], int], *, on_interrupt: str = "stopped") -> NoReturn:
    """Run a program and leave with its status.

    User errors, files that cannot be read or written, and Ctrl-C end it with one line on stderr.
    """
    warnings.showwarning = _print_note
    with _nothing_is_obeyed():
        _run(main, on_interrupt)


@contextmanager
def _nothing_is_obeyed() -> Iterator[None]:
    """What is written meanwhile has marks for what a terminal would obey, whoever writes it."""
    streams = sys.stdout, sys.stderr
    if sys.stdout is not None:  # a shell may have closed either
        sys.stdout = cast("TextIO", VisibleStream(sys.stdout))
    if sys.stderr is not None:
        sys.stderr = cast("TextIO", VisibleStream(sys.stderr, bars=True))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def _run(main: Callable[[], int], on_interrupt: str) -> NoReturn:
    status: Any
    try:
        status = main()
        sys.stdout.flush()  # here a failure to write still gets its line; at exit it would not
    except SystemExit as leaving:  # argparse leaves by itself, after --help and after a mistake
        status = leaving.code
    except UsersimError as error:
        status = _failed(error)
    except BrokenPipeError:  # whoever reads the output has seen enough, such as `| head`
        status = 0
    except OSError as error:
        status = _failed(f"{error.filename or 'a file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print(on_interrupt, file=sys.stderr)
        _leave_at_once()
    _leave(status)


def _print_note(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"note: {visible(str(message))}", file=sys.stderr)


def _failed(why: object) -> int:
    print(f"error: {visible(str(why))}", file=sys.stderr)
    return 2


def _leave_at_once() -> NoReturn:
    """End the program after Ctrl-C, without the wait for threads that the interpreter makes.

    What they had finished is recorded; what they still wait for was given up by a second Ctrl-C.
    """
    with suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(130)


def _leave(status: Any) -> NoReturn:
    """End the program; what nobody reads any more goes nowhere.

    The interpreter flushes stdout once more when it ends, after every handler, and would complain.
    """
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
