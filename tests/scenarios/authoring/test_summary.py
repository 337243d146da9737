from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.authoring.summary import WORST, Summary


def found(kind, name="001.1", n=1):
    file = f"scenarios/{name}.yaml" if name else "scenarios/"
    return [Fault(file, "criteria.a", f"what {i}", f"fix {i}", kind) for i in range(n)]


MIXED = Summary(
    [
        *found("never_failed", "001.1", 3),
        *found("caricature", "001.1"),
        *found("caricature", "001.2"),
        *found("two_behaviours", "001.3"),
        *found("no_consent", ""),
    ],
    scenarios=4,
)


def test_faults_come_before_advice_and_the_frequent_kinds_before_the_rare():
    assert list(MIXED.by_kind) == ["two_behaviours", "never_failed", "caricature", "no_consent"]
    assert MIXED.line == "1 fault, 6 pieces of advice"


def test_the_cause_of_others_comes_first_however_rare():
    summary = Summary([*found("two_behaviours", n=9), *found("other_language", "")], scenarios=1)
    assert list(summary.by_kind) == ["other_language", "two_behaviours"]


def test_the_table_says_how_many_in_which_share_of_the_scenarios():
    rows = {line.split()[0]: line.split()[1:] for line in str(MIXED).splitlines() if line}
    assert rows["caricature"] == ["advice", "2", "50.0", "%"]
    assert rows["two_behaviours"] == ["fault", "1", "25.0", "%"]
    assert rows["no_consent"] == ["advice", "1", "-"]


def test_each_kind_has_an_example_and_what_to_do():
    text = str(MIXED)
    assert "never_failed: add a near failure that fails it, or drop it\n" in text
    assert "  such as scenarios/001.1.yaml: criteria.a: what 0; fix 0\n" in text


def test_the_worst_scenarios_come_by_the_weight_of_what_was_found():
    assert [(file, weight) for file, weight, _ in MIXED.worst] == [
        ("scenarios/001.1.yaml", 7),
        ("scenarios/001.3.yaml", 4),
        ("scenarios/001.2.yaml", 1),
    ]
    assert MIXED.worst[0][2] == ["never_failed x3", "caricature"]
    many = Summary([f for i in range(1, 60) for f in found("caricature", f"001.{i}")], 59)
    assert len(many.worst) == WORST


def test_nothing_found_is_one_line():
    assert str(Summary([], 9)) == "0 faults"
