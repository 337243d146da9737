"""Named lists of phrases by language; a check names one as `@name`.

English is in lexicons.yaml, another language in lexicons_CODE.yaml. Phrases of the others also
stand for themselves as people type them, without accents and apostrophes.

A list may set phrases aside, in which its own say something else (`kein` in "kein problem"), and
may hold some that count only as a whole reply (`ne`, which within a sentence is "eine").
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import fold

_FOLDER = Path(__file__).parent
_EXACT = "exact"
"""The list of phrases that stand for themselves alone."""
_ASIDE, _ALONE = "aside", "alone"
"""The phrases that a list sets aside, and those that count as a whole reply, by its name."""
_LISTS = "lists"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

Lexicons = Mapping[str, tuple[str, ...]]
"""Phrases by the name of their list."""

LEXICONS: dict[str, tuple[str, ...]] = {
    name: tuple(listed) for name, listed in strict_yaml.load(_FOLDER / "lexicons.yaml").items()
}
"""The named lists in English, used in checks as `@name`."""


def _read(path: Path) -> dict[str, Lexicons]:
    """The lists of a file with all forms of their phrases; under `aside` and `alone` the others."""
    data = strict_yaml.load(path)
    exact = frozenset(map(fold, data.pop(_EXACT)))
    parts = {_ASIDE: data.pop(_ASIDE, {}), _ALONE: data.pop(_ALONE, {}), _LISTS: data}
    return {part: _with_forms(lists, exact=exact) for part, lists in parts.items()}


def _with_forms(data: Mapping[str, Iterable[str]], *, exact: frozenset[str]) -> Lexicons:
    return {name: _typed(listed, exact) for name, listed in data.items()}


def _typed(phrases: Iterable[str], exact: frozenset[str]) -> tuple[str, ...]:
    """The phrases with the forms in which people type them, each once."""
    forms = (form for phrase in phrases for form in _forms(phrase, exact))
    return tuple({fold(form): form for form in forms}.values())


def _forms(phrase: str, exact: frozenset[str]) -> Iterator[str]:
    yield phrase
    if fold(phrase) not in exact:
        for form in (phrase, phrase.translate(_UMLAUTS), without_accents(phrase)):
            yield form
            yield form.replace("'", "")
            yield form.replace("'", " ").strip()


def without_accents(text: str) -> str:
    """The text with each accented letter as the bare one."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(character for character in parts if not unicodedata.combining(character))


FILES: Mapping[str, Mapping[str, Lexicons]] = {
    path.stem.partition("_")[2]: _read(path) for path in sorted(_FOLDER.glob("lexicons_*.yaml"))
}
"""What the file of each language but English holds, by part: lists, aside, alone."""
BY_LANGUAGE: Mapping[str, Lexicons] = {
    "en": LEXICONS,
    **{language: parts[_LISTS] for language, parts in FILES.items()},
}
"""The named lists by the code of their language."""


def aside_of(item: str, language: str) -> tuple[str, ...]:
    """The phrases that an `@name` sets aside in a language; none for a phrase."""
    return _part(_ASIDE, item, language)


def alone_of(item: str, language: str) -> tuple[str, ...]:
    """The phrases of an `@name` that count in a language as a whole reply; none for a phrase."""
    return _part(_ALONE, item, language)


def _part(part: str, item: str, language: str) -> tuple[str, ...]:
    if not item.startswith("@") or language not in FILES:
        return ()
    return FILES[language][part].get(item[1:], ())


def list_in(language: str, name: str) -> tuple[str, ...]:
    """The phrases of a list in a language; none where it lacks the list."""
    return BY_LANGUAGE.get(language, {}).get(name, ())


def names_in(language: str) -> list[str]:
    """The names of the lists that there are in a language."""
    return sorted(BY_LANGUAGE.get(language, ()))


def lexicons_text(language: str) -> str:
    """The lists of a language as people read them: each name with its phrases, in all forms."""
    lists = BY_LANGUAGE.get(language, {})
    entries = [_entry(language, "@" + name, phrases) for name, phrases in lists.items()]
    return "\n".join(entries) or f"There are no named lists in the language {language!r}."


def _entry(language: str, name: str, phrases: Iterable[str]) -> str:
    notes = {
        "not within": aside_of(name, language),
        "as a whole reply": alone_of(name, language),
    }
    parts = [f"{name} ({language}): {' | '.join(phrases)}"]
    parts += [f"  {note}: {' | '.join(some)}" for note, some in notes.items() if some]
    return "\n".join(parts)


def missing_in(language: str, name: str) -> str:
    """What is said of a list that a language lacks."""
    return (
        f"@{name} has no phrases in the language {language!r}, it has some in "
        f"{', '.join(_languages_with(name))}; write the "
        "phrases into the check, or mend `language` in the data set's dataset.yaml"
    )


def _languages_with(name: str) -> list[str]:
    return [code for code, lists in BY_LANGUAGE.items() if name in lists]


def phrases_of(items: Iterable[str], language: str = "en") -> Iterator[str]:
    """The phrases of a list with each `@name` replaced by its lexicon in a language.

    InputError for a lexicon that the language lacks.
    """
    for item in items:
        if not item.startswith("@"):
            yield item
            continue
        name, lists = item[1:], BY_LANGUAGE.get(language, {})
        if name not in lists:
            raise InputError(f"check: {missing_in(language, name)}")
        yield from lists[name]
