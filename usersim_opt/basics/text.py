"""Small pure functions on text that several parts share: words, phrases, stop tokens, digests.

Matching is made for replies as people type them: case, curly quotes and runs of white space do not
matter.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby, islice

STOP_TOKENS = ("###STOP###", "###TRANSFER###", "###OUT-OF-SCOPE###")
"""What ends a conversation in tau-bench (the first) and tau2 (all three)."""

MARK = "\ufffd"
"""Stands for a character that cannot be shown."""
_OBEYED = ("Cc", "Cs", "Zl", "Zp")
"""Unicode categories of characters that a terminal obeys or cannot hold."""
_UNPLAIN = re.compile("[^ -~]")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing."""

_DRAWN_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol that look like nothing."""

_CURLY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2011": "-"})


def spoken(reply: str) -> str:
    """The reply without stop tokens and outer white space: what the agent would read."""
    for token in STOP_TOKENS:
        reply = reply.replace(token, " ")
    return reply.strip()


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: it holds no letter, digit, mark or symbol.

    Zero-width characters, lone accents and the letters that Unicode draws as blanks do not count.
    """
    return not any(unicodedata.category(c)[0] in "LNPS" and c not in _DRAWN_BLANK for c in text)


def has_stop_token(text: str) -> bool:
    """Whether a stop token stands anywhere in the text, as tau2 tests it."""
    return any(token in text for token in STOP_TOKENS)


_TAG = r"(?:\w{1,20}:)?(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)"
"""The names of think tags; some models put their own name before it, as in `<seed:think>`."""
THOUGHT_MARKS = re.compile(
    rf"""
    (?P<opening>
        <{_TAG}(?:\s\w+=[^<>]*)?> | (?-i:\[THINK\]) | \u25c1think\u25b7
        | <\|(?:begin_of_thought|START_THINKING)\|>
        | <\|channel>\s*thought | <\|channel\|>\s*(?:analysis|commentary)
    ) | (?P<closing>
        </{_TAG}\s*> | (?-i:\[/THINK\]) | \u25c1/think\u25b7
        | <\|(?:end_of_thought|END_THINKING)\|> | <channel\|>
    ) | (?P<end> <\|end\|> )
    | (?P<final> <\|channel\|>\s*final(?:\s*<\|constrain\|>\s*\w+)?\s*<\|message\|> )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What stands around thoughts. The last three lines are the harmony format, whose final channel is
the answer."""
_FRAME = re.compile(
    r"<\|(?:start\|>\s*assistant|end\|>|return\|>)"
    r"|<\|(?:START|END)_RESPONSE\|>|<\|(?:begin|end)_of_solution\|>"
)
"""Marks around an answer that stand next to those around thoughts."""


def without_thoughts(text: str) -> str:
    """The text without what a model thought aloud, whatever marks its family uses for that.

    Blocks may be closed, unopened or never closed; a mere mention of a mark at the end stays.

    >>> without_thoughts("[THINK]The story says no.[/THINK]no, the outbound")
    'no, the outbound'
    """
    answer = "".join(_answered(_without_bare_channels(text)))
    return text if answer == text else _FRAME.sub("", answer)


def _without_bare_channels(text: str) -> str:
    """The final channel of the harmony format where a server has taken the marks away."""
    if not text.lstrip().startswith("analysis"):
        return text
    before, mark, final = text.partition("assistantfinal")
    return final if mark else before


def _answered(text: str) -> list[str]:
    """The pieces of a text that stand outside of thoughts."""
    pieces: list[str] = []
    begin, opening = 0, ""
    # One pass over the marks: an expression for whole blocks takes minutes for an endless answer.
    for mark in THOUGHT_MARKS.finditer(text):
        kind = mark.lastgroup
        if kind == "opening" and not opening:
            pieces.append(text[begin : mark.start()])
            begin, opening = mark.start(), mark.group()
        elif opening and kind in ("closing", "end"):
            begin, opening = mark.end(), ""
        elif kind in ("closing", "final"):
            # Chat templates often open the block themselves: what stands before it are thoughts.
            pieces.clear()
            begin, opening = mark.end(), ""
    rest = text[begin:]
    is_mention = bool("".join(pieces).strip()) and rest.strip() == opening
    return [*pieces, rest] if is_mention or not opening else pieces


def sendable(text: str) -> str:
    """The text with `?` for half characters (lone surrogates): no provider can receive them."""
    return text.encode("utf-8", "replace").decode()


def visible(text: str, *, keep: str = "\n\t") -> str:
    """The text for showing, with a mark for each character that a terminal or page would obey.

    Those are escapes, half characters and marks that turn the direction of writing. `keep` are the
    control characters that stay.
    """
    # Most of a text is plain; a look at each of its characters is what makes a page slow.
    return _UNPLAIN.sub(lambda c: c[0] if c[0] in keep or _is_harmless(c[0]) else MARK, text)


_KEY = re.compile(
    r"""(?P<kept> ://(?=[^/\s@]+@) | (?<!\S)[^/\s@:]+:(?=[^/\s@]+@\w) | \bBearer\s+
            | \bapi[_-]?key["']?\s*[=:]\s*["']? )
        (?P<value> [^\s@"'&,;]+ )
    | \b(?:(?:sk|pk|rk|gsk|hf|xai)[-_]|AIza)[A-Za-z0-9_*-]{8,}""",
    re.VERBOSE | re.IGNORECASE,
)
"""What has the shape of a key or password: in an address, behind its name, or by its beginning."""


def without_keys(text: str) -> str:
    """The text with `***` for what looks like a key or a password.

    Not covered: a key without any of the usual shapes.
    """
    return _KEY.sub(lambda key: f"{key['kept'] or ''}***", text)


def _is_harmless(character: str) -> bool:
    return unicodedata.category(character) not in _OBEYED and character not in _TURNING


def words(text: str) -> list[str]:
    """Pieces between white space, punctuation attached."""
    return text.split()


def sentences(text: str) -> list[str]:
    """Sentences of a chat message; a line break ends one, too."""
    parts = map(str.strip, re.split(r"(?<=[.!?])\s+|\n+", text))
    return [part for part in parts if part]


@lru_cache(maxsize=2048)  # each check and each guard folds the same reply, chat and phrases
def fold(text: str) -> str:
    """The text as phrases are compared: NFKC, case folded, straight quotes, single blanks."""
    straight = unicodedata.normalize("NFKC", _with_few_marks(text)).translate(_CURLY)
    return " ".join(straight.casefold().split())


_MOST_MARKS = 30
"""Accents on one letter, as many as the Stream-Safe Text Format allows (Unicode Annex 15, 13)."""


def _with_few_marks(text: str) -> str:
    """The text without the accents of a letter that has more than any language gives it.

    Normalising sorts them, which takes minutes for a hundred thousand on one letter.
    """
    if text.isascii() or len(text) <= _MOST_MARKS:
        return text
    runs = groupby(text, key=lambda character: unicodedata.combining(character) > 0)
    return "".join(
        "".join(islice(run, _MOST_MARKS) if are_marks else run) for are_marks, run in runs
    )


@lru_cache(maxsize=8192)
def _pattern(phrase: str) -> re.Pattern[str]:
    folded = fold(phrase)
    any_beginning, any_ending = folded.startswith("*"), folded.endswith("*")
    body = folded.removeprefix("*").removesuffix("*")
    # Only a phrase that begins or ends as a word does needs a border there: "??" has none.
    before = r"(?<!\w)" if any_beginning or _is_word_character(body[:1]) else ""
    after = r"(?!\w)" if any_ending or _is_word_character(body[-1:]) else ""
    beginning = r"\w*" if any_beginning else ""
    ending = r"\w*" if any_ending else ""
    return re.compile(before + beginning + re.escape(body) + ending + after)


def _is_word_character(character: str) -> bool:
    return character.isalnum() or character == "_"


Phrases = Iterable[str]
"""Phrases as `_pattern` reads them."""


def find_phrases(text: str, phrases: Phrases, *, aside: Phrases = ()) -> list[str]:
    """The phrases that occur in `text`; words match as whole words.

    A final `*` allows any ending, one in front any beginning. What stands in a phrase of `aside` is
    no occurrence.

    >>> find_phrases("No refunds?!", ["refund*", "und", "no"])
    ['refund*', 'no']
    """
    folded = _folded(text, aside)
    return [phrase for phrase in phrases if _pattern(phrase).search(folded)]


def _folded(text: str, aside: Phrases) -> str:
    """The text, folded, with marks in place of some phrases; the rest stands where it stood."""
    folded = fold(text)
    for phrase in aside:
        folded = _pattern(phrase).sub(lambda match: MARK * len(match[0]), folded)
    return folded


Span = tuple[int, int]
"""Where an occurrence begins and ends in the folded text."""


def phrase_spans(text: str, phrases: Phrases, *, aside: Phrases = ()) -> list[Span]:
    """Each occurrence of each of `phrases` in `text` that stands in no phrase of `aside`."""
    folded = _folded(text, aside)
    return [match.span() for phrase in phrases for match in _pattern(phrase).finditer(folded)]


def count_apart(spans: Iterable[Span]) -> int:
    """How many occurrences there are; those that share words count once.

    >>> count_apart(phrase_spans("Many thanks, thanks!", ["thanks", "many thanks"]))
    2
    """
    times, last_end = 0, 0
    for start, end in sorted(spans):
        times += start >= last_end
        last_end = max(last_end, end)
    return times


def word_set(text: str) -> frozenset[str]:
    """The different words of a text."""
    return frozenset(re.findall(r"[\w']+", fold(text)))


def overlap(one: str, other: str) -> float:
    """Common words / all words of two texts, 0 to 1."""
    return common_share(word_set(one), word_set(other))


def common_share(one: frozenset[object], other: frozenset[object]) -> float:
    """Common members / all members of two sets, 0 to 1 (Jaccard index); 0 for two empty ones."""
    common = len(one & other)
    together = len(one) + len(other) - common
    return common / together if together else 0.0


def opening_phrase(text: str, phrases: Phrases, *, aside: Phrases = ()) -> str | None:
    """The first of `phrases` that the text begins with, quotes and inverted marks aside.

    None if it begins with none of them, or with a phrase of `aside`.
    """
    folded = _folded(text, aside).lstrip("\"'¡¿*(")
    return next((phrase for phrase in phrases if _pattern(phrase).match(folded)), None)


def words_id(text: str) -> str:
    """Eight hex digits, the same for the same words, whatever case and spaces."""
    return sha256(fold(text))[:8]


def sha256(text: str) -> str:
    """Hex digest of the UTF-8 bytes of the text; lone surrogates count as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
