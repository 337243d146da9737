"""Whatever bit of a finished run's journal is turned over: no other figure without a word."""

import shutil
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journals import write_events

import usersim_opt as uso
from usersim_opt.basics.errors import UsersimError
from usersim_opt.results import journal

BEFORE = Path(__file__).parent / "runs" / "format_2"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small finished run in the present format, its result, and the bytes of its journal."""
    folder = shutil.copytree(BEFORE, tmp_path_factory.mktemp("damage") / "run")
    header, events = journal.read(folder)
    write_events(folder, [header | {"schema_version": journal.SCHEMA_VERSION}, *events])
    return folder, uso.load_result(folder), (folder / journal.FILE).read_bytes()


def same_or_said(folder, result):
    """Whether a folder gives a result as it was, or an error of ours or a warning says more."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            found = uso.load_result(folder)
        except UsersimError:
            return True
    return bool(warned) or found.record == result.record


@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_bit_that_is_turned_over_gives_no_other_figures_without_a_word(small, share, bit):
    folder, result, whole = small
    bent = bytearray(whole)
    bent[int(share * len(bent))] ^= 1 << bit
    (folder / journal.FILE).write_bytes(bent)
    assert same_or_said(folder, result)


@given(share=st.floats(0, 1, exclude_max=True), digit=st.integers(0, 9))
def test_another_digit_in_a_figure_is_never_taken_for_the_first(small, share, digit):
    """The damage that was not seen before: a line that is still one, with another number."""
    folder, result, whole = small
    digits = [place for place, byte in enumerate(whole) if byte in b"0123456789"]
    bent = bytearray(whole)
    bent[digits[int(share * len(digits))]] = ord(str(digit))
    (folder / journal.FILE).write_bytes(bent)
    assert same_or_said(folder, result)
