"""Universal guards on replies in other languages: no plain reply breaks one, signs are found."""

import pytest

import usersim_opt as uso
from usersim_opt.measuring.universal.guard import broken
from usersim_opt.scenarios.checks import Moment

GUARDS = uso.universal_guards()
STORIES = {
    "de": "Du bist Petra Lindner. Du hast am 4. März um neun Uhr einen Termin und willst ihn auf "
    "die Woche danach verschieben, weil deine Tochter krank ist und du niemanden für sie hast.",
    "fr": "Vous êtes Claire Martin. Vous avez rendez-vous le 4 mars à neuf heures et vous voulez "
    "le déplacer à la semaine suivante, parce que votre fille est malade.",
    "es": "Usted es Ana Robles. Tiene una cita el 4 de marzo a las nueve y quiere cambiarla para "
    "la semana siguiente, porque su hija está enferma.",
}
PLAIN = {
    "de": [
        "ich muss meinen Termin verschieben",
        "Am Donnerstag Nachmittag? Nein, da arbeite ich.",
        "um neun, nicht um zehn",
        "Die Praxis hat mir nie Bescheid gesagt",
        "Hab den Zettel mit dem Namen der Ärztin nicht hier",
        "ok danke",
        "Petra Lindner, Termin am 4. März",
        "Moment. Warum brauchen Sie die Karte?",
        "Das ist doch ein Witz. Letzte Woche hieß es noch, Freitag ginge",
    ],
    "fr": [
        "je voudrais déplacer mon rendez-vous",
        "non, pas jeudi",
        "Claire Martin, le 4 mars à neuf heures",
        "pourquoi vous avez besoin de ma carte ?",
        "c'est n'importe quoi, la Semaine dernière on m'a dit vendredi",
    ],
    "es": [
        "quiero cambiar mi cita",
        "no, el jueves no puedo",
        "Ana Robles, el 4 de marzo a las nueve",
        "¿para qué necesitan mi tarjeta?",
        "esto es una vergüenza, la semana pasada me dijeron el Viernes",
    ],
}

RECITED = (
    "ich habe am 4. März um neun Uhr einen Termin und will ihn auf die Woche danach verschieben "
    "weil meine Tochter krank ist und ich niemanden für sie habe"
)


def moment(language):
    return Moment(STORIES[language], (("agent", "Hallo?"),), language=language)


@pytest.mark.parametrize("language", PLAIN)
def test_a_plain_reply_breaks_no_guard(language):
    found = {reply: broken(GUARDS, reply, moment(language)) for reply in PLAIN[language]}
    assert {reply: verdicts for reply, verdicts in found.items() if verdicts} == {}


@pytest.mark.parametrize(
    ("reply", "guard"),
    [
        ("mein Code ist K3VQ8T", "unknown_fact"),
        ("Versichertennummer 884213377", "unknown_fact"),
        ("**Termin** verschieben", "markup"),
        (RECITED, "story_recital"),
    ],
)
def test_what_no_language_is_needed_for_is_found_in_german(reply, guard):
    assert [verdict.criterion for verdict in broken(GUARDS, reply, moment("de"))] == [
        f"universal.{guard}"
    ]
