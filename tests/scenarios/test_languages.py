"""The language of a data set: where it is said, what depends on it, what is said where it lacks."""

import shutil

import pytest
from conftest import AIRLINE

import usersim_opt as uso
from usersim_opt.basics.errors import DatasetError
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.lint import lint_dataset
from usersim_opt.scenarios.authoring.summary import Summary
from usersim_opt.scenarios.dataset import load_dataset
from usersim_opt.scenarios.facts import new_names, new_numbers
from usersim_opt.scenarios.languages import LANGUAGES, guessed
from usersim_opt.scenarios.material import ScenarioSet, digest
from usersim_opt.scenarios.names import names_in

SCENARIO = """
id: "001.1"
type: wrong_assumption
stresses: [clarification]
history:
  - agent: "Ich sage den Termin ab, ja?"
criteria:
  - id: no_thanks
    dimension: communication_style.politeness
    text: Kein Dank.
    check: {none_of: ["@thanks"]}
examples:
  natural: [nein]
  contrary: [{reply: "danke, ja", fails: [no_thanks]}]
"""


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "tasks/001.yaml": "{id: '001', domain: dental, source: own, story: Du bist Petra.}",
        "scenarios/001.1.yaml": SCENARIO,
        "splits.yaml": "{train: ['001'], smoke: [], test: []}",
        "dataset.yaml": "language: de",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_a_data_set_says_its_language_for_all_of_its_checks(folder):
    data = load_dataset(folder)
    scenario = data.scenarios["001.1"]
    assert (data.tasks["001"].language, scenario.moment.language) == ("de", "de")
    check = scenario.criteria[0].check
    assert not checks.run(check, "Dankeschön", scenario.moment).holds
    assert checks.run(check, "appreciate it", scenario.moment).holds


def test_a_task_may_speak_another_language_than_the_others(folder):
    file = folder / "tasks" / "001.yaml"
    file.write_text(file.read_text().replace("}", ", language: fr}"))
    scenario = load_dataset(folder).scenarios["001.1"]
    assert not checks.run(scenario.criteria[0].check, "merci", scenario.moment).holds


def test_a_lexicon_that_a_language_lacks_is_named_when_the_data_set_is_read(folder):
    (folder / "dataset.yaml").write_text("language: pl")
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    assert "scenarios/001.1.yaml: criteria.no_thanks: check: @thanks has no phrases" in str(
        caught.value
    )
    assert "write the phrases into the check" in str(caught.value)


def test_stories_in_another_language_than_the_data_set_says_are_the_first_fault(folder):
    file = folder / "tasks" / "001.yaml"
    file.write_text(file.read_text().replace("Petra.", "Petra und willst nicht."))
    assert not [fault for fault in lint_dataset(load_dataset(folder)) if "language" in fault.field]
    (folder / "dataset.yaml").unlink()
    found = lint_dataset(load_dataset(folder))
    assert "the stories are in German; write `language: de` into dataset.yaml" in str(found[0])
    assert next(iter(Summary(found, 1).by_kind)) == "other_language"


def test_customers_of_different_splits_who_share_a_name_are_a_fault(folder):
    for task, name in (("001", "Petra Lindner"), ("002", "Jonas Lindner"), ("003", "Studentin")):
        story = f"Du bist {name}. Du willst das nicht."
        record = f"{{id: '{task}', domain: dental, source: own, story: {story}}}"
        (folder / "tasks" / f"{task}.yaml").write_text(record)
        scenario = SCENARIO.replace("001.1", f"{task}.1")
        (folder / "scenarios" / f"{task}.1.yaml").write_text(scenario)
    (folder / "splits.yaml").write_text("{train: ['001'], smoke: ['002'], test: ['003']}")
    names = [fault.what for fault in lint_dataset(load_dataset(folder)) if fault.field == "name"]
    assert names == ["'Lindner' stands in tasks 001, 002 of different splits"]


@pytest.mark.parametrize("content", ["language: German", "langauge: de", "language: 3"])
def test_a_malformed_file_is_named(folder, content):
    (folder / "dataset.yaml").write_text(content)
    with pytest.raises(DatasetError, match=r"dataset\.yaml"):
        load_dataset(folder)


def test_english_needs_no_file_and_its_digests_stay(tmp_path):
    plain = load_dataset(AIRLINE)
    shutil.copytree(AIRLINE, tmp_path / "data")
    (tmp_path / "data" / "dataset.yaml").write_text("language: en")
    told = load_dataset(tmp_path / "data")
    assert digest(of(told)) == digest(of(plain))
    (tmp_path / "data" / "dataset.yaml").write_text("language: de")
    assert digest(of(load_dataset(tmp_path / "data"))) != digest(of(plain))


def of(data):
    return ScenarioSet(data.scenarios, data.tasks)


@pytest.mark.parametrize(
    ("language", "story"),
    [
        ("en", "You want to move your appointment to the week after."),
        ("de", "Du willst deinen Termin auf die Woche danach verschieben."),
        ("fr", "Vous voulez déplacer votre rendez-vous à la semaine suivante."),
        ("es", "Quieres cambiar tu cita para la semana que viene."),
        ("en", "???"),
    ],
)
def test_the_language_of_stories_is_told_by_their_small_words(language, story):
    assert guessed([story]) == language


def test_german_nouns_are_no_names_and_names_behind_their_cues_are():
    text = "ich bin Kundin und brauche den Termin bei Frau Yildirim oder Dr. Alvarez"
    assert names_in(text, "de") == ["Yildirim", "Alvarez"]
    assert new_names("dann den Termin bei Frau Yildirim", "Du hast einen Termin.", "de") == [
        "Yildirim"
    ]
    assert "Termin" in names_in("ich brauche den Termin", "en")


@pytest.mark.parametrize(
    ("language", "said"), [("de", "um neun"), ("fr", "à neuf heures"), ("es", "a las nueve")]
)
def test_a_number_in_words_is_known_in_figures(language, said):
    assert new_numbers("9", said, language) == []
    assert new_numbers("8", said, language) == ["8"]


def test_a_story_that_is_recited_in_german_is_found_though_the_customer_says_i():
    moment = checks.Moment(
        "Du hast die Rechnung nie bekommen und willst keine Mahnung.", (), language="de"
    )
    found = checks.run(
        {"story_echo": 6}, "hab die Rechnung nie bekommen und will keine Mahnung", moment
    )
    assert not found.holds


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_known_of_a_language_is_known_of_each(code):
    language = LANGUAGES[code]
    assert language.question
    assert language.joining
    assert language.turned
    assert language.number_words
    assert language.words_of_no_one
    assert language.endings
    assert language.no_names
    assert language.addressed


def test_a_saved_evaluation_keeps_the_language(folder, tmp_path):
    data = load_dataset(folder)
    sim = uso.UserSimulator("Spiel:\n\n{scenario}", uso.connect("offline/user"))
    saved = uso.evaluate(sim, data.train, uso.RubricMetric(), seeds=1).save(tmp_path / "e.jsonl")
    (scenario,) = uso.read_evaluation(saved).scenarios.values()
    assert scenario.moment == data.scenarios["001.1"].moment
