from concurrent.futures import Future

import pytest

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
