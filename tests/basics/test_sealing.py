"""A line of our own keeps its checksum, and loses it with any change."""

import json
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journals import bits_turned_over

from usersim_opt.basics import strict_json
from usersim_opt.basics.sealing import is_sealed, sealed, unsealed

records = st.dictionaries(st.text(), st.integers() | st.text(), min_size=1, max_size=4)


def is_whole(line):
    try:
        unsealed(line)
    except ValueError:
        return False
    return True


def test_the_checksum_is_that_of_the_bytes_before_it():
    line = sealed('{"event": "measured"}')
    number = zlib.crc32(b'{"event": "measured"')
    assert line == f'{{"event": "measured", "crc32": "{number:08x}"}}\n'.encode()
    assert len(json.loads(line)["crc32"]) == 8


@given(records)
def test_what_was_sealed_comes_back(record):
    text = strict_json.dumps(record)
    line = sealed(text)
    assert line.endswith(b"\n")
    assert is_sealed(line[:-1])
    assert unsealed(line[:-1]).decode() == text


@given(records, st.randoms(use_true_random=False))
def test_any_bit_that_is_turned_over_is_seen(record, draw):
    line = sealed(strict_json.dumps(record))[:-1]
    first = draw.randrange(len(line))
    for bent in bits_turned_over(line, first=first):
        assert not is_whole(bent)


def test_bytes_that_are_lost_added_or_exchanged_are_seen():
    line = sealed(json.dumps({"event": "decision", "reason": "+12.5 points", "n": 1}))[:-1]
    draw = random.Random(1)
    for _ in range(500):
        place, byte = draw.randrange(len(line)), draw.randrange(256)
        assert not is_whole(line[:place] + line[place + 1 :])
        assert not is_whole(line[:place] + bytes([byte]) + line[place:])
        if byte != line[place]:
            assert not is_whole(line[:place] + bytes([byte]) + line[place + 1 :])
    assert is_whole(line)


@pytest.mark.parametrize("line", [b"", b"{}", b'{"a": 1}', b', "crc32": "00000001"}', b"\xff" * 40])
def test_what_was_never_sealed_is_refused(line):
    with pytest.raises(ValueError, match="checksum is missing or wrong: it was changed"):
        unsealed(line)


def test_a_wrong_checksum_is_one_all_the_same():
    assert is_sealed(b'{"a": 1, "crc32": "00000000"}')
    assert not is_sealed(b'{"a": 1, "crc32": "0000000g"}')
    assert not is_sealed(json.dumps({"text": ', "crc32": "00000000"}'}).encode())
