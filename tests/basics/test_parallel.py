from concurrent.futures import Future
from threading import Timer

import pytest

from usersim_opt.basics import parallel
from usersim_opt.basics.leaving import is_left_within
from usersim_opt.basics.parallel import as_finished


def finished(value):
    future = Future()
    future.set_result(value)
    return future


def failed(error):
    future = Future()
    future.set_exception(error)
    return future


def test_each_result_is_seen_once():
    seen = []
    as_finished([finished(1), finished(2)], lambda future: seen.append(future.result()))
    assert sorted(seen) == [1, 2]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt()])
def test_an_exception_cancels_what_waits_and_keeps_what_was_finished(error):
    waiting, done = Future(), finished("paid")
    seen = []

    def see(future):
        if future.exception() is not None:
            raise future.exception()
        seen.append(future.result())

    with pytest.raises(type(error)):
        as_finished([failed(error), done, waiting], see)
    assert seen == ["paid"]
    assert waiting.cancelled()


def test_an_interrupt_while_a_lock_is_let_go_is_an_interrupt(monkeypatch):
    def interrupted(futures, timeout=None):
        if timeout is not None:
            return
        try:
            raise KeyboardInterrupt
        finally:
            raise RuntimeError("release unlocked lock")
        yield

    monkeypatch.setattr(parallel, "as_completed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        as_finished([finished("paid")], lambda future: None)


def test_an_error_keeps_what_caused_it():
    error = ValueError("no")
    error.__cause__ = OSError("for this")

    def see(future):
        raise error

    with pytest.raises(ValueError, match="no") as raised:
        as_finished([finished(1)], see)
    assert isinstance(raised.value.__cause__, OSError)


def test_while_an_interrupt_waits_for_calls_under_way_no_attempt_is_begun():
    under_way, seen = Future(), []
    under_way.set_running_or_notify_cancel()

    def end(future):
        if future.exception() is not None:
            Timer(0.05, lambda: under_way.set_result(is_left_within(0))).start()
            raise future.exception()
        seen.append(future.result())

    with pytest.raises(KeyboardInterrupt):
        as_finished([failed(KeyboardInterrupt()), under_way], end)
    assert seen == [True]
    assert not is_left_within(0)


def test_after_an_interrupt_a_call_that_hangs_is_named_and_left_behind(monkeypatch, capsys):
    hanging, seen = Future(), []
    hanging.set_running_or_notify_cancel()
    monkeypatch.setattr(parallel, "LONGEST_WAIT", 0.05)

    def end(future):
        if future.exception() is not None:
            raise future.exception()
        seen.append(future.result())

    with pytest.raises(KeyboardInterrupt):
        as_finished([failed(KeyboardInterrupt()), hanging, finished("paid")], end)
    assert seen == ["paid"]
    said = "stopping: waiting for calls under way (1), 0.05 s at the most; Ctrl-C again"
    assert said in capsys.readouterr().err
