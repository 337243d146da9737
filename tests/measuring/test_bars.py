import sys

import pytest
from helpers import outcome
from tqdm.asyncio import tqdm_asyncio
from tqdm.notebook import tqdm_notebook

import usersim_opt as uso
from usersim_opt.measuring.bars import TuningBar, reply_bar, silence
from usersim_opt.measuring.runner import ignore


class Terminal:
    """A stderr that says it is a terminal."""

    encoding = "utf-8"

    def __init__(self):
        self.written = ""

    def isatty(self):
        return True

    def write(self, text):
        self.written += text

    def flush(self):
        pass


def test_a_notebook_s_bar_is_shown_and_a_plain_one_asks_for_a_terminal():
    assert silence(tqdm_notebook) is False
    assert silence(tqdm_asyncio) is None


def test_a_bar_counts_replies_in_a_terminal_only(monkeypatch, capsys):
    with reply_bar(2) as move:
        move(outcome("001.3", 1, 1))
    assert capsys.readouterr().err == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with reply_bar(2) as move:
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
    with TuningBar(10) as bar:
        bar.show(outcome("001.3", 1, 2), calls=4)
        assert (bar._bar.initial, bar._bar.n) == (4, 4)
        bar.show(outcome("001.4", 0, 0, status="error"), calls=5)
        assert (bar._bar.n, bar._bar.postfix) == (5, "s v000 50 %, 1 errors")
        bar.show(outcome("001.3", 2, 2, version="v001"), calls=7)
        assert (bar._bar.n, bar._bar.postfix) == (7, "s v001 100 %, 1 errors")
