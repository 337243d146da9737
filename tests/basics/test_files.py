import os
import stat
from pathlib import Path

import pytest

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import check_writable, write_text, write_yaml


def test_a_written_file_holds_the_text_byte_for_byte(tmp_path):
    file = tmp_path / "new" / "folder" / "a.txt"
    write_text(file, "a\r\nb\n\ud800")
    assert file.read_bytes() == b"a\r\nb\n\xed\xa0\x80"
    assert list(file.parent.iterdir()) == [file]


def test_yaml_is_written_as_it_is_read(tmp_path):
    write_yaml(tmp_path / "a.yaml", {"id": "001", "words": ["no", "12:30"]})
    assert strict_yaml.load(tmp_path / "a.yaml") == {"id": "001", "words": ["no", "12:30"]}


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch, failure, step):
    file = tmp_path / "a.txt"
    file.write_text("old")

    def fail(*args):
        raise failure

    monkeypatch.setattr(step, fail)
    with pytest.raises(type(failure)):
        write_text(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_in_folders_that_do_not_exist_yet_can_be_written(tmp_path):
    check_writable(tmp_path / "new" / "folder" / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_file_to_write(tmp_path):
    with pytest.raises(InputError, match="is a folder; expected the name of a file"):
        check_writable(tmp_path)


def test_a_file_below_a_file_cannot_be_written(tmp_path):
    (tmp_path / "a").write_text("x")
    with pytest.raises(InputError, match="cannot be written, .*a is no folder"):
        check_writable(tmp_path / "a" / "b.txt")


def test_a_folder_without_permission_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(InputError, match="no folder that can be written to"):
        check_writable(tmp_path / "a.txt")


def test_a_new_file_has_the_permissions_of_the_umask_and_an_old_one_keeps_its_own(tmp_path):
    new, old = tmp_path / "new", tmp_path / "old"
    before = os.umask(0o077)
    try:
        write_text(new, "story")
    finally:
        os.umask(before)
    old.write_text("x")
    old.chmod(0o640)
    write_text(old, "story")
    assert [stat.S_IMODE(file.stat().st_mode) for file in (new, old)] == [0o600, 0o640]


@pytest.mark.parametrize("is_there", [True, False])
def test_nothing_is_written_through_a_link_or_in_its_place(tmp_path, is_there):
    link, victim = tmp_path / "a", tmp_path / "victim"
    link.symlink_to(victim)
    if is_there:
        victim.write_text("precious")
    for write in (check_writable, lambda path: write_text(path, "new")):
        with pytest.raises(InputError, match="is a link"):
            write(link)
    assert link.is_symlink()
    assert [victim.read_text()] == ["precious"] if is_there else not victim.exists()


def test_a_pipe_or_a_device_is_not_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place, kind in ((tmp_path / "pipe", "a pipe"), (Path(os.devnull), "a device")):
        with pytest.raises(InputError, match=f"is {kind}"):
            write_text(place, "x")
