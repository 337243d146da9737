import ast
import re
from pathlib import Path

from usersim_opt.scenarios.authoring import rules
from usersim_opt.scenarios.authoring.rules.markers import markers_in
from usersim_opt.scenarios.authoring.rules.quality import KINDS

SOURCES = [path.read_text() for path in Path(rules.__file__).parent.glob("*.py")]


def test_each_kind_in_the_file_is_the_kind_of_a_rule_and_the_other_way_round():
    named = {
        node.value
        for source in SOURCES
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(KINDS) <= named
    by_keyword = {name for source in SOURCES for name in re.findall(r'kind="(\w+)"', source)}
    assert by_keyword <= set(KINDS)


def test_faults_stand_before_advice_and_each_kind_says_what_to_do():
    counts = [kind.counts for kind in KINDS.values()]
    assert counts == sorted(counts, reverse=True)
    assert all(kind.mend for kind in KINDS.values())


def test_plain_replies_carry_no_marker_and_those_of_old_models_do():
    for plain in ("no, thursday", "K3VQ8T n the other one", "why do u need that"):
        assert markers_in(plain) == {}
    old = "Dear team,\n1. I would like to cancel.\n2. Thank you"
    assert set(markers_in(old)) == {"thanks", "letter frame", "list"}
