"""The guard on data in other languages: German nouns are no names, names are."""

import pytest
import yaml
from conftest import ROOT

from usersim_opt.customer.prompt import Prompt
from usersim_opt.scenarios.records import Task
from usersim_opt.tuning.guard import Guard

CORPUS = yaml.safe_load((ROOT / "tests" / "corpus" / "guard_de.yaml").read_text("utf-8"))
FIRST = "Du schreibst mit dem Kundendienst.\n\n{scenario}\n\nRegeln:\n- Bleib in deiner Rolle."


def guard_of(language):
    stories = enumerate(CORPUS["stories"], start=1)
    tasks = [
        Task(id=f"{number:03}", domain="dental", source="s", story=story, language=language)
        for number, story in stories
    ]
    return Guard.of(tasks, [], Prompt(FIRST))


@pytest.fixture(scope="module")
def guard():
    return guard_of("de")


def objections(guard, bullet):
    return guard.objections(Prompt(f"{FIRST}\n- {bullet}"))


@pytest.mark.parametrize("bullet", CORPUS["clean"])
def test_a_clean_german_bullet_passes(guard, bullet):
    assert objections(guard, bullet) == []


@pytest.mark.parametrize("faulty", CORPUS["faulty"], ids=lambda faulty: faulty["text"][:30])
def test_a_german_bullet_with_what_it_must_not_hold_is_turned_away(guard, faulty):
    assert any(faulty["holds"] in said for said in objections(guard, faulty["text"]))


def test_the_page_tells_what_the_rules_of_english_would_turn_away():
    english = guard_of("en")
    turned_away = [bullet for bullet in CORPUS["clean"] if objections(english, bullet)]
    page = (ROOT / "docs" / "own_language.md").read_text("utf-8")
    figures = f"none of {len(CORPUS['clean'])} clean German bullets (by the\nEnglish rules it were "
    assert f"{figures}{len(turned_away)}) and all {len(CORPUS['faulty'])} that hold" in page


@pytest.mark.parametrize(
    ("language", "story", "clean", "name"),
    [
        (
            "fr",
            "Vous êtes Claire Martin. Vous voulez déplacer votre rendez-vous de Mardi à Lyon.",
            "Ne remercie pas à chaque étape, et parle de ton rendez-vous de mardi sans détails.",
            "Dis que tu habites à Lyon.",
        ),
        (
            "es",
            "Usted es Iván Prieto. Quiere cambiar su cita del Lunes en Bilbao.",
            "No pidas disculpas, y nombra tu cita del lunes solo si te preguntan.",
            "Firma como Ivan Prieto.",
        ),
    ],
)
def test_names_are_told_from_weekdays_in_french_and_spanish(language, story, clean, name):
    task = Task(id="001", domain="dental", source="s", story=story, language=language)
    guard = Guard.of([task], [], Prompt(FIRST))
    assert objections(guard, clean) == []
    assert any("a name" in said for said in objections(guard, name))
