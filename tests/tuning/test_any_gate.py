"""Gates and searches of anybody's: they decide under their names, and their runs resume."""

import numpy as np
import pytest
from helpers import events, outcome, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ResumeMismatch
from usersim_opt.results import journal
from usersim_opt.tuning.gates import Ruling, settings_of
from usersim_opt.tuning.gates import judge as ruled_by
from usersim_opt.tuning.inputs import metric_name
from usersim_opt.tuning.search import gates_of


class AnyGain:
    """Passes every gain; its repr holds a place in memory, as that of any plain class."""

    name = "length"

    def rule(self, difference):
        return Ruling(difference.gain.mean > 0, f"gain {difference.gain.mean:+.3f}")


class Never:
    name = "never"

    def rule(self, difference):
        return Ruling(False, "nothing ships")


class Always:
    name = "always"

    def rule(self, difference):
        return Ruling(True, "everything ships")


class Nameless:
    def rule(self, difference):
        raise AssertionError


class Ruleless:
    name = "length"


class Placed(Nameless):
    @property
    def name(self):
        return repr(self)


@pytest.fixture
def compiled(airline, simulator, metric, tmp_path):
    """Compiles in a folder by its name."""

    def compile_in(folder, *, smoke_gate=None, **options):
        settings = {
            "max_calls": 900,
            "metric": metric,
            "proposer_lm": uso.connect("offline/proposer"),
            "seed": 6,
        }
        optimizer = uso.RubricOptimizer(run_dir=tmp_path / folder, **(settings | options))
        if smoke_gate is not None:
            optimizer.smoke_gate = smoke_gate
        return optimizer.compile(simulator, trainset=airline.train, valset=airline.smoke).result

    return compile_in


def test_a_gate_of_ones_own_decides_under_its_name(compiled):
    result = compiled("run", search=uso.HillClimb(improvement=AnyGain()))
    decided = [d for d in result.decisions if d.stage.endswith(".improvement")]
    assert decided
    assert {d.rule for d in decided} <= {"length", "collapse"}
    assert all(d.reason.startswith("gain ") for d in decided if d.rule == "length")
    assert "length" in str(result)


def test_a_run_with_a_gate_of_ones_own_is_gone_on_with(compiled, tmp_path):
    whole = compiled("whole", search=uso.HillClimb(improvement=AnyGain()), max_calls=500)
    record = (tmp_path / "whole" / journal.FILE).read_bytes()
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / journal.FILE).write_bytes(record[: len(record) // 2])
    again = compiled("cut", search=uso.HillClimb(improvement=AnyGain()), max_calls=500)
    assert again.shipped == whole.shipped
    assert events(tmp_path / "cut") == events(tmp_path / "whole")


def test_another_gate_makes_another_run(compiled):
    compiled("run", search=uso.HillClimb(improvement=AnyGain()), max_calls=400)
    with pytest.raises(ResumeMismatch, match="search was"):
        compiled("run", search=uso.HillClimb(), max_calls=400)


def test_a_smoke_gate_of_ones_own_decides_what_ships(compiled):
    refused = compiled("never", smoke_gate=Never())
    (ruling,) = [d for d in refused.decisions if d.stage == "smoke"]
    assert (ruling.rule, ruling.accepted, ruling.reason) == ("never", False, "nothing ships")
    assert refused.shipped == refused.seed != refused.finalist
    passed = compiled("always", smoke_gate=Always())
    assert passed.shipped == passed.finalist == refused.finalist


def test_the_smoke_gate_is_part_of_the_fingerprint(compiled):
    few = {"max_calls": 400}
    assert compiled("run", smoke_gate=Never(), **few).record.inputs["smoke_gate"] == "never"
    assert compiled("run", smoke_gate=Never(), **few).shipped
    with pytest.raises(ResumeMismatch, match="smoke_gate was 'never', is 'always'"):
        compiled("run", smoke_gate=Always(), **few)


class Named:
    """A gate with a name and a limit of its own."""

    def __init__(self, name="length", limit=2):
        self.name, self.limit = name, limit

    def rule(self, difference):
        return Ruling(False, f"{self.limit} wanted")


def test_the_settings_of_a_plain_class_are_its_attributes():
    assert settings_of(Named(limit=2)) == "length(limit=2, name='length')"
    assert settings_of(Named(limit=3)) != settings_of(Named(limit=2))
    assert settings_of(Never()) == "never"


@pytest.mark.parametrize("said", [None, True, (True, "fine"), "no", 0.3])
def test_a_rule_that_returns_no_ruling_is_named(said):
    gate = Named()
    gate.rule = lambda difference: said
    with pytest.raises(InputError, match="the gate 'length' returned .*; expected a Ruling"):
        ruled_by(gate, [outcome("001.1", 1, 2)], [outcome("001.1", 2, 2)], scenarios={})


def test_a_number_s_truth_and_any_reason_make_a_plain_ruling():
    gate = Named()
    gate.rule = lambda difference: Ruling(np.bool_(True), None)
    ruling = ruled_by(gate, [outcome("001.1", 1, 2)], [outcome("001.1", 2, 2)], scenarios={}).ruling
    assert (ruling.accepted is True, ruling.reason) == (True, "None")


def test_a_draft_meets_the_gates_of_the_search():
    search = uso.HillClimb(improvement=Named(), regression=Never())
    assert gates_of(search) == {"improvement": search.improvement, "regression": search.regression}
    assert set(gates_of(uso.PieceSearch())) == {"regression"}


class Untitled:
    """A search that has no name."""


class DefaultRepr:
    """A search that is named by its place in memory."""

    @property
    def name(self):
        return repr(self)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"search": uso.HillClimb(improvement=Nameless())}, "the gate Nameless has no name"),
        (
            {"search": uso.HillClimb(regression=Placed())},
            "gate Placed has a name that holds a place in memory",
        ),
        ({"search": uso.PieceSearch(regression=Ruleless())}, "the gate Ruleless has no rule"),
        ({"smoke_gate": Nameless()}, "the gate Nameless has no name"),
        (
            {"smoke_gate": Never},
            r"the gate is the class Never; expected an object of it, Never\(\)",
        ),
        ({"smoke_gate": Named("guard")}, "is called 'guard', which is another rule of the record"),
        ({"smoke_gate": Named("x" * 41)}, "which no table could show"),
        ({"smoke_gate": Named("two\nlines")}, "which no table could show"),
        ({"search": Untitled()}, "the search Untitled has no name"),
        ({"search": DefaultRepr()}, "search DefaultRepr holds a place in memory"),
    ],
)
def test_what_could_not_be_resumed_is_named_before_anything_is_spent(
    options, complaint, compiled, tmp_path
):
    proposer, engine = scripted("never asked")
    with pytest.raises(InputError, match=complaint):
        compiled("run", proposer_lm=proposer, **options)
    assert not engine.requests
    assert not (tmp_path / "run").exists()


def test_the_settings_of_a_gate_are_its_own_text_unless_that_holds_a_place_in_memory():
    assert settings_of(AnyGain()) == "length"
    assert settings_of(uso.HillClimb().improvement) == "Improvement(min_z=1.0)"


class Measured(uso.RubricMetric):
    """The metric of everybody in a class of one's own."""


def test_the_metric_is_part_of_the_fingerprint(compiled):
    few = {"max_calls": 400}
    assert compiled("run", **few).record.inputs["metric"] == "RubricMetric(RubricJudge)"
    with pytest.raises(ResumeMismatch, match=r"metric was .* is 'Measured\(RubricJudge\)'"):
        compiled("run", metric=Measured(uso.RubricJudge(uso.connect("offline/judge"))), **few)
    assert metric_name(uso.RubricMetric()) == "RubricMetric"

    class Strict(uso.RubricJudge):
        name = "strict, 2 of 3"

    assert metric_name(uso.RubricMetric(Strict())) == "RubricMetric(strict, 2 of 3)"
