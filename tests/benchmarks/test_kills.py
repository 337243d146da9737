"""Five SIGKILLs at random moments; benchmarks/stress_kill.py does a hundred."""

import random

import _stress


def test_five_kills_change_nothing_but_the_time(tmp_path):
    draw, left = random.Random(7), 5
    whole = _stress.whole_run(tmp_path, max_calls=500)
    assert _stress.paid(whole.record) >= 200
    while left > 0:
        killed = _stress.killed_run(tmp_path, whole, kills=min(left, 5), draw=draw)
        assert killed.as_it_should_be, killed
        left -= max(1, killed.kills)
