"""The named lists of phrases."""

from pathlib import Path

import pytest
import yaml

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import find_phrases, fold
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.checks import BY_LANGUAGE
from usersim_opt.scenarios.checks.lexicons import FILES, lexicons_text


@pytest.mark.parametrize("name", checks.LEXICONS)
def test_a_lexicon_has_phrases_and_none_of_them_twice(name):
    phrases = [fold(phrase) for phrase in checks.LEXICONS[name]]
    assert phrases
    assert all(phrase.strip(" *") for phrase in phrases)
    assert len(phrases) == len(set(phrases))


def test_other_readers_of_yaml_see_the_same_lexicons():
    file = Path(checks.__file__).with_name("lexicons.yaml")
    lexicons = yaml.safe_load(file.read_text())
    assert {name: tuple(phrases) for name, phrases in lexicons.items()} == checks.LEXICONS


@pytest.mark.parametrize("name", checks.LEXICONS)
def test_every_phrase_of_a_lexicon_fails_the_check_that_forbids_it(name):
    check = {"none_of": [f"@{name}"]}
    checks.validate(check)
    assert not any(checks.run(check, phrase).holds for phrase in checks.LEXICONS[name])


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_each_language_has_every_list_with_phrases_that_stand_there_once(language):
    lists = BY_LANGUAGE[language]
    assert lists.keys() == checks.LEXICONS.keys()
    for phrases in lists.values():
        folded = [fold(phrase) for phrase in phrases]
        assert len(phrases) >= 10
        assert all(phrase.strip(" *") for phrase in folded)
        assert len(folded) == len(set(folded))


def holds(name, reply, language):
    return checks.run({"any_of": [f"@{name}"]}, reply, checks.Moment(language=language)).holds


@pytest.mark.parametrize(
    ("language", "name", "replies"),
    [
        ("de", "thanks", ["vielen Dank!", "Dankeschön", "dankeschoen", "danke dir"]),
        ("de", "please", ["ja bitte", "wenn möglich heute", "wenn moeglich heute"]),
        ("de", "apology", ["Tut mir leid", "ENTSCHULDIGUNG", "sorry, falsch getippt"]),
        ("de", "refusal", ["nee, das stimmt nicht", "auf keinen Fall", "warten Sie mal"]),
        ("de", "agreement", ["jo passt", "einverstanden", "Geht klar"]),
        (
            "de",
            "unsure",
            ["weiß ich nicht", "weiss grad nicht genau", "vllt mai", "glaub schon"],
        ),
        ("de", "apology", ["tschuldigung", "sry", "tut mir echt leid"]),
        ("de", "agreement", ["jau", "joa", "läuft", "natürlich", "können Sie so machen"]),
        ("de", "hedge", ["ich glaub", "schätze 40", "etwa 40", "ca. 40", "das müsste im mai sein"]),
        ("de", "confession", ["kp", "k.a.", "hab ich nicht im kopf", "da bin ich überfragt"]),
        ("de", "polite_form", ["ich hätte gerne", "darf ich", "mit freundlichen Grüßen"]),
        ("de", "alternatives", ["sonst am freitag", "zur not", "Freitag geht auch"]),
        ("de", "irritation", ["echt jetzt?", "das nervt", "Schon wieder?!"]),
        ("de", "polite_form", ["könnten Sie mir", "koenntest du", "wäre es möglich"]),
        ("de", "procedure", ["schauen Sie doch in Ihrem System nach", "unter meinem Namen"]),
        ("fr", "thanks", ["merci bien", "je vous remercie"]),
        ("fr", "please", ["s'il vous plaît", "sil vous plait", "svp", "s il te plait"]),
        ("fr", "apology", ["désolée", "desole", "Excusez-moi"]),
        ("fr", "refusal", ["non c'est pas ça", "pas du tout", "attendez"]),
        ("fr", "agreement", ["ouais ok", "d'accord", "daccord", "ça me va", "ca me va"]),
        ("fr", "unsure", ["je sais plus", "peut être", "j'sais pas", "jsais pas", "il me semble"]),
        ("fr", "irritation", ["n'importe quoi", "c'est une blague ?", "y en a marre"]),
        ("fr", "request_as_question", ["pouvez-vous vérifier", "est ce que vous pouvez"]),
        ("es", "thanks", ["muchas gracias", "te lo agradezco"]),
        ("es", "please", ["por favor", "porfa"]),
        ("es", "apology", ["perdón", "perdon, me equivoqué", "Disculpe"]),
        ("es", "refusal", ["no, eso no", "para nada", "espere un momento"]),
        ("es", "agreement", ["sí", "vale", "dale", "si, claro", "está bien", "esta bien"]),
        ("es", "unsure", ["no sé", "ni idea", "creo que si", "quizas", "no me acuerdo"]),
        ("es", "irritation", ["estoy harta", "¿otra vez?", "ya le dije", "no puede ser"]),
        ("es", "hedge", ["más o menos", "mas o menos", "si no me equivoco"]),
    ],
)
def test_what_people_type_is_found_with_accents_and_without(language, name, replies):
    assert [reply for reply in replies if not holds(name, reply, language)] == []


@pytest.mark.parametrize(
    ("language", "name", "reply"),
    [
        ("de", "refusal", "das ist halt so"),
        ("de", "unsure", "es geht um die rechnung"),
        ("de", "apology", "leider habe ich die nummer vergessen"),
        ("de", "thanks", "der termin am donnerstag"),
        ("fr", "unsure", "dans les bagages"),
        ("fr", "certain", "c'est sur mon compte"),
        ("fr", "agreement", "je viens mardi"),
        ("es", "agreement", "si llueve me quedo"),
        ("es", "agreement", "no me acuerdo"),
        ("es", "confession", "eso no se puede cambiar"),
        ("es", "unsure", "compré unos zapatos"),
    ],
)
def test_other_words_are_not_taken_for_them(language, name, reply):
    assert not holds(name, reply, language)


@pytest.mark.parametrize(
    ("language", "name", "reply"),
    [
        ("de", "refusal", "hab ne frage"),
        ("de", "refusal", "kann ich ne rechnung haben"),
        ("de", "refusal", "kein Problem"),
        ("de", "refusal", "hab nix dagegen"),
        ("de", "refusal", "warum nicht"),
        ("de", "refusal", "Moment, ich schaue"),
        ("de", "agreement", "mein vertrag läuft noch"),
        ("de", "agreement", "das ist natürlich ärgerlich"),
        ("de", "hedge", "rund um die uhr"),
        ("de", "polite_form", "ich möchte umbuchen"),
        ("de", "conditional", "wenn ich in berlin bin"),
        ("fr", "refusal", "pas de souci"),
        ("es", "refusal", "no hay problema"),
    ],
)
def test_a_phrase_that_says_something_else_in_another_is_set_aside(language, name, reply):
    assert not holds(name, reply, language)


@pytest.mark.parametrize(
    "reply",
    ["ne", "Ne.", "ne danke", "ne, das will ich nicht", "ach ne", "kein problem, aber nein"],
)
def test_the_short_german_no_is_one_where_it_cannot_be_an_article(reply):
    assert holds("refusal", reply, "de")


def test_what_a_list_sets_aside_counts_for_no_kind_of_check_and_own_phrases_stay():
    german = checks.Moment(language="de")
    reply = "kein problem, nein"
    assert not checks.run({"opens_with": ["@refusal"]}, reply, german).holds
    assert checks.run({"max_times": {"n": 1, "of": ["@refusal"]}}, reply, german).holds
    assert checks.run({"at_most": {"n": 1, "of": ["@refusal"]}}, reply, german).holds
    things = {"n": 0, "of": {"no": ["@refusal"]}}
    assert checks.run({"answers_at_most": things}, "kein problem", german).holds
    assert not checks.run({"none_of": ["@refusal", "problem"]}, "kein problem", german).holds


@pytest.mark.parametrize("language", FILES)
def test_what_is_set_aside_holds_a_phrase_of_its_list(language):
    for name, phrases in FILES[language]["aside"].items():
        for phrase in phrases:
            said = phrase.removesuffix("*")
            assert find_phrases(said, BY_LANGUAGE[language][name]), phrase


def test_a_language_without_lists_says_what_to_do():
    with pytest.raises(InputError, match="@thanks has no phrases in the language 'pl'.* en, de"):
        holds("thanks", "dziękuję", "pl")
    own = {"none_of": ["dziękuję*"]}
    assert not checks.run(own, "Dziękuję!", checks.Moment(language="pl")).holds


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("polite_form", "why would you need his passport?"),
        ("request_as_question", "why would you need his passport?"),
        ("hedge", "the cello must be with me"),
        ("hedge", "it may not go in the hold"),
        ("confession", "i have the card here, it ends in 6612"),
        ("strategy", "the first flight, please"),
        ("self_portrait", "i am ill"),
        ("conditional", "is it possible"),
    ],
)
def test_plain_talk_is_not_taken_for_what_models_do(name, reply):
    assert find_phrases(reply, checks.LEXICONS[name]) == []


def test_a_lexicon_can_be_read():
    text = lexicons_text("de")
    assert "@thanks (de): danke | dankeschön | dankeschoen" in text
    assert "  as a whole reply: ne" in text
    assert "no named lists in the language 'pl'" in lexicons_text("pl")
