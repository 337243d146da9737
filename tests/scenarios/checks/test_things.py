"""How many of the things that were asked a reply deals with."""

import pytest

from usersim_opt.scenarios import checks

THINGS = {"code": ["K3VQ8T"], "route": ["boston*", "denver"], "doubt": ["@hedge"]}


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        ("tomorrow", 0),
        ("k3vq8t", 1),
        ("Boston to Denver", 1),
        ("K3VQ8T, i think", 2),
        ("K3VQ8T, boston, maybe perhaps", 3),
    ],
)
def test_a_thing_is_dealt_with_where_any_of_its_phrases_occurs(reply, number):
    for n in range(4):
        most = checks.run({"answers_at_most": {"n": n, "of": THINGS}}, reply)
        least = checks.run({"answers_at_least": {"n": n, "of": THINGS}}, reply)
        assert (most.holds, least.holds) == (number <= n, number >= n)


def test_the_evidence_names_the_things_and_the_words():
    finding = checks.run({"answers_at_most": {"n": 1, "of": THINGS}}, "K3VQ8T from boston")
    assert finding.evidence == "2 of 3 things, 1 allowed: code ('K3VQ8T'), route ('boston*')"
    finding = checks.run({"answers_at_least": {"n": 1, "of": THINGS}}, "hm")
    assert finding.evidence == "0 of 3 things, 1 wanted"
