"""Deterministic predicates on a reply: exact, free, and deaf to persuasion.

A check is data, one kind and its argument, as it stands in a rubric:

    check: {max_words: 25}
    check: {none_of: ["@thanks", "I appreciate"]}
    check: {any: [{asks: true}, {any_of: [no, not, wrong]}]}

`at_least` and `at_most` count different phrases, `max_times` counts every occurrence. `@name` in a list of phrases stands for the lexicon of that name. Phrases match as whole words whatever the
case; a final `*` allows any ending. Stop tokens are no part of a reply.

Not covered: meaning. "not bad" contains "bad"; what phrases cannot decide belongs to the judge.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from usersim_opt.basics.text import (
    count_phrases,
    find_phrases,
    fold,
    opening_phrase,
    sentences,
    spoken,
    words,
)

LEXICONS: dict[str, tuple[str, ...]] = {
    "thanks": ("thanks", "thank you", "thx", "ty", "many thanks", "much appreciated", "appreciate it", "i appreciate", "grateful", "merci"),
    "please": ("please", "pls", "plz", "kindly", "if you could", "would you mind"),
    "apology": ("sorry", "apologies", "apologize", "apologise", "my bad", "pardon"),
    "agent_talk": (
        "how can i help", "how may i help", "how can i assist", "how may i assist", "happy to help", "happy to assist", "glad to help", "glad to assist",
        "is there anything else i can", "anything else i can help", "let me check that for you", "let me look that up for you", "our policy", "our records",
        "for verification purposes", "thank you for your patience", "thank you for contacting", "i can offer you", "i apologize for the inconvenience",
        "i apologise for the inconvenience", "rest assured",
    ),
    "certain": ("definitely", "certainly", "absolutely", "for sure", "i'm sure", "im sure", "i am sure", "i'm certain", "i am certain", "100%", "without a doubt", "no doubt", "positive"),
    "unsure": (
        "i think", "i guess", "i believe", "maybe", "probably", "perhaps", "not sure", "unsure", "no idea", "don't know", "dont know", "do not know",
        "i suppose", "i reckon", "afaik", "as far as i", "probs", "prob", "supposed to be", "i thought", "don't remember", "dont remember", "do not remember", "can't remember", "cant remember", "don't recall", "can't recall", "forgot", "might",
        "dunno", "idk", "roughly", "around", "something like", "or so", "not certain", "not 100%", "don't have", "dont have", "do not have", "haven't got",
        "can't find", "cant find", "no clue", "ish", "if i remember", "pretty sure", "must be", "i'd have to look", "would have to look",
    ),
    "refusal": (
        "no", "nope", "nah", "not", "don't", "dont", "do not", "doesn't", "didn't", "isn't", "wasn't", "aren't", "won't", "wont", "can't", "cant", "cannot",
        "wrong", "never", "rather not", "wait", "stop", "hold on", "hang on", "incorrect", "nothing", "non", "instead", "neither",
    ),
    "agreement": (
        "yes", "yeah", "yep", "yup", "sure", "ok", "okay", "fine", "sounds good", "that works", "works for me", "go ahead", "perfect", "great",
        "correct", "that's right", "thats right", "agreed", "alright", "do it", "please proceed",
    ),
    "irritation": (
        "ridiculous", "annoying", "annoyed", "frustrating", "frustrated", "fed up", "come on", "seriously", "really?", "again?", "ugh", "unbelievable", "joke", "angry",
        "upset", "sick of", "tired of", "waste of time", "wasting", "for god's sake", "still", "already told", "already said", "not happy", "useless", "disappointed", "disappointing",
    ),
    "blame": (
        "your fault", "you people", "incompetent", "useless", "you lied", "liar", "liars", "scam", "scammers", "stupid", "idiot", "idiots", "shame on you", "disgrace",
        "pathetic", "you messed up", "you screwed up", "you broke", "your mistake",
    ),
    "alternatives": ("instead", "alternatively", "how about", "what about", "what if", "otherwise", "or else", "on second thought", "as a fallback", "plan b", "failing that"),
    "meta": (
        "as a customer", "as an ai", "language model", "simulation", "simulated", "role-play", "roleplay", "my instructions", "the instructions", "my instruction",
        "the scenario", "this scenario", "my scenario", "rubric", "criterion", "criteria", "benchmark", "test case", "the prompt", "system prompt", "my persona",
        "i was told to say", "i am supposed to say", "i'm supposed to", "hidden", "user simulator", "ground truth",
    ),
}  # fmt: skip
"""Named lists of phrases, used in checks as `@name`; in the project's own words, short on purpose."""

_QUESTION = re.compile(
    r"(?:and |but |so |ok |wait |hi |hello |hey )?(?:(?:why|how|which|who|whose)\b|what(?:'s|s)?\b(?! an? )"
    r"|(?:when|where)(?:'s)? (?:is|are|was|were|do|does|did|can|will|would|should)\b"
    r"|(?:can|could|would|will|do|does|did|is|are|am|was|were|should|have|has|isn't|aren't|don't|doesn't|can't|couldn't) (?:i|you|we|they|he|she|it|this|that|there|the|my|your|somebody|someone|anybody|anyone)\b)"
)
"""How a sentence opens that asks without a question mark."""
_LIST_LINE = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+\S", re.MULTILINE)
_LABEL_LINE = re.compile(r"^\s*\w[\w /]{1,24}:\s+\S", re.MULTILINE)
_INLINE_LIST = re.compile(
    r"(?<!\w)(?:1[.)]|\(1\)|first(?:ly)?,)\s.*(?<!\w)(?:2[.)]|\(2\)|second(?:ly)?,)\s",
    re.DOTALL | re.IGNORECASE,
)


class Finding(NamedTuple):
    """Whether a check holds, and what in the reply says so."""

    holds: bool
    evidence: str


@dataclass(frozen=True)
class _Kind:
    """One kind of check: how it judges a reply, and what its argument must look like."""

    judge: Callable[[str, Any], Finding]
    accepts: Callable[[Any], bool]
    expected: str


def validate(check: Any) -> None:
    """Raise ValueError, saying what was expected, unless `check` is one known kind with a fitting argument."""
    if not isinstance(check, dict) or len(check) != 1:
        raise ValueError(
            f"check is {check!r}; expected one kind and its argument, such as {{max_words: 25}}"
        )
    ((name, argument),) = check.items()
    kind = _KINDS.get(name)
    if kind is None:
        raise ValueError(
            f"check: unknown kind {name!r}; known kinds are {', '.join(sorted(_KINDS))}"
        )
    if name in ("all", "any") and isinstance(argument, list) and argument:
        for part in argument:
            validate(part)
    elif name == "not":
        validate(argument)
    elif not kind.accepts(argument):
        raise ValueError(f"check: {name} is {argument!r}; expected {kind.expected}")


def run(check: dict[str, Any], reply: str) -> Finding:
    """Judge a reply by a valid check; stop tokens are taken out first."""
    return _judge(check, spoken(reply))


def _judge(check: dict[str, Any], text: str) -> Finding:
    ((name, argument),) = check.items()
    return _KINDS[name].judge(text, argument)


def phrases(items: list[str]) -> list[str]:
    """The phrases of a list with each `@name` replaced by its lexicon."""
    return [
        phrase
        for item in items
        for phrase in (LEXICONS[item[1:]] if item.startswith("@") else (item,))
    ]


def asks(text: str) -> bool:
    """Whether a message asks something: a question mark, or a sentence that opens as a question does."""
    return "?" in text or any(_QUESTION.match(fold(sentence)) for sentence in sentences(text))


def has_list(text: str) -> bool:
    """Whether a message is laid out as a list: bullets, numbers, first/second, or three and more `label: value` lines."""
    return bool(
        _LIST_LINE.search(text) or _INLINE_LIST.search(text) or len(_LABEL_LINE.findall(text)) >= 3
    )


def _listing(found: list[str]) -> str:
    return (
        "found: " + ", ".join(repr(phrase) for phrase in found)
        if found
        else "found none of the phrases"
    )


def _count(n: int, what: str, holds: bool) -> Finding:
    return Finding(holds, f"{n} {what}{'' if n == 1 else 's'}")


def _any_of(text: str, items: list[str]) -> Finding:
    found = find_phrases(text, phrases(items))
    return Finding(bool(found), _listing(found))


def _none_of(text: str, items: list[str]) -> Finding:
    found = find_phrases(text, phrases(items))
    return Finding(not found, _listing(found))


def _opens_with(text: str, items: list[str]) -> Finding:
    opening = opening_phrase(text, phrases(items))
    return Finding(opening is not None, f"opens with {opening or ' '.join(words(text)[:4])!r}")


def _at_least(text: str, rule: dict[str, Any]) -> Finding:
    found = find_phrases(text, phrases(rule["of"]))
    return Finding(
        len(found) >= rule["n"], f"{len(found)} of {rule['n']} wanted; {_listing(found)}"
    )


def _max_times(text: str, rule: dict[str, Any]) -> Finding:
    times = count_phrases(text, phrases(rule["of"]))
    return Finding(times <= rule["n"], f"{times} times, {rule['n']} allowed")


def _at_most(text: str, rule: dict[str, Any]) -> Finding:
    found = find_phrases(text, phrases(rule["of"]))
    return Finding(len(found) <= rule["n"], f"{len(found)}, {rule['n']} allowed; {_listing(found)}")


def _questions(text: str) -> int:
    return max(len(re.findall(r"\?+", text)), int(asks(text)))


def _all(text: str, parts: list[dict[str, Any]]) -> Finding:
    findings = [_judge(part, text) for part in parts]
    return Finding(all(f.holds for f in findings), "; ".join(f.evidence for f in findings))


def _any(text: str, parts: list[dict[str, Any]]) -> Finding:
    findings = [_judge(part, text) for part in parts]
    return Finding(any(f.holds for f in findings), "; ".join(f.evidence for f in findings))


def _not(text: str, part: dict[str, Any]) -> Finding:
    finding = _judge(part, text)
    return Finding(not finding.holds, finding.evidence)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_phrases(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_phrase(item) for item in value)


def _is_phrase(item: Any) -> bool:
    return (
        isinstance(item, str)
        and bool(item.strip(" *"))
        and (not item.startswith("@") or item[1:] in LEXICONS)
    )


def _is_tally(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"n", "of"}
        and _is_count(value["n"])
        and _is_phrases(value["of"])
    )


_COUNT = "a whole number, 0 or more"
_PHRASES = (
    f"a list of phrases, each a text or one of {', '.join('@' + name for name in sorted(LEXICONS))}"
)
_TALLY = "{n: a whole number, of: a list of phrases}"
_KINDS: dict[str, _Kind] = {
    "max_words": _Kind(lambda t, n: _count(len(words(t)), "word", len(words(t)) <= n), _is_count, _COUNT),
    "min_words": _Kind(lambda t, n: _count(len(words(t)), "word", len(words(t)) >= n), _is_count, _COUNT),
    "max_sentences": _Kind(lambda t, n: _count(len(sentences(t)), "sentence", len(sentences(t)) <= n), _is_count, _COUNT),
    "max_questions": _Kind(lambda t, n: _count(_questions(t), "question", _questions(t) <= n), _is_count, _COUNT),
    "asks": _Kind(lambda t, yes: Finding(asks(t) is yes, "asks a question" if asks(t) else "asks nothing"), lambda v: isinstance(v, bool), "true or false"),
    "no_list": _Kind(lambda t, _: Finding(not has_list(t), "laid out as a list" if has_list(t) else "no list"), lambda v: v is True, "true"),
    "any_of": _Kind(_any_of, _is_phrases, _PHRASES),
    "none_of": _Kind(_none_of, _is_phrases, _PHRASES),
    "opens_with": _Kind(_opens_with, _is_phrases, _PHRASES),
    "at_least": _Kind(_at_least, _is_tally, _TALLY),
    "at_most": _Kind(_at_most, _is_tally, _TALLY),
    "max_times": _Kind(_max_times, _is_tally, _TALLY),
    "all": _Kind(_all, lambda v: False, "a list of checks"),
    "any": _Kind(_any, lambda v: False, "a list of checks"),
    "not": _Kind(_not, lambda v: False, "a check"),
}  # fmt: skip
