"""Linear algebra in one thread, and as it was afterwards."""

import numpy as np
import threadpoolctl

from usersim_opt.basics.one_thread import one_thread


def threads():
    return [each["num_threads"] for each in threadpoolctl.threadpool_info()]


def test_within_it_there_is_one_thread_and_afterwards_as_many_as_before():
    np.ones((2, 2)) @ np.ones((2, 2))
    before = threads()
    with one_thread():
        assert set(threads()) == {1}
    assert threads() == before
