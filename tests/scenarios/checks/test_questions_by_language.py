"""Which messages ask, in languages other than English, with a question mark and without."""

import pytest

from usersim_opt.scenarios import checks

ASKING = {
    "de": [
        "wann geht das denn",
        "Warum kostet das extra",
        "und was heißt das",
        "koennen sie das aendern",
        "geht das auch am freitag",
        "ist das sicher",
        "welche nummer meinen sie",
        "ok wie lange dauert das",
        "Ernsthaft?",
    ],
    "fr": [
        "c'est combien",
        "pourquoi vous avez besoin de ça",
        "est ce que c'est possible",
        "pouvez vous vérifier",
        "y a-t-il un autre créneau",
        "et quand est-ce que je le reçois",
        "quel numéro",
        "vraiment ?",
    ],
    "es": [
        "cuánto cuesta",
        "cuanto me sale",
        "¿por qué",
        "por que no se guardó",
        "puede usted mirarlo",
        "y cuándo llega",
        "donde puedo verlo",
        "hay otra opción",
    ],
}
TELLING = {
    "de": [
        "wie gesagt, am montag",
        "wenn das geht, gern",
        "was für ein mist",
        "machen sie das so",
        "ich weiß nicht wann",
        "wo ich schon dabei bin, die adresse ist neu",
    ],
    "fr": [
        "quelle honte",
        "comme je vous ai dit, mardi",
        "je ne sais pas quand",
        "vous avez mon numéro",
        "quand j'ai appelé on m'a dit mardi",
    ],
    "es": [
        "como le dije, el martes",
        "puede ser",
        "porque no funciona",
        "cuando llamé me dijeron otra cosa",
        "que pena",
        "no sé cuándo",
    ],
}


@pytest.mark.parametrize("language", ASKING)
def test_a_question_is_one_without_its_mark_as_well(language):
    missed = [text for text in ASKING[language] if not checks.asks(text, language)]
    assert missed == []


@pytest.mark.parametrize("language", TELLING)
def test_a_statement_that_opens_like_a_question_asks_nothing(language):
    assert [text for text in TELLING[language] if checks.asks(text, language)] == []


def test_where_nothing_is_known_of_a_language_the_mark_alone_counts():
    assert checks.asks("kiedy?", "pl")
    assert not checks.asks("why not", "pl")
