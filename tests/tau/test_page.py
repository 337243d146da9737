"""The page of an evaluation in tau2."""

from dataclasses import replace

import pytest
from hostile import HOSTILE
from made_downstream import downstream, judged
from made_simulations import runs, simulation
from results.report.pages import Page

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.tau.page import render

CLEAN = {name: text.encode("utf-8", "replace").decode() for name, text in HOSTILE.items()}


def page_of(found, **options):
    return Page(render(found, **options))


def test_the_finding_stands_first_in_words():
    told = page_of(downstream()).sections["verdict"]
    assert "What does the agent score in “airline”" in told
    assert "tuned against base: +47.8 points" in told
    for fact in ("Tasks12", "Different texts6", "Trivial tasks3", "Runs48", "1 lost, 0 left out"):
        assert fact in told
    assert "oracle" in told


def test_success_has_plots_that_say_what_they_show_beside_doing_nothing():
    page = page_of(downstream())
    labels = [plot["aria-label"] for plot in page.tags("svg") if "aria-label" in plot]
    assert "tuned: 100.0 % [100.0 %, 100.0 %]; doing nothing 25.0 %" in labels
    assert sum("doing nothing" in label for label in labels) == 6
    assert "idle agent" in page.sections["success"]
    assert "tuned aaaaaaaaaaaa" in page.sections["success"]
    assert any(label.startswith("+47.8 points") for label in labels)


def test_pass_k_ends_lost_runs_guards_and_tasks_stand_on_it():
    page = page_of(downstream())
    assert "pass^1" in page.sections["passes"]
    assert "0.542" in page.sections["passes"]
    assert "user_stop ###STOP###" in page.sections["ends"]
    assert "customer_error: the customer: timed out" in page.sections["ends"]
    assert "it is never its zero" in page.sections["ends"]
    assert "markup" in page.sections["customers"]
    assert "100.0 % (23)" in page.sections["customers"]
    assert "turns with a polite word" in page.sections["customers"]
    assert "1 of 1, 1 lost" in page.sections["tasks"]
    assert page.sections["tasks"].count("trivial") == 3 + 1
    assert "errors" not in page.sections


def test_premature_stops_are_told():
    early = (simulation("t0", premature=True), simulation("t0", trial=1))
    page = page_of(downstream(simulations={"base": early}))
    assert "One prompt alone" in page.sections["verdict"]
    assert "differences" not in page.sections
    cells = page.sections["customers"].split("premature stops")[1].split()
    assert cells[:5] == ["base", "1.0", "3.0", "1.0", "1"] or "base1.03.01.01" in "".join(cells)


def test_the_judge_s_faults_are_a_section_of_their_own():
    told = page_of(downstream(), errors=judged()).sections["errors"]
    assert "Judge: openai/judge" in told
    assert "hallucination" in told
    assert "100.0 % [100.0 %, 100.0 %]" in told
    assert "in 11 of these the customer's fault may be the reason" in told


def test_what_cannot_be_compared_and_what_was_left_out_is_said():
    sides = {"base": tuple(runs(t0=[1])), "tuned": tuple(runs(t0=[1, 1]))}
    told = page_of(downstream(simulations=sides, left_out=4)).sections
    assert "not compared: one prompt lacks runs" in told["verdict"]
    assert "4 runs left out" in told["verdict"]
    assert "not compared" in told["differences"]


def test_a_page_of_nothing_is_still_a_page():
    page = page_of(downstream(simulations={"base": ()}, idle=()))
    assert "No run was played" in page.sections["ends"]
    assert "No task has a trial" in page.sections["passes"]


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_no_text_from_outside_becomes_markup(text):
    name = f"p{text}"
    sides = {name: downstream().of("base"), "tuned": downstream().of("tuned")}
    errors = replace(judged(text), judge=text)
    errors = replace(errors, judged={name: errors.judged["base"], "tuned": errors.judged["tuned"]})
    page = page_of(downstream(simulations=sides, domain=text), errors=errors)
    assert page.open == []
    kinds = {tag for tag, _ in page.elements}
    assert not kinds & {"script", "img", "iframe", "b2", "a"}
    assert all(not name.startswith("on") for _, given in page.elements for name in given)


def test_nothing_runs_and_nothing_is_loaded():
    page = page_of(downstream())
    policy = page.tags("meta")[1]["content"]
    assert "script-src 'none'" in policy
    assert page.tags("script") == []


def test_what_is_no_evaluation_and_a_folder_in_the_way_are_refused(tmp_path):
    with pytest.raises(InputError, match="found is {}; expected a Downstream"):
        uso.tau.write_page({}, tmp_path / "x.html")
    with pytest.raises(InputError):
        uso.tau.write_page(downstream(), tmp_path)
    assert uso.tau.write_page(downstream(), tmp_path / "x.html").read_text().startswith("<!doctype")
