import sys

import pytest
from helpers import outcome
from terminals import Terminal
from tqdm.asyncio import tqdm_asyncio
from tqdm.notebook import tqdm_notebook

import usersim_opt as uso
from usersim_opt.measuring.bars import TuningBar, reply_bar, silence, time_left
from usersim_opt.measuring.runner import ignore
from usersim_opt.models.loading import Loads


def test_a_notebook_s_bar_is_shown_and_a_plain_one_asks_for_a_terminal():
    assert silence(tqdm_notebook) is False
    assert silence(tqdm_asyncio) is None


def test_a_bar_counts_replies_in_a_terminal_only(monkeypatch, capsys):
    with reply_bar(2, []) as move:
        move(outcome("001.3", 1, 1))
    assert capsys.readouterr().err == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with reply_bar(2, []) as move:
        move(outcome("001.3", 1, 1))
        move(outcome("001.3", 1, 1))
    assert "2/2" in terminal.written


@pytest.mark.parametrize("progress", [None, ignore])
def test_evaluate_shows_a_bar_unless_somebody_else_watches(
    monkeypatch, simulator, airline, metric, progress
):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    uso.evaluate(simulator, airline.smoke[:3], metric, progress=progress)
    assert ("3/3" in terminal.written) == (progress is None)


def test_a_tuning_bar_shows_the_stage_its_pass_rate_and_all_errors(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with TuningBar(10, []) as bar:
        bar.show(outcome("001.3", 1, 2), calls=4)
        assert (bar._bar.initial, bar._bar.n) == (4, 4)
        bar.show(outcome("001.4", 0, 0, status="error"), calls=5)
        assert (bar._bar.n, bar._bar.postfix) == (5, "s v000 50 %, 1 errors")
        bar.show(outcome("001.3", 2, 2, version="v001"), calls=7)
        assert (bar._bar.n, bar._bar.postfix) == (7, "s v001 100 %, 1 errors")


def test_the_time_left_counts_loads_that_come_again_and_not_a_model_s_first():
    stays = Loads(1, seconds=20.0, first=20.0)
    assert time_left(10, 90, seconds=30.0, loads=stays) == 90.0
    swapped = Loads(3, seconds=60.0, first=20.0)
    assert time_left(10, 90, seconds=70.0, loads=swapped) == 450.0
    assert time_left(0, 100, seconds=30.0, loads=stays) is None
    # a load that began before the bar did may take longer than the bar has been there
    assert time_left(10, 90, seconds=5.0, loads=stays) == 0.0


def test_a_bar_begins_with_an_unknown_time_left_and_ends_with_none(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with TuningBar(10, []) as bar:
        bar.show(outcome("001.3", 1, 2), calls=4)
        bar.show(outcome("001.3", 1, 2), calls=10)
    assert "0/10 [00:00<?]" in terminal.written
    last = terminal.written.rstrip().rpartition("\r")[2]
    assert "10/10" in last
    assert "<00:00], s v000" in last
