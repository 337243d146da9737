"""What is shown holds nothing that a terminal obeys, whoever shows it."""

import ast
import io
import warnings

import pytest
from conftest import ROOT

from usersim_opt.basics.showing import VisibleStream, visibly, warn_visibly
from usersim_opt.basics.text import MARK

PACKAGE = sorted((ROOT / "usersim_opt").rglob("*.py"))
EVIL = "\x1b[31m\x1b]0;x\x07\r\x9b1m\u202e"


def nodes(kind):
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for path in PACKAGE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, kind)
    ]


def test_every_text_of_an_object_is_made_visible():
    texts = [
        (at, node) for at, node in nodes(ast.FunctionDef) if node.name in ("__str__", "__repr__")
    ]
    assert len(texts) > 80
    for at, node in texts:
        assert "visibly" in map(ast.unparse, node.decorator_list), at


def test_every_warning_is_made_visible():
    for at, node in nodes(ast.Call):
        if ast.unparse(node.func) == "warnings.warn":
            assert at.startswith("usersim_opt/basics/showing.py"), f"{at}: use warn_visibly"


def test_csv_is_written_in_one_place():
    importing = [
        at for at, node in nodes(ast.Import) if "csv" in [each.name for each in node.names]
    ]
    assert [at.partition(":")[0] for at in importing] == ["usersim_opt/measuring/items/rows.py"]


class Thing:
    @visibly
    def __str__(self):
        """A text."""
        return f"a{EVIL}\n\tb"


def test_marks_stand_for_what_a_terminal_obeys():
    said = str(Thing())
    assert said.startswith(f"a{MARK}[31m{MARK}]0;x{MARK}")
    assert said.endswith("\n\tb")
    assert not set(said) & set("\x1b\x07\r\x9b\u202e")
    assert Thing.__str__.__doc__ == "A text."


def test_a_warning_points_at_who_called_and_is_plain():
    with pytest.warns(UserWarning, match="31m") as caught:
        warn_visibly(EVIL, stacklevel=1)
    assert str(caught[0].message).count(MARK) == 6
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning):
            warn_visibly("x", stacklevel=1)


def test_a_stream_shows_marks_and_tells_the_length_of_what_it_was_given():
    under = io.StringIO()
    stream = VisibleStream(under)
    assert stream.write(EVIL) == len(EVIL)
    stream.writelines(["\r", "ok\n"])
    print(EVIL, file=stream)
    assert not set(under.getvalue()) & set("\x1b\x07\r\x9b\u202e")
    assert stream.getvalue() == under.getvalue()
    assert stream.unguarded is under


@pytest.mark.parametrize("own", ["\r 10 %", "\x1b[A", "\x1b[A\x1b[A", "\r", "\n"])
def test_a_bar_moves_as_it_does_and_what_it_tells_is_plain(own):
    under = io.StringIO()
    stream = VisibleStream(under, bars=True)
    stream.write(own)
    stream.write(f"\r10 %{EVIL}")
    assert under.getvalue().startswith(f"{own}\r10 %{MARK}")
    assert under.getvalue().count("\r") == own.count("\r") + 1
    assert "\x1b[31m" not in under.getvalue()
