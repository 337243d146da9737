"""The hard facts of a text, each with what kind it is, its value as it is compared, and of what.

    "back on the 15th of May"   kind date, value 05-15, label return
    "up to $1,200"              kind sum, value 120000 (in hundredths), label limit

A slot is kind and label together: two values of one slot can contradict each other. Times are
compared by either clock, sums without their currency, codes and names without capitals.

A number of seven figures or more is a phone; only one that is said to be one is the customer's own.

Not covered: dates of other forms ("15/05", "tomorrow"), names in small letters unless the customer
says "my name is", facts without a figure or a name.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from usersim_opt.basics.text import fold
from usersim_opt.realism.contradictions.table import FACTS, any_of
from usersim_opt.scenarios.facts import numbers
from usersim_opt.scenarios.identifiers import NUMBER_WORDS, USER_ID

_BEFORE, _BEHIND = 50, 15
"""Characters before and behind a fact in which a label is looked for."""
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NUMBER = rf"(?:\d[\d,]*(?:\.\d\d)?|(?:{_WORD})(?:[ -](?:{_WORD}|hundred|thousand)){{0,5}})"
_NOUNS = "|".join(sorted(FACTS.noun_of, key=len, reverse=True))
_NAME = r"[A-ZÀ-Þ][\w'-]*[^\W\d_]"
_HALF_DAY = 720
"""Minutes: hours are compared by either clock."""


@dataclass(frozen=True)
class Fact:
    """One fact of a text; `words` are those of the text, `start` is where they begin."""

    kind: str
    value: str
    label: str
    words: str
    start: int

    @property
    def slot(self) -> str:
        """Kind and label."""
        return f"{self.kind} {self.label}".strip()

    def is_same(self, other: "Fact") -> bool:
        """Whether both have one value; a day without its month fits every month."""
        if self.kind != other.kind:
            return False
        if self.kind == "date" and (self.has_no_month or other.has_no_month):
            return self.value[-2:] == other.value[-2:]
        if self.kind == "name":
            mine, theirs = set(self.value.split()), set(other.value.split())
            return mine <= theirs or theirs <= mine
        return self.value == other.value

    @property
    def has_no_month(self) -> bool:
        """Whether it is a day alone: `the 15th`."""
        return self.value.startswith("-")


_Found = Iterator[tuple[str, str, re.Match[str]]]
"""Kind, value and place of each fact."""


@lru_cache(maxsize=4096)
def facts_in(text: str) -> tuple[Fact, ...]:
    """The facts of a text in the order of their places; what the text denies is left out.

    >>> [(fact.kind, fact.value) for fact in facts_in("K3VQ8T, back on the 15th of May")]
    [('booking', 'k3vq8t'), ('date', '05-15')]
    """
    rest = text[:20_000].replace("\u2019", "'")
    plain, found = rest, []
    for reader in _READERS:
        matches = list(reader(rest))
        found += matches
        # What one reader took, such as the figures of a code, is not read a second time.
        rest = _blanked(rest, [match for _, _, match in matches])
    facts = [_fact(plain, *each) for each in found]
    return tuple(sorted(filter(None, facts), key=lambda fact: fact.start))


def _blanked(text: str, matches: Sequence[re.Match[str]]) -> str:
    """The text with blanks in the place of what was found, so that places stay what they are."""
    for match in matches:
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    return text


def _fact(text: str, kind: str, value: str, match: re.Match[str]) -> Fact | None:
    if FACTS.negation.search(text[: match.start()][-_BEFORE:]):
        return None
    label = value.partition(":")[0] if kind == "count" else _label(text, kind, match)
    return Fact(kind, value.rpartition(":")[2], label, match[0].strip(), match.start())


def _label(text: str, kind: str, match: re.Match[str]) -> str:
    """The label of a fact, by the words near it in its sentence."""
    labels = FACTS.labels.get(kind)
    if labels is None or _is_range(match):
        return ""
    before = re.split(r"[.;!?\n]", text[: match.start()][-_BEFORE:])[-1]
    behind = re.split(r"[.,;!?\n]", text[match.end() :][:_BEHIND])[0]
    places = [(found.end(), label) for label, found in _labelled(labels, before)]
    if places:
        return max(places)[1]
    following = [(found.start(), label) for label, found in _labelled(labels, behind)]
    return min(following)[1] if following else ""


def _is_range(match: re.Match[str]) -> bool:
    """Whether it names two days, the way out and the way back: `June 15-22`."""
    return bool(match.groupdict().get("end"))


def _labelled(labels: dict[str, list[str]], text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for label, patterns in labels.items():
        for found in any_of(patterns).finditer(text):
            yield label, found


def _by_pattern(kind: str, *patterns: str, flags: int = re.IGNORECASE) -> Callable[[str], _Found]:
    """A reader of what a pattern finds; its first group, or all of it, is the value."""
    expressions = [re.compile(pattern, flags) for pattern in patterns]

    def read(text: str) -> _Found:
        for expression in expressions:
            matches = list(expression.finditer(text))
            text = _blanked(text, matches)
            for match in matches:
                value = match[1] if match.re.groups else match[0]
                yield kind, fold(value), match

    return read


def _flights(text: str) -> _Found:
    for match in re.finditer(r"\b(?:[A-Z]{2,3} ?\d{2,4}|[a-z]{2,3}\d{3,4})\b", text):
        yield "flight", fold(match[0]).replace(" ", ""), match


def _phones(text: str) -> _Found:
    for match in re.finditer(r"(?<![\w.])\+?\d(?:[ .()/-]{0,2}\d){6,}(?!\w)", text):
        yield "phone", re.sub(r"\D", "", match[0]), match


_END = rf"(?: ?(?:to|-|\u2013|and) ?(?P<end>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d| ?{_MONTH}))?"
_DATES = (
    rf"\b(?P<month>{_MONTH})\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b{_END}",
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b",
    r"\b\d{4}-(?P<number>\d{2})-(?P<day>\d{2})\b",
    r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)\b",
)


def _dates(text: str) -> _Found:
    for pattern in _DATES:
        matches = list(re.finditer(pattern, text, re.IGNORECASE))
        text = _blanked(text, matches)
        for match in matches:
            parts = match.groupdict()
            month = parts.get("number") or _month_number(parts.get("month"))
            yield "date", f"{month}-{int(parts['day']):02}", match
            if parts.get("end"):
                yield "date", f"{month}-{int(parts['end']):02}", match


def _month_number(name: str | None) -> str:
    return f"{_MONTHS.index(name[:3].lower()) + 1:02}" if name else ""


def _times(text: str) -> _Found:
    pattern = r"(?<![\d:])(\d{1,2})(?::(\d{2}))? ?([ap]\.?m\b)|(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        hour, minute = match[1] or match[4], match[2] or match[5] or "0"
        yield "time", str((60 * int(hour) + int(minute)) % _HALF_DAY), match


def _sums(text: str) -> _Found:
    money = FACTS.currencies
    pattern = rf"{money.signs} ?({_NUMBER})|\b({_NUMBER}) ?(?:{money.names})(?!\w)"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        if value := _hundredths(match[1] or match[2]):
            yield "sum", value, match


def _hundredths(words: str) -> str:
    plain = words.replace(",", "")
    if plain[0].isdigit():
        units, _, rest = plain.partition(".")
        return units + (rest or "00")
    known = numbers(plain.replace("-", " "))
    return f"{max(known)}00" if known else ""


def _counts(text: str) -> _Found:
    pattern = rf"\b({_NUMBER}) (?:(?:checked|extra|more|additional|other|small) )?({_NOUNS})\b"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        known = numbers(match[1].replace("-", " "))
        if known and max(known) > 1:
            yield "count", f"{FACTS.noun_of[match[2].lower()]}:{max(known)}", match


_READERS: tuple[Callable[[str], _Found], ...] = (
    _by_pattern("email", r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{0,64}\w"),
    _by_pattern("code", r"\b(?:gift_card|credit_card|certificate|paypal|voucher)_\w*\d\w*"),
    _by_pattern("user_id", USER_ID.pattern),
    _by_pattern(
        "card",
        r"\b(?:end(?:s|ing|ed)?)(?: in| with)? (\d{4})\b",
        r"\blast (?:four|4)(?: digits)?(?: are| is|:)? (\d{4})\b",
        r"\b(?:visa|master ?card|amex|card)(?: number)? (\d{4})\b",
        r"\b(\d{4}) (?:visa|master ?card|amex|card)\b",
    ),
    _flights,
    _by_pattern(
        "booking",
        r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6}\b",
        r"\b(?=[a-z0-9]*\d[a-z]{1,4}\d|[a-z]\d[a-z]{2,3}\d[a-z])[a-z0-9]{6}\b",
        flags=0,
    ),
    _by_pattern("code", r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9-]{7,}\b", flags=0),
    _by_pattern("seat", r"\b\d{1,2}[A-K]\b", flags=0),
    _by_pattern(
        "name",
        rf"(?i:{FACTS.own_name})({_NAME}(?: {_NAME})?)",
        rf"(?i:{FACTS.own_name_typed})([^\W\d_]{{2,}} [^\W\d_]{{2,}})",
        rf"(?i:{FACTS.own_name_bare})({_NAME} {_NAME})",
        flags=0,
    ),
    _times,
    _dates,
    _sums,
    _phones,
    _counts,
)
"""In this order: a reader does not see what those before it have taken."""
