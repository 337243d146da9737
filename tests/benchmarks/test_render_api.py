"""The reference has every public name with its words; the pages are made in CI."""

from types import ModuleType

import pdoc
import pytest
from render_api import FACES, load


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_the_reference_has_every_public_name_with_what_it_is(face):
    load(face)
    documented = pdoc.doc.Module(face).members
    modules = {name for name in face.__all__ if isinstance(getattr(face, name), ModuleType)}
    assert set(documented) == set(face.__all__) - modules
    # A value such as realism.CARD has its words where it is made.
    said = {name for name, member in documented.items() if member.docstring}
    values = {name for name, member in documented.items() if member.kind == "variable"}
    assert said | values == set(documented)
