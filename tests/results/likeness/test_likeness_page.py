import re
from dataclasses import replace
from functools import cache

import pytest
from hostile import HOSTILE
from realism_cases import GOLDEN, entry, said
from results.report.pages import Page

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.realism.result_sets import ResultSet, Talk, result_set
from usersim_opt.results.likeness.page import render

CLEAN = {name: text.encode("utf-8", "replace").decode() for name, text in HOSTILE.items()}


def results(*texts, name="mine", number=45, **fields):
    talks = [Talk(f"airline_{n}", "0", said(*texts), **fields) for n in range(number)]
    return ResultSet(name, talks)


@cache
def found(*texts, number=45, beside=None):
    """What is measured of a customer who says these, beside one who says `beside`."""
    other = results(beside, name="old", number=number) if beside else None
    return uso.realism.measure(results(*texts, number=number), against=other)


def page_of(measured):
    return Page(render(measured))


def golden():
    """Made conversations of a simulator and of people, with all that an index needs."""
    case = next(each for each in GOLDEN["aggregates"] if each["id"] == "usi6_full_surveys")
    return uso.realism.measure(
        result_set(case["model"], name="made", where="made"),
        human=case["human"],
        difficulty=case["difficulty"],
        survey=case["model_survey"],
        rerated=case["human_rerated"],
    )


def test_the_finding_stands_first_in_words():
    measured = found("please could you move my flight", "ok thanks")
    told = page_of(measured).sections["verdict"]
    assert "How like people is “mine”?" in told
    assert "mine is within the noise of people in" in told
    assert "turns with a polite word (100.0 %, people 15.3 %)" in told
    assert "45 tasks, 1 run" in told
    assert "Figures of people5 of 19known from published means" in told


def test_few_tasks_prove_nothing_and_the_page_says_so():
    few = page_of(found("please", number=5))
    assert "5 tasks are too few to prove any of this (40 are needed)" in few.sections["verdict"]
    assert "differs" not in few.sections["figures"]
    assert "outside" in few.sections["figures"]
    many = page_of(found("please"))
    assert "too few" not in many.sections["verdict"]
    assert "differs" in many.sections["figures"]


def test_what_is_never_seen_in_few_conversations_is_no_likeness():
    told = page_of(found("no", number=5)).sections["verdict"]
    assert re.search(r"Of these mine never has .*turns with a word of doubt", told)
    assert "the noise reaches down to zero" in told


def test_every_figure_has_a_plot_that_says_in_words_what_it_shows():
    measured = found("hi please", "ok", beside="no")
    page = page_of(measured)
    plots = [each["aria-label"] for each in page.tags("svg") if each.get("role") == "img"]
    assert len(plots) == 19
    assert plots[0].startswith("turns with a polite word: people 15.3 %; mine 50.0 % (")
    assert "; old 0.0 % (0.0 % to 0.0 %), noise floor" in plots[0]
    assert "people unknown; mine" in plots[2]
    assert page.everything.count("unknown") >= 14


def test_people_stand_as_a_line_over_the_noise_of_each_simulator():
    measured = found("hi please", "ok", beside="no")
    html = render(measured)
    (first,) = re.findall(r'<svg class="plot"[^>]*aria-label="turns with a polite.*?</tr>', html)
    assert len(re.findall(r'<rect class="band"', first)) == 2
    assert len(re.findall(r'<line class="people"', first)) == 1
    unknown = re.findall(r'<svg class="plot"[^>]*aria-label="turns with a long dash.*?</tr>', html)
    assert 'class="band"' not in unknown[0]


def test_another_simulator_is_compared_in_a_table_of_its_own():
    measured = found("hi please", "ok", beside="no")
    told = page_of(measured).sections["changes"]
    assert "Beside old" in told
    assert re.search(r"words in the first turn.*2\.0.*1\.0.*\+1\.0", told, re.DOTALL)
    assert "changes" not in page_of(found("please")).sections


def test_with_people_there_are_the_index_and_the_survey():
    measured = golden()
    page = page_of(measured)
    assert "USI of the simulator, USI of people, on 6 conversations" in page.sections["index"]
    assert f"{measured.score.model['usi'][0]:.1f}" in page.sections["verdict"]
    labels = [each["aria-label"] for each in page.tags("svg") if each.get("role") == "img"]
    assert any(label.startswith("usi: simulator 52.8") for label in labels)
    assert "Did you get what you came for?" in page.sections["survey"]
    assert "18 of 18" in page.sections["survey"]


def test_without_people_there_is_no_index_and_the_page_says_why():
    page = page_of(found("please"))
    assert "index" not in page.sections
    assert "No index: USI and D1 to D4 compare with people's" in page.sections["notes"]
    assert "User-Sim Indexnone" in page.sections["verdict"]
    assert "cannot be compared" in page.sections["notes"]


def test_answers_to_the_simulator_s_own_conversations_are_counted_without_people():
    survey = {"a": {"survey": {"reuse": {"question": "?", "answer": "Maybe"}}}, "b": {}}
    told = page_of(uso.realism.measure(results("hi", number=2), survey=survey)).sections["survey"]
    assert "1 of 2100 % Maybeunknown" in re.sub(r"\s+(?=1 of|100|unknown)", "", told)


def test_people_without_rewards_give_features_and_no_index():
    human = {f"airline_{n}": entry("hi", "ok") | {"reward": None} for n in range(45)}
    page = page_of(uso.realism.measure(results("hi", "ok"), human=human))
    assert "the agent's success or its difficulty is missing" in page.sections["verdict"]
    assert "Figures of people19 of 19known from people's conversations" in page.sections["verdict"]


def test_corrected_figures_stand_apart_and_published_lines_have_their_certainty():
    page = page_of(found("please"))
    assert "courtesy_rate" in page.sections["corrected"]
    assert "courtesy_rate" not in page.sections["figures"]
    assert re.search(r"people\s*87.4 ± 6.8.*A usi", page.sections["published"], re.DOTALL)


def test_stand_ins_are_named_at_the_top(simulator, airline):
    agent = uso.LMAgent(uso.connect("offline/agent"))
    talks = uso.rollout(simulator, agent, [airline.tasks["003"]], max_turns=2)
    measured = uso.realism.measure(uso.realism.of_conversations(talks, name="base"))
    assert "Offline stand-ins." in page_of(measured).everything
    assert "Offline stand-ins." not in page_of(found("please")).everything


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_hostile_names_are_text_wherever_they_stand(text):
    named = {"name": text, "against": text, "notes": [text]}
    page = page_of(replace(found("hi please", "ok", beside="no"), **named))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "form", "base", "a", "script"}
    assert not [name for _, each in page.elements for name in each if name.startswith("on")]
    assert page.open == []
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202e]", page.everything)


def test_the_policy_lets_nothing_run_and_nothing_load():
    html = render(found("please"))
    policy = next(
        each["content"] for each in Page(html).tags("meta") if "Content-Security" in str(each)
    )
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"https?://|url\(|<script", html)


def test_the_page_is_written_and_what_is_no_finding_is_refused(tmp_path):
    measured = found("please")
    assert uso.write_realism(measured, tmp_path / "deep" / "page.html").is_file()
    with pytest.raises(InputError, match="folder"):
        uso.write_realism(measured, tmp_path)
    with pytest.raises(InputError, match="such as what uso.realism.measure gives"):
        uso.write_realism(measured.rows, tmp_path / "page.html")
