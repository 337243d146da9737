import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from helpers import scenario
from hostile import HOSTILE
from matplotlib.text import Text
from realism_cases import said
from results.report.own_kinds import DIMENSION, REFUSED, RULE, with_own_kinds

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.realism.result_sets import ResultSet, Talk
from usersim_opt.results.plots import canvas
from usersim_opt.results.versions import Version

PLOTS = ("lineage", "pareto", "pieces", "progress")


def texts(figure):
    """Everything that is written in a figure."""
    return "\n".join(found.get_text() for found in figure.findobj(Text))


def drawn(figure, tmp_path):
    file = tmp_path / "x.png"
    figure.savefig(file)
    return file.read_bytes()


def sampled(record, rounds):
    """The search's replies as a strategy leaves them that measures one prompt per minibatch."""
    seen = [outcome for outcome in record.outcomes if outcome.stage != "smoke"][: 10 * rounds]
    return [
        outcome.model_copy(update={"stage": f"{i // 10 + 1:03}.sample"})
        for i, outcome in enumerate(seen)
    ]


def unfinished(record, **changes):
    return replace(
        record,
        **(
            {"outcomes": sampled(record, 9), "finished": False, "ended_by": "", "rounds": 0}
            | changes
        ),
    )


@pytest.mark.parametrize("name", PLOTS)
def test_each_plot_is_a_picture_with_a_title_and_the_label_of_stand_ins(small_run, tmp_path, name):
    figure = getattr(uso.plots, name)(small_run)
    picture = drawn(figure, tmp_path)
    assert picture.startswith(b"\x89PNG")
    assert canvas.OFFLINE in texts(figure)
    assert drawn(getattr(uso.plots, name)(small_run.record), tmp_path) == picture
    figure.savefig(tmp_path / "x.svg")


def test_no_plot_keeps_state(small_run, tmp_path):
    before = "matplotlib.pyplot" in sys.modules
    with ThreadPoolExecutor(4) as threads:
        pictures = list(
            threads.map(
                lambda i: drawn(getattr(uso.plots, PLOTS[i % 4])(small_run), _folder(tmp_path, i)),
                range(5),
            )
        )
    assert pictures[0] == pictures[4]
    assert ("matplotlib.pyplot" in sys.modules) == before


def _folder(tmp_path, name):
    folder = tmp_path / str(name)
    folder.mkdir()
    return folder


def test_a_notebook_shows_a_figure_as_it_stands(small_run):
    assert uso.plots.progress(small_run)._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PLOTS)
def test_a_run_under_way_is_drawn_as_far_as_it_is(small_run, tmp_path, name):
    record = small_run.record
    first = {"v000": small_run.seed}
    for changes in (
        {},
        {"outcomes": [], "decisions": []},
        {"versions": {}, "outcomes": [], "decisions": []},
        {"versions": first, "scenarios": {}, "tasks": {}},
    ):
        assert drawn(getattr(uso.plots, name)(unfinished(record, **changes)), tmp_path)


def test_progress_says_how_far_the_search_is_or_what_the_smoke_split_said(small_run):
    assert "Round 9: the incumbent is " in texts(
        uso.plots.progress(unfinished(small_run.record, decisions=[]))
    )
    finished = texts(uso.plots.progress(small_run))
    assert "smoke split" in finished
    assert small_run.finalist.id in finished
    assert "no round has been measured yet" in texts(
        uso.plots.progress(unfinished(small_run.record, outcomes=[]))
    )


def test_many_rounds_have_names_apart_and_no_curtain_of_bars(small_run):
    outcomes = [
        o.model_copy(update={"stage": f"{i:03}.sample"})
        for i in range(1, 121)
        for o in sampled(small_run.record, 1)
    ]
    (axes,) = uso.plots.progress(unfinished(small_run.record, outcomes=outcomes)).axes
    assert len(axes.lines) < 20


def test_dimensions_compare_two_evaluations(small_run, tmp_path):
    figure = uso.plots.dimensions(
        small_run.base_smoke, small_run.best_smoke, names=("seed", "tuned")
    )
    said = texts(figure)
    assert drawn(figure, tmp_path)
    assert all(name in said for name in small_run.base_smoke.by_dimension)
    assert f"tuned against seed: {small_run.confirmation.gain}" in said
    assert canvas.OFFLINE in said
    silent = [replace(side, offline=False) for side in (small_run.base_smoke, small_run.best_smoke)]
    assert canvas.OFFLINE not in texts(uso.plots.dimensions(*silent))


def test_no_two_kinds_of_point_differ_by_colour_alone(small_run):
    for figure in (
        *(getattr(uso.plots, name)(small_run) for name in PLOTS),
        uso.plots.dimensions(small_run.base_smoke, small_run.best_smoke),
    ):
        for axes in figure.axes:
            kinds = {
                (line.get_marker(), line.get_color())
                for line in axes.lines
                if line.get_marker() not in ("None", "|", "")
            }
            assert len({marker for marker, _ in kinds}) == len(kinds)


def test_the_front_is_drawn_with_the_seed_beside_it(small_run):
    said = texts(uso.plots.pareto(small_run))
    assert "are beaten by no other in all families" in said
    assert "v000, the seed" in said


def drawn_versions(figure):
    """The number of points in the lineage."""
    (axes,) = figure.axes
    return sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() != "None")


@pytest.mark.parametrize("rule", [RULE, "accepted", "measured only", "$x_1$\n_"])
def test_a_rule_of_one_s_own_has_its_entry_and_its_versions_are_drawn(small_run, tmp_path, rule):
    record = with_own_kinds(small_run.record, rule=rule)
    figure = uso.plots.lineage(record)
    assert drawn_versions(figure) == len(record.versions)
    assert f"turned down by {canvas.plain(rule)} ({REFUSED})" in texts(figure)
    assert drawn(figure, tmp_path)


def test_several_rules_of_one_s_own_differ_by_their_markers(small_run):
    record = with_own_kinds(small_run.record)
    refusals = [decision for decision in record.decisions if decision.rule == RULE]
    renamed = [
        refusal.model_copy(update={"rule": f"{RULE} {place % 3}"})
        for place, refusal in enumerate(refusals)
    ]
    decisions = [*small_run.record.decisions, *renamed]
    (axes,) = uso.plots.lineage(replace(record, decisions=decisions)).axes
    points = [line for line in axes.lines if line.get_marker() != "None"]
    own = [line for line in points if line.get_label().startswith(f"turned down by {RULE} ")]
    assert len(own) == 3
    assert len({line.get_marker() for line in points}) == len(points)


def test_a_version_that_lost_guards_has_a_marker_of_its_own(small_run, tmp_path):
    record = with_own_kinds(small_run.record)
    lost = [
        decision.model_copy(update={"rule": "guard_loss"}) if decision.rule == RULE else decision
        for decision in record.decisions
    ]
    figure = uso.plots.lineage(replace(record, decisions=lost))
    (axes,) = figure.axes
    points = [line for line in axes.lines if line.get_marker() != "None"]
    marked = [line for line in points if line.get_label().startswith("turned down on the guards")]
    assert len(marked) == 1
    assert len({line.get_marker() for line in points}) == len(points)
    assert drawn(figure, tmp_path)


def test_a_dimension_of_a_data_set_s_own_is_drawn_with_its_family(small_run):
    result = uso.OptimizationResult(with_own_kinds(small_run.record))
    assert DIMENSION in texts(uso.plots.dimensions(result.base_smoke, result.best_smoke))
    assert "ending" in [axes.get_title() for axes in uso.plots.pareto(result).axes]


def test_only_the_present_incumbent_is_drawn_as_the_incumbent(small_run):
    incumbents = [version.id for version in small_run.accepted]
    sample = sampled(small_run.record, 1)
    outcomes = [
        outcome.model_copy(update={"stage": "900.sample", "version": version})
        for version in incumbents
        for outcome in sample
    ]
    record = unfinished(small_run.record, outcomes=outcomes)
    (axes,) = uso.plots.progress(record).axes
    points = {line.get_label(): line for line in axes.lines if line.get_marker() in ("o", "^")}
    assert len(points["the incumbent"].get_xdata()) == 1
    assert len(points["another prompt"].get_xdata()) == len(incumbents) - 1


@pytest.mark.filterwarnings("ignore:Glyph")
def test_pieces_of_any_text_are_drawn(small_run, tmp_path):
    odd = [said[:3000] for name, said in HOSTILE.items() if name != "lone surrogate"]
    bullets = "\n".join(
        f"- piece {i} {' '.join(said.split())}"
        for i, said in enumerate([*odd, "$x_1$ and \\frac{1} \\$5"])
    )
    version = Version(
        id="v000",
        text=f"You are a customer.\n\n{bullets}\n",
        sha256="0" * 64,
        parent=None,
        origin="seed",
    )
    figure = uso.plots.pieces(unfinished(small_run.record, versions={"v000": version}), most=100)
    assert drawn(figure, tmp_path)
    assert "piece 3 " in texts(figure)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: uso.plots.progress("runs/a"), "expected an OptimizationResult or a RunRecord"),
        (lambda: uso.plots.dimensions("a", "b"), "old is 'a'; expected an Evaluation"),
        (
            lambda: uso.plots.dimensions(Evaluation({}, []), Evaluation({"001.3": scenario()}, [])),
            "no dimension was scored in both",
        ),
    ],
)
def test_useless_arguments_are_named(call, complaint):
    with pytest.raises(InputError, match=complaint):
        call()


def test_without_matplotlib_the_extra_is_named(small_run, monkeypatch):
    canvas._figure_class.cache_clear()
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(
        InputError,
        match="plots need matplotlib, which is not installed; pip install matplotlib",
    ):
        uso.plots.progress(small_run)
    monkeypatch.undo()
    canvas._figure_class.cache_clear()
    assert uso.plots.progress(small_run)


def test_the_plot_of_realism_shows_people_and_each_simulator(tmp_path):
    talks = [Talk(f"airline_{n}", "0", said("hi please", "ok")) for n in range(6)]
    ours = ResultSet("$mine", talks, offline=True)
    measured = uso.realism.measure(ours, against=ResultSet("old", talks))
    figure = uso.plots.realism(measured)
    assert drawn(figure, tmp_path).startswith(b"\x89PNG")
    written = texts(figure)
    assert "Figures within the noise of people: " in written
    assert "(6 tasks: descriptive)" in written
    assert "turns of at most three words" in written
    assert canvas.OFFLINE in written
    labels = [each.get_text() for each in figure.axes[0].get_legend().get_texts()]
    assert labels == [r"\$mine", "old", "people", "noise: 19 of 20\nsamples of people"]
    with pytest.raises(InputError, match="such as what uso.realism.measure gives"):
        uso.plots.realism(measured.rows)
