"""What tests rely on when they start children: whatever the shell ignored, whatever hangs."""

import signal
import subprocess
import sys

import pytest
from processes import USUAL, run, started, usual_signals

IGNORED = f"""
import signal
print([number for number in {list(map(int, USUAL))} if signal.getsignal(number) is signal.SIG_IGN])
"""
FAILING = "import sys; print('so it is', file=sys.stderr); sys.exit(3)"


@pytest.fixture
def in_the_background():
    """As under nohup, or in a shell's background."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in USUAL}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_child_ignores_no_signal_that_ends_a_process(in_the_background):
    assert run([sys.executable, "-c", IGNORED], check=True).stdout == "[]\n"
    assert all(signal.getsignal(number) is signal.SIG_IGN for number in USUAL)


def test_ctrl_c_reaches_a_test_that_sends_it_to_itself(in_the_background):
    with usual_signals(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)


def test_a_child_finds_nothing_on_standard_input_and_its_failure_says_why():
    assert run([sys.executable, "-c", "print(repr(input()))"]).returncode == 1
    with pytest.raises(AssertionError, match="ended with 3: so it is"):
        run([sys.executable, "-c", FAILING], check=True)


def test_a_child_that_hangs_is_named_and_ended_with_its_own_children():
    hanging = started("sleep 600 & sleep 600", shell=True, seconds=0.5, stdout=subprocess.PIPE)
    reason = r"sleep 600 & sleep 600 ran for 0\.5 s and was ended"
    with pytest.raises(AssertionError, match=reason), hanging as process:
        assert process.stdout.read() == ""  # ends when nobody is left who could write


def test_a_child_is_ended_when_its_test_fails():
    with pytest.raises(RuntimeError), started(["sleep", "600"]) as process:
        raise RuntimeError
    assert process.returncode == -signal.SIGKILL
