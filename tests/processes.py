"""Children of the tests: usual signals, an empty standard input, and no wait without end.

A shell starts a background job, and nohup its command, with some signals ignored. Children inherit
that, and one that ignores Ctrl-C never ends where a test sends it.
"""

import os
import signal
import subprocess
import threading
from contextlib import contextmanager, suppress

SECONDS = 800
"""The longest that a child may run.

It is less than pyproject.toml gives a test, so that the child that hangs is the first to be ended,
and is named.
"""
USUAL = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGQUIT: signal.SIG_DFL,
    signal.SIGTERM: signal.SIG_DFL,
}
"""What Python has for the signals that end a process, unless the parent ignored them."""


@contextmanager
def usual_signals():
    """Signals that are ignored work, here and in the children that are started here.

    For the main thread. A signal that has a handler here has its default action in a child;
    preexec_fn would do it in the child itself, but is not safe beside threads.
    """
    ignored = {
        number: usual
        for number, usual in USUAL.items()
        if signal.getsignal(number) is signal.SIG_IGN
    }
    for number, usual in ignored.items():
        signal.signal(number, usual)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def started(command, *, seconds=SECONDS, **options):
    """A child that is running, and has ended afterwards; `options` are those of Popen.

    After so many seconds it is ended with all that it has started, so that whoever reads its output
    or waits for it goes on.
    """
    options = {"stdin": subprocess.DEVNULL, "text": True} | options
    with usual_signals():
        process = subprocess.Popen(command, start_new_session=True, **options)
    late = threading.Event()
    limit = threading.Timer(seconds, lambda: (late.set(), _end(process)))
    limit.start()
    try:
        with process:
            try:
                yield process
            except BaseException:
                _end(process)
                raise
    finally:
        limit.cancel()
        assert not late.is_set(), f"{command} ran for {seconds} s and was ended"


def run(command, *, check=False, **options):
    """The child's exit code and what it said.

    With `check` a code other than 0 is an AssertionError with what it said.
    """
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options) as process:
        out, err = process.communicate()
    assert not check or process.returncode == 0, f"{command} ended with {process.returncode}: {err}"
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _end(process):
    """Kill the child's group; its number stays taken as long as one of them lives."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
