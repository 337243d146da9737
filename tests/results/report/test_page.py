"""The page of a real offline run, of unfinished, spoiled and hostile ones, and of a large one."""

import math
import re
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
from hostile import HOSTILE
from journals import read_events, replace_in_lines, write_events
from results.report.own_kinds import RULE, TYPE, with_own_kinds
from results.report.pages import Page

import usersim_opt as uso
from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.figures import OFFLINE_NOTE
from usersim_opt.basics.text import visible
from usersim_opt.results import journal
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import wording
from usersim_opt.results.report.page import render, write_report

SECTIONS = (
    "verdict",
    "progress",
    "pieces",
    "comparison",
    "failing",
    "versions",
    "diff",
    "decisions",
    "rubric",
    "costs",
    "made",
    "gaps",
)


@pytest.fixture(scope="module")
def page(finished):
    return Page(render(uso.read_record(finished)))


@pytest.fixture(scope="module")
def asked(finished):
    """The page with the failing replies of the smoke split."""
    return Page(render(uso.read_record(finished), smoke_failures=True))


def lines_of(folder):
    return (folder / journal.FILE).read_text().splitlines(keepends=True)


def test_every_section_is_there_and_filled(page):
    assert [attributes["id"] for attributes in page.tags("section")] == list(SECTIONS)
    assert not [attributes for _, attributes in page.elements if attributes.get("class") == "empty"]
    assert page.open == []


def test_the_verdict_comes_first_with_the_gain_its_interval_and_what_it_rests_on(page, finished):
    result = uso.load_result(finished)
    told = page.sections["verdict"]
    gain = result.confirmation
    assert result.finalist.id in told
    assert wording.change(gain.gain.mean) in told
    assert wording.changes(gain.gain.low, gain.gain.high) in told
    assert f"{gain.scenarios} held-out scenarios of {gain.tasks} tasks" in told
    assert ("Shipped: " + result.shipped.id in told) == (result.shipped == result.finalist)


def test_stand_ins_are_named_above_everything_else(page, copied):
    assert OFFLINE_NOTE in page.sections[""]
    replace_in_lines(copied, ("offline/", "openai/"))
    assert OFFLINE_NOTE not in render(uso.read_record(copied))


def test_every_version_decision_and_failing_scenario_is_on_the_page(page, asked, finished):
    result = uso.load_result(finished)
    for version in result.versions.values():
        assert version.text in page.everything
        assert version.sha256[:12] in page.sections["versions"]
    for decision in result.decisions:
        assert wording.clip(decision.reason, wording.REASON) in page.sections["decisions"]
        if decision.evidence:
            assert (
                wording.changes(decision.evidence.low, decision.evidence.high)
                in page.sections["decisions"]
            )
    failing = {*result.base_smoke.failing, *result.best_smoke.failing}
    assert failing <= {attributes.get("data-id") for attributes in asked.tags("div")}
    shown = {attributes.get("data-id") for attributes in page.tags("div")} - {None}
    sides = [result.on_train(version) for version in (result.seed, result.finalist)]
    assert shown
    assert shown <= {outcome.scenario for side in sides for outcome in side.outcomes}


def test_a_failing_scenario_shows_story_conversation_criteria_replies_and_evidence(asked, finished):
    result = uso.load_result(finished)
    told = asked.sections["failing"]
    for scenario in result.best_smoke.failing:
        record = result.record.scenarios[scenario]
        assert result.record.tasks[record.task_id].story in told
        assert all(turn.text in told for turn in record.history)
        assert all(criterion.text in told for criterion in record.criteria)
    worst = next(
        o
        for o in result.best_smoke.outcomes
        if o.scenario == result.best_smoke.failing[0] and o.grade.passed < o.grade.scored
    )
    assert all(v.evidence in told for v in worst.grade.verdicts)


def failing_in(record, scenarios):
    """The record with one failing reply of the finalist alone, given in each of the scenarios."""
    finalist = Reading(record).finalist.id
    smoke = record.of_stage("smoke")
    reply = next(o for o in smoke if o.fails and o.version == finalist)
    scenario = record.scenarios[reply.scenario]
    return replace(
        record,
        outcomes=[reply.model_copy(update={"scenario": name}) for name in scenarios],
        scenarios={name: scenario.model_copy(update={"id": name}) for name in scenarios},
    )


def test_failing_scenarios_stand_in_order_of_task_and_number_and_odd_ids_after_them(finished):
    names = ["x", "001.10", "002.1", "001.2", "", "001", "001.02", "001.\u0663"]
    in_order = ["001.2", "001.10", "002.1", "", "001", "001.02", "001.\u0663", "x"]
    page = Page(render(failing_in(uso.read_record(finished), names), smoke_failures=True))
    cases = {tag["id"]: tag["data-id"] for tag in page.tags("div") if "data-id" in tag}
    assert list(cases.values()) == in_order
    links = [tag["href"][1:] for tag in page.tags("a") if tag["href"].startswith("#case-")]
    assert [cases[link] for link in links[: len(names)]] == in_order


def test_figures_of_the_comparison_are_those_of_the_evaluation(asked, finished):
    result = uso.load_result(finished)
    for name, tally in result.best_smoke.by_dimension.items():
        assert name.split(".")[1].replace("_", " ") in asked.sections["comparison"]
        assert f"{100 * tally.pass_rate:.1f}" in asked.sections["comparison"]
    links = {
        attributes["href"][1:]
        for attributes in asked.tags("a")
        if attributes["href"].startswith("#case-")
    }
    assert links
    assert links <= {attributes.get("id") for _, attributes in asked.elements}


def test_costs_models_options_and_fingerprint_are_those_of_the_record(page, finished):
    record = uso.read_record(finished)
    for number in (*record.calls.values(), *filter(None, record.tokens.values())):
        assert f"{number:,}" in page.sections["costs"]
    for value in (
        *record.models.values(),
        record.inputs["train"],
        record.inputs["smoke"],
        record.inputs["prompt"],
        "minibatch_size",
    ):
        assert value in page.sections["made"]


def test_costs_are_calls_and_tokens_by_role_in_order_with_their_sums(page, finished):
    record = uso.read_record(finished)
    said = page.sections["costs"]
    calls, _, tokens = said.partition("tokens, read and written")
    for table, numbers in ((calls, record.calls), (tokens, record.tokens)):
        places = [table.index(role) for role in ("user", "judge", "proposer", "all roles")]
        assert places == sorted(places)
        assert f"{sum(numbers.values()):,}" in table


def test_kinds_and_rules_of_one_s_own_are_on_the_page(finished):
    page = Page(render(with_own_kinds(uso.read_record(finished))))
    said = page.sections
    assert "ending" in said["comparison"]
    assert "waits for confirmation" in said["comparison"]
    assert "ending" in said["pieces"]
    assert "ending, expected" in said["versions"]
    assert TYPE in said["failing"]
    assert "ending: waits for confirmation" in said["failing"]
    assert RULE in said["decisions"]
    assert f"turned down by {RULE}" in said["versions"]
    assert "dimension" in said["gaps"]  # the renamed one has no verdict


def test_what_was_not_measured_follows_from_the_record(page, copied):
    assert "Real models" in page.sections["gaps"]
    assert "People" in page.sections["gaps"]
    assert "judge's own errors" in page.sections["gaps"]
    replace_in_lines(copied, ("offline/", "openai/"), ('"source": "judge"', '"source": "check"'))
    gaps = Page(render(uso.read_record(copied))).sections["gaps"]
    assert "Real models" not in gaps
    assert "judge's own errors" not in gaps


def test_the_result_writes_the_page_too(finished, tmp_path):
    result = uso.load_result(finished)
    assert result.to_html(tmp_path / "a" / "page.html").read_text() == render(result.record)
    assert result.to_html() == finished / "report.html"


@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.3, 0.7, 0.9, 0.999])
def test_an_unfinished_run_shows_what_there_is_and_says_so(copied, share):
    lines = lines_of(copied)
    kept = lines[: max(1, int(share * len(lines)))]
    (copied / journal.FILE).write_text("".join(kept))
    page = Page(render(uso.read_record(copied)))
    assert page.sections["verdict"].strip().startswith("Not finished")
    assert re.search(
        "under way or was broken off|the decision on it is not in the log", page.sections["verdict"]
    )
    assert [attributes["id"] for attributes in page.tags("section")] == list(SECTIONS)
    assert ("v000" in page.sections["versions"]) == (len(kept) > 1)
    assert ("The gain" in page.sections["gaps"]) or "smoke split" in page.sections["verdict"]


def test_a_run_whose_search_has_ended_compares_only_what_the_smoke_split_says(copied):
    lines = lines_of(copied)
    ended = next(i for i, line in enumerate(lines) if '"searched"' in line)
    (copied / journal.FILE).write_text("".join(lines[: ended + 1]))
    page = Page(render(uso.read_record(copied)))
    assert "The search was ended by" in page.sections["verdict"]
    assert "On the search's own minibatches" in page.sections["comparison"]
    assert "winner" not in page.everything


def test_a_torn_last_line_is_named_and_the_rest_is_shown(copied):
    whole = (copied / journal.FILE).read_bytes()
    (copied / journal.FILE).write_bytes(whole[:-30])
    page = Page(render(uso.read_record(copied)))
    assert "the last line was cut off" in page.sections[""]
    assert "v001" in page.sections["versions"]


def test_a_run_of_a_newer_format_is_shown_as_far_as_it_can_be_read(copied):
    header, *rest = read_events(copied)
    newer = header | {"schema_version": 99}
    write_events(copied, [newer, {"event": "hologram", "x": [1]}, *rest])
    page = Page(render(uso.read_record(copied)))
    assert "format 99" in page.sections[""]
    assert "v001" in page.sections["versions"]


def test_without_the_data_replies_and_figures_are_shown_and_the_lack_is_named(copied):
    (copied / "data.json").unlink()
    page = Page(render(uso.read_record(copied)))
    assert "data.json" in page.sections[""]
    assert "all criteria" in page.sections["comparison"]
    assert "context and criteria cannot be shown" in page.sections["failing"]
    assert "no verdict can be given to a dimension" in page.sections["gaps"]


def test_a_folder_without_a_run_is_refused_in_a_clear_line(tmp_path):
    with pytest.raises(JournalError, match="holds no run"):
        write_report(uso.read_record(tmp_path))


def test_parents_in_a_ring_and_unknown_versions_do_no_harm(write_run):
    folder = write_run()
    replace_in_lines(
        folder,
        ('"parent": "v000"', '"parent": "v002"'),
        ('"candidate": "v001"', '"candidate": "gone"'),
    )
    page = Page(render(uso.read_record(folder)))
    assert "gone" in page.sections["decisions"]


ODD = (
    None,
    0,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    {"a": 1},
    True,
    "",
    "v000",
    "smoke",
    "999999.x",
    "\ud800",
)


def is_json(value):
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize(
    "kind", ["start", "version", "outcome", "proposal", "decision", "searched", "measured"]
)
def test_whatever_a_line_of_the_log_holds_the_rest_is_shown(write_run, kind):
    folder, random = write_run(versions=2, scenarios=2), Random(kind)
    events = [*read_events(folder), {"event": "proposal", "stage": "001.propose", "answer": "x"}]
    fields = sorted(
        {name for event in events if event["event"] == kind for name in event} - {"event"}
    )
    for name in fields:
        # A header that is no JSON (which knows no NaN) begins no run.
        odd = [value for value in ODD if kind != "start" or is_json(value)]
        for value in random.sample(odd, 5):
            changed = [
                event | {name: value} if event["event"] == kind else event for event in events
            ]
            write_events(folder, changed)
            assert "</html>" in render(uso.read_record(folder)), (name, value)


def shown(text):
    return re.sub(r"\s+", " ", visible(text))


CLEAN = {name: text.encode("utf-8", "replace").decode() for name, text in HOSTILE.items()}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_hostile_texts_are_text_wherever_they_stand(write_run, text):
    folder = write_run(text, key="x" + text)
    page = Page(render(uso.read_record(folder)))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "form", "base", "b64", "foreignobject"}
    assert len(page.tags("script")) == len(page.tags("style")) == 1
    assert len(page.tags("section")) == len(SECTIONS)
    assert not [
        name
        for _, attributes in page.elements
        for name in attributes
        if name.startswith("on") or name in ("src", "srcdoc", "action")
    ]
    assert {attributes["href"][:1] for attributes in page.tags("a")} == {"#"}
    assert page.open == []
    for section in ("failing", "versions", "decisions", "made"):
        assert shown(text[:200])[:40].strip() in re.sub(r"\s+", " ", page.sections[section]), (
            section
        )


def test_halves_of_characters_in_what_nobody_checks_do_not_keep_the_page_from_being_written(
    copied, tmp_path
):
    header, *rest = read_events(copied)
    header["inputs"] |= {"search\ud800": "a\udfffb", "model.user": "offline/\ud800"}
    write_events(copied, [header, *rest])
    assert "a\ufffdb" in write_report(uso.read_record(copied), tmp_path / "page.html").read_text(
        encoding="utf-8"
    )


def test_the_page_loads_nothing_and_names_its_own_script_only(finished):
    html = render(uso.read_record(finished))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"https?://", re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL))


WORDS = (
    "the customer writes a short message about the booking and asks for what was promised "
    "last week "
)


def test_a_page_of_forty_versions_on_two_hundred_scenarios_stays_small(write_run):
    folder = write_run(WORDS, versions=40, scenarios=200)
    record = uso.read_record(folder)
    assert len(record.outcomes) >= 8000
    html = render(record)
    assert len(html.encode()) < 3_000_000
    assert html.count('class="case"') == 200


def test_a_page_with_long_texts_leaves_out_scenarios_rather_than_grow(write_run):
    record = uso.read_record(write_run(WORDS * 60, versions=6, scenarios=200))
    html = render(record)
    assert len(html.encode()) < 3_000_000
    assert re.search(r"\d+ more are not shown, to keep the page small", html)


def test_times_are_shown_in_utc_and_what_is_no_time_as_it_stands():
    logged = datetime(2026, 11, 20, 9, 5).isoformat()  # noqa: DTZ001 - as in a log without a zone
    assert wording.moment(logged) == "2026-11-20 09:05 UTC"
    assert wording.moment("yesterday") == "yesterday"
    assert wording.moment("") == wording.DASH
