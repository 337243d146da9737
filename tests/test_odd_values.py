"""Any value in any place of a file by hand: it is read, or one error of ours names the file."""

import json
import re
import traceback
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loaders import LOADERS

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import UsersimError

STRUCTURED = {name: each for name, each in LOADERS.items() if each.form in ("json", "yaml")}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "x", "../x", "001", "a\u2028b", "1e5", "no", "v000"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "text", "a", "role"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def _documents(loader):
    """What the good file holds: a list of documents, one a line for JSON lines."""
    good = loader.good()
    if loader.form == "yaml":
        return [yaml.safe_load(good)]
    if loader.file.endswith(".jsonl"):
        return [json.loads(line) for line in good.splitlines()]
    return [json.loads(good)]


def _written(loader, documents):
    if loader.form == "yaml":
        return strict_yaml.dumps(documents[0])
    return "".join(json.dumps(each) + "\n" for each in documents)


def _places(data):
    """Every container with each of its keys, and so on inside."""
    keys = list(data) if isinstance(data, dict) else range(len(data))
    for key in keys:
        yield data, key
        if isinstance(data[key], dict | list):
            yield from _places(data[key])


def _is_of_the_test(error):
    """Whether the test's own look at what was read raised it, and no loader."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return Path(last.filename).name == "loaders.py"


@pytest.mark.parametrize("name", STRUCTURED)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.integers(0, 10**6), value=VALUES)
def test_any_value_in_any_place_is_read_or_refused_in_words(name, place, value):
    loader = STRUCTURED[name]
    documents = _documents(loader)
    places = list(_places(documents))
    container, key = places[place % len(places)]
    container[key] = value
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for beside, text in loader.beside.items():
            (Path(folder) / beside).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / beside).write_text(text, encoding="utf-8")
        file = Path(folder) / loader.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_written(loader, documents), encoding="utf-8")
        try:
            loader.text(file)
        except UsersimError as error:
            said = str(error)
            assert file.name in said or Path(folder).name in said
            assert re.search(r"expected|should|must|;|\(|is no|holds|names|missing", said)
        except Exception as error:
            if not _is_of_the_test(error):
                raise
