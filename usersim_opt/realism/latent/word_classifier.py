"""A plain classifier by code: the label that the words of a text speak for.

Multinomial naive Bayes with one added to each count (Manning, Raghavan, Schuetze 2008, Introduction
to Information Retrieval, section 13.2). The tokens are words in lower case, marks that people type
on purpose, and how long the text is, in powers of two, since a mood shows in length as well.

Tokens that no text of the fit had are passed over.

Not covered: the order of words.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from usersim_opt.basics.text import fold, words

_TOKEN = re.compile(r"[\w']+|[?!]+|\.{3}")


@dataclass(frozen=True)
class WordClassifier:
    """Counts of tokens by label; made by `fitted`."""

    texts: Counter[str]
    tokens: dict[str, Counter[str]]
    vocabulary: frozenset[str]

    @classmethod
    def fitted(cls, texts: Sequence[str], labels: Sequence[str]) -> "WordClassifier":
        """The classifier of these texts."""
        tokens: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text, label in zip(texts, labels, strict=True):
            tokens[label].update(_tokens(text))
        known = frozenset(token for counts in tokens.values() for token in counts)
        return cls(Counter(labels), dict(tokens), known)

    def label(self, text: str) -> str:
        """The label that the text speaks for most; of equals the first by name."""
        return max(sorted(self.texts), key=lambda label: self._log_score(label, text))

    def _log_score(self, label: str, text: str) -> float:
        counts = self.tokens[label]
        total = counts.total() + len(self.vocabulary)
        prior = math.log(self.texts[label] / self.texts.total())
        known = (token for token in _tokens(text) if token in self.vocabulary)
        return prior + sum(math.log((counts[token] + 1) / total) for token in known)


def _tokens(text: str) -> Iterator[str]:
    yield from _TOKEN.findall(fold(text))
    yield f"length {len(words(text)).bit_length()}"
