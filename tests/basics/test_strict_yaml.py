import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError


def read(tmp_path, content):
    file = tmp_path / "a.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return strict_yaml.load(file)


@pytest.mark.parametrize(
    ("content", "line", "complaint"),
    [
        ("a: 1\na: 2\n", 2, "'a' stands twice"),
        ("a: &x 1\nb: *x\n", 1, "aliases and anchors"),
        ("b:\n  - *x\n", 2, "aliases and anchors"),
        ("1: a\n", 1, "quote it"),
        ("true: a\n", 1, "quote it"),
        ("? [a]\n: 1\n", 1, "quote it"),
        ("? {a: b}\n: 1\n", 1, "quote it"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tags such as"),
        ("a: !!int abc\n", 1, "tags such as"),
        ("a: !x b\n", 1, "tags such as"),
        ("a: 1\n---\nb: 2\n", 2, "document"),
        ("[" * 40, 1, "more than 20 levels"),
        ("[" * 3000, 1, "more than 20 levels"),
        ("a: [1\n", 2, "expected"),
        ("a: 'b\n", 2, "unexpected end of stream"),
        ("\ta: 1\n", 1, "token"),
    ],
)
def test_sloppy_or_hostile_yaml_is_refused_with_file_and_line(tmp_path, content, line, complaint):
    with pytest.raises(DatasetError) as caught:
        read(tmp_path, content)
    assert f"a.yaml:{line}: " in str(caught.value)
    assert complaint in str(caught.value)


def test_other_files_are_refused_too(tmp_path):
    with pytest.raises(DatasetError, match="byte 3 is not UTF-8"):
        read(tmp_path, b"a: \xff")
    with pytest.raises(DatasetError, match="expected at most"):
        read(tmp_path, "a: " + "x" * strict_yaml.MAX_BYTES)
    with pytest.raises(DatasetError, match="cannot be read"):
        strict_yaml.load(tmp_path / "missing.yaml")


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("0123", "0123"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("1e3", "1e3"),
        ("100%", "100%"),
        ("1234567890123456789", "1234567890123456789"),
        ("true", True),
        ("-5", -5),
        ("1.5", 1.5),
        ("", None),
        ("~", None),
    ],
)
def test_plain_scalars_are_what_they_look_like(tmp_path, scalar, value):
    content = read(tmp_path, f"a: {scalar}\n")["a"]
    assert content == value
    assert type(content) is type(value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"a": "one\ntwo"}, "a: |-\n  one\n  two\n"),
        ({"a": "one\u2028two"}, 'a: "one\\Ltwo"\n'),
        ({"a": ["no", "at noon", 1]}, "a: [no, at noon, 1]\n"),
        ({"a": ["x" * 41]}, "a:\n- " + "x" * 41 + "\n"),
    ],
)
def test_files_look_as_people_write_them(data, text):
    assert strict_yaml.dumps(data) == text


def _data():
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**17), 10**17),
        st.text(st.characters(exclude_categories=("Cs",))),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=4),
        ),
        max_leaves=12,
    )


@given(_data())
def test_what_is_written_is_read_back(data):
    assert strict_yaml.loads(strict_yaml.dumps(data)) == data
