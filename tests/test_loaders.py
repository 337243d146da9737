"""Every loader meets every odd file, and reads it or refuses it in words, all in the same way."""

import json
import re

import pytest
from journals import sealed_again
from loaders import LOADERS, TEXT

from usersim_opt.basics.errors import InputError


def _written(loader, folder, content):
    """The file of a loader with `content`, and what must stand beside it."""
    for name, text in loader.beside.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    file = folder / loader.file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def _with(loader, new):
    """The good file with `new` in the place of TEXT, whether that is escaped in it or not."""
    good = loader.good()
    escaped = json.dumps(TEXT)[1:-1]
    changed = good.replace(TEXT, new).replace(escaped, new)
    if changed != good:
        return sealed_again(changed)
    # YAML may write TEXT escaped in its own manner.
    return re.sub(r'"nein, den .*"', f'"{new}"', good)


def _twice(loader):
    """The good file with one of its keys a second time."""
    key = loader.key
    if loader.form == "json":
        return loader.good().replace(f'"{key}": ', f'"{key}": 0, "{key}": ', 1)
    return re.sub(rf"(?m)^( *)({key}:)", r"\1\2 x\n\1\2", loader.good(), count=1)


READ = {
    "as it is": lambda good: good.encode(),
    "byte order mark": lambda good: b"\xef\xbb\xbf" + good.encode(),
    "line ends of Windows": lambda good: good.replace("\n", "\r\n").encode(),
}

IN_A_SET = ("task", "scenario", "splits")
"""Loaders that look for their files in a folder: one that is missing is no file of theirs."""
MAY_BE_MISSING = ("card", "hashes of a build")
SAYS_SOMETHING = (
    "tau-bench, Python",
    "tau-bench, JSON",
    "tau-bench, JSON lines",
    "tau2",
    "tau2, plain instructions, JSON lines",
    "task",
    "scenario",
    "prompt",
    "story",
    "replies",
)
"""Loaders whose TEXT stands where a text has to say something."""


def names(accepts=lambda loader: True, *, but=()):
    return [name for name, loader in LOADERS.items() if accepts(loader) and name not in but]


def is_data(loader):
    return loader.form in ("json", "yaml")


@pytest.mark.parametrize("manner", READ)
@pytest.mark.parametrize("name", LOADERS)
def test_what_other_systems_add_is_skipped(tmp_path, name, manner):
    loader = LOADERS[name]
    assert TEXT in loader.text(_written(loader, tmp_path, READ[manner](loader.good())))


def _refusal(loader, file):
    """What a loader says of a file that it refuses; it is one line, and names the file."""
    with pytest.raises(InputError) as caught:
        loader.text(file)
    said = str(caught.value)
    assert "\n" not in said
    assert str(file.parent) in said
    return said


@pytest.mark.parametrize("name", names(but=["journal"]))
def test_what_is_no_utf_8_is_refused(tmp_path, name):
    loader = LOADERS[name]
    file = _written(loader, tmp_path, loader.good().encode("utf-16"))
    assert "is UTF-16" in _refusal(loader, file)
    file.write_bytes(b"\xff" + loader.good().encode())
    assert "byte 0 is not UTF-8" in _refusal(loader, file)


@pytest.mark.parametrize("name", names(but=[*IN_A_SET, *MAY_BE_MISSING]))
def test_a_file_that_is_missing_or_a_folder_is_named(tmp_path, name):
    loader = LOADERS[name]
    file = _written(loader, tmp_path, b"")
    file.unlink()
    assert "No such file" in _refusal(loader, file)
    file.mkdir()
    assert re.search("Is a directory|no regular file", _refusal(loader, file))


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf \r\n"])
@pytest.mark.parametrize("name", LOADERS)
def test_an_empty_file_is_refused(tmp_path, name, content):
    loader = LOADERS[name]
    _refusal(loader, _written(loader, tmp_path, content))


@pytest.mark.parametrize("name", names(is_data))
def test_a_key_that_stands_twice_is_refused(tmp_path, name):
    loader = LOADERS[name]
    said = _refusal(loader, _written(loader, tmp_path, _twice(loader).encode()))
    assert "twice" in said or name == "journal"  # a journal has lines that it leaves out


@pytest.mark.parametrize("name", names(lambda loader: loader.form != "text", but=["splits"]))
def test_half_a_character_is_refused_but_in_our_own_records(tmp_path, name):
    loader = LOADERS[name]
    new = "x \\ud83d y" if loader.form != "yaml" or '"' in _with(loader, "") else '"x \\ud83d y"'
    file = _written(loader, tmp_path, _with(loader, new).encode())
    if loader.own:
        assert loader.text(file) == "x \ud83d y"
    else:
        assert "half a character near" in _refusal(loader, file)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u2060\u3164"])
@pytest.mark.parametrize("name", SAYS_SOMETHING)
def test_a_text_of_which_nothing_is_seen_is_refused(tmp_path, name, text):
    loader = LOADERS[name]
    new = text if loader.form != "yaml" else f'"{text}"'
    _refusal(loader, _written(loader, tmp_path, _with(loader, new).encode()))


@pytest.mark.parametrize("name", names(is_data))
def test_nesting_without_end_and_numbers_that_are_none_are_refused(tmp_path, name):
    loader = LOADERS[name]
    _refusal(loader, _written(loader, tmp_path, b"[" * 100_000))
    if loader.form == "json":
        said = _refusal(loader, _written(loader, tmp_path, _infinite(loader).encode()))
        assert "NaN is no number" in said or name == "journal"


def _infinite(loader):
    return loader.good().replace(f'"{loader.key}": ', f'"x": NaN, "{loader.key}": ', 1)
