"""The language of stories: named, said by the folder, or told from the stories."""

import argparse
import re
from collections.abc import Sequence

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.scenarios.languages import CODE, ENGLISH, guessed, language_of
from usersim_opt.scenarios.settings import FILE, settings_of, told_in


def add_language(to: argparse.ArgumentParser) -> None:
    """--language."""
    to.add_argument(
        "--language",
        metavar="CODE",
        type=language_code,
        help="language of the stories, such as de; by default the folder's dataset.yaml says it, "
        "else it is told from the stories",
    )


def language_code(text: str) -> str:
    """A code of ISO 639."""
    if not re.fullmatch(CODE, text):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a code of ISO 639, such as de")
    return text


def in_their_language(tasks: Sequence[uso.Task], args: argparse.Namespace) -> list[uso.Task]:
    """The tasks in the language that is named, or that the folder or the stories tell.

    InputError where the author is the stand-in, which writes English and nothing else.
    """
    is_said = (args.out / FILE).exists()
    told = settings_of(args.out).language if is_said else guessed(task.story for task in tasks)
    language = args.language or told
    if language != ENGLISH:
        _check_writes(args.author_lm, language)
        print(f"Language: {language_of(language).name} (--language {language})")
    return [told_in(task, language) for task in tasks]


def _check_writes(author: str, language: str) -> None:
    if author.startswith("offline/"):
        raise InputError(
            f"--author-lm is {author!r}, which writes English only, and the stories are in "
            f"{language_of(language).name}; expected a model, such as --author-lm openai/NAME "
            "(--language en if they are in English)"
        )
