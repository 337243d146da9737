"""Of evidence that was written with a private story in view: what may be handed on.

Evidence goes into records, reports and to the model that writes the next prompt, which must not
learn the stories. Only what stands in the reply is kept, in runs of two words or more: whoever
reads on has the reply anyway. What the judge says of the story in words of its own is lost with
it, on purpose; a guard that looked for the story's words would miss those.
"""

import re

WITHHELD = "decided by the private story, which is not told here"
"""The evidence of a verdict that quotes nothing of the reply."""
FEWEST = 2
"""Words in a row that are a quotation; a single one may as well be the judge's own."""
_MOST = 1000
"""Words of either that are looked at."""
_WORD = re.compile(r"\w+(?:['’.,:/-]\w+)*")  # noqa: RUF001 - as people write


def quoted_only(evidence: str, reply: str) -> str:
    """The words of the reply that the evidence quotes; that they are withheld where it has none.

    >>> quoted_only('the budget is 300, he says "up to 500 euros"', "i can pay up to 500 euros")
    '"up to 500 euros"'
    """
    said = [word.lower() for word in _WORD.findall(reply)][:_MOST]
    told = _WORD.findall(evidence)[:_MOST]
    quotations: list[str] = []
    at = 0
    while at < len(told):
        length = _run(told, at, said)
        if length >= FEWEST or (length and length == len(said)):
            quotations.append(f'"{" ".join(told[at : at + length])}"')
        at += max(length, 1)
    return ", ".join(dict.fromkeys(quotations)) or WITHHELD


def _run(told: list[str], at: int, said: list[str]) -> int:
    """How many words from a place of the evidence on stand in the reply in a row."""
    best = 0
    for start in range(len(said)):
        length = 0
        while _same(told, at + length, said, start + length):
            length += 1
        best = max(best, length)
    return best


def _same(told: list[str], one: int, said: list[str], other: int) -> bool:
    return one < len(told) and other < len(said) and told[one].lower() == said[other]
