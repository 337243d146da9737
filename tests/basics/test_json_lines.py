"""JSON lines are read with their places; what is no line is named with its number."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.sealing import sealed

LIKE = '{"scenario": "001.3"}'
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.dictionaries(texts, texts, max_size=3), min_size=1, max_size=5))
def test_whatever_texts_lines_hold_they_come_back(tmp_path_factory, rows):
    file = tmp_path_factory.mktemp("lines") / "rows.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_bytes("\n".join(lines).encode())
    assert [fields for _, fields in lines_in(file, like=LIKE)] == rows


def test_marks_and_line_ends_of_other_systems_are_no_faults(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"a": "1\xe2\x80\xa82"}\r\n{"a": "2"}\r\n')
    assert lines_in(file, like=LIKE) == [
        (f"{file}:1", {"a": "1\u20282"}),
        (f"{file}:2", {"a": "2"}),
    ]


def test_what_a_model_wrote_may_hold_half_characters(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b'{"a": "\\ud83d"}')
    assert lines_in(file, like=LIKE, own=True) == [(f"{file}:1", {"a": "\ud83d"})]


def test_a_record_of_ours_is_held_to_its_checksums_and_read_without_them(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b'{"a": 0}\n' + sealed('{"a": 1}') + sealed('{"a": 2}'))
    assert [fields["a"] for _, fields in lines_in(file, like=LIKE, own=True)] == [0, 1, 2]
    assert "crc32" in lines_in(file, like=LIKE)[1][1]  # to others it is a field like any
    file.write_bytes(file.read_bytes().replace(b'"a": 2', b'"a": 3'))
    with pytest.raises(InputError, match="rows.jsonl:3: .*checksum is missing or wrong"):
        lines_in(file, like=LIKE, own=True)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "holds no line; expected lines such as"),
        (b" \n\r\n", "holds no line"),
        (b'{"a": 1}\n\n{"a": 2', ":3: is no JSON record"),
        (b'{"a": 1, "a": 2}\n', ":1: is no JSON record (the key 'a' stands there twice)"),
        (b'{"a": NaN}\n', "NaN is no number"),
        (b'["a"]\n', ":1: is no JSON record (it holds a list); got '[\"a\"]'"),
        (b"[" * 100_000, ":1: is no JSON record"),
        (b'{"a": "\xff"}\n', "byte 7 is not UTF-8; save it as UTF-8"),
        (b'{"a": "\\ud83d"}\n', "it holds half a character near"),
    ],
)
def test_what_is_no_line_is_named_with_its_place(tmp_path, content, complaint):
    file = tmp_path / "rows.jsonl"
    file.write_bytes(content)
    with pytest.raises(InputError) as raised:
        lines_in(file, like=LIKE)
    assert str(raised.value).startswith(str(file))
    assert complaint in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="none.jsonl: cannot be read"):
        lines_in(tmp_path / "none.jsonl", like=LIKE)
