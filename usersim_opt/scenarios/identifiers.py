"""What identifiers, names and spelled-out numbers look like in stories and messages.

Not covered: identifiers of other shapes, such as e-mail addresses; number words of other languages.
"""

import re

_LETTERS_AND_DIGITS = r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])"

USER_ID = re.compile(r"\b[a-z]+_[a-z]+_\d+\b")
"""First name, last name and a number, as in `ines_duarte_4417`."""
BOOKING_CODE = re.compile(rf"{_LETTERS_AND_DIGITS}[A-Z0-9]{{6}}\b|\b[A-Z]{{6}}\b")
"""Six capitals and digits, or six capitals: what an airline calls a reservation."""
IDENTIFIER = re.compile(rf"{_LETTERS_AND_DIGITS}[A-Z0-9]{{5,7}}\b|{USER_ID.pattern}")
"""Codes of five to seven capitals and digits (flights, reservations), and user ids."""
NAME = re.compile(r"(?<=[a-zà-ÿ,;:] )([A-ZÀ-Þ][a-zà-ÿ]{2,})")
"""A name within a sentence: a capital where no sentence begins. Months and week days are names."""

_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

UNITS = {word: number for number, word in enumerate(_TO_NINETEEN.split())}
"""zero to nineteen."""
TENS = {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
"""twenty to ninety."""
NUMBER_WORDS = {**UNITS, **TENS}


def names_in_user_ids(text: str) -> list[tuple[str, str]]:
    """First and last name of each user id in a text, in lower case.

    >>> names_in_user_ids("You are ines_duarte_4417.")
    [('ines', 'duarte')]
    """
    names = (user_id.split("_") for user_id in USER_ID.findall(text))
    return [(first, last) for first, last, _ in names]
