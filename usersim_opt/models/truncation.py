"""Has the server cut the prompt without a word? Ollama answers as if nothing had happened.

Only its token counts give it away: fewer prompt tokens than the text must have, or exactly the
number that its token cut leaves (`c - (c - 4) // 2` of a context of c tokens, or one or two more).
Where num_ctx is not set, c is what the server says it has loaded, or any of the usual ones. Some
servers leave the tokens in their prompt cache out of the count, so a low count is a reason to count
again without the cache (see the engine), and no proof. Prompt and
answer together beyond the context length mean that the window has moved on while the answer was
written, which spoils that answer only.
"""

from dataclasses import dataclass

LEAST_RATE = 1 / 8
"""Tokens per character that any text has at the least, where nothing has been measured yet.

English has about a quarter.
"""
HIGHEST_RATE = 0.2
"""Tokens per character that are expected at the most, whatever was measured: texts differ."""
MARGIN = 0.8
"""Share of the expected tokens below which a count is too low to be chance."""
LEAST_TOKENS = 200
"""Expected tokens below which nothing is concluded: short texts differ most from the average."""
SPARE = 512
"""Tokens of an answer whose length is not limited."""
GENEROUS_RATE = 1 / 3
"""Tokens per character that most texts stay below, for advice that has to be enough."""
USUAL = tuple(2**power for power in range(11, 19))
"""Context lengths that servers choose by themselves, 2,048 to 262,144 tokens."""
STEP = 1024
"""Contexts are advised in steps of so many tokens; shorter ones are not tested for a cut."""


@dataclass(frozen=True)
class Sent:
    """One call as the client knows it."""

    characters: int
    """Sent, system message and conversation together."""
    read: int | None
    """Tokens that the server says it read; None if it does not say."""
    written: int | None
    """Tokens that the server says it wrote; None if it does not say."""
    num_ctx: int | None
    """Context length in tokens; None where the server decides."""
    window: int | None = None
    """Context length that the server says it has loaded; None if it has not been asked."""


def truncation(sent: Sent, *, rate: float = LEAST_RATE) -> str:
    """Why the prompt must have been cut, with the num_ctx that it needs; empty if it seems whole.

    `rate` is in tokens per character. Counts that the server left out are unknown and prove
    nothing.
    """
    if sent.read is None:
        return ""
    expected = rate * sent.characters
    return _too_few(sent, sent.read, expected) or _as_a_cut_leaves(sent, sent.read, expected)


def _too_few(sent: Sent, read: int, expected: float) -> str:
    """The reason if far fewer tokens were read than the text must have."""
    if expected <= LEAST_TOKENS or read >= MARGIN * expected:
        return ""
    sizes = f"{sent.characters:,} characters were sent, but only {read:,} tokens were read"
    return _reason(sent, expected, sizes)


def _as_a_cut_leaves(sent: Sent, read: int, expected: float) -> str:
    """The reason if just so many tokens were read as are left by the server's cut."""
    for context in _contexts(sent):
        # A cut leaves four tokens and half of the others. How long the prompt was is then unknown;
        # it was longer than the context, so twice what is left is the least that it needs.
        left = context - (context - 4) // 2
        if left <= read <= left + 2 and expected > left:
            name = f"num_ctx={context}" if context == sent.num_ctx else f"{context:,}"
            count = f"exactly {read:,} tokens were read, what a cut leaves of {name}"
            return _reason(sent, 2 * left, count)
    return ""


def _contexts(sent: Sent) -> list[int]:
    """The context lengths that the server may have: those set and loaded, and shorter usual ones.

    A server takes less than it is told to where the model was trained on less.
    """
    stated = [length for length in (sent.num_ctx, sent.window) if length and length >= STEP]
    most = sent.num_ctx or USUAL[-1]
    return [*stated, *(length for length in USUAL if length <= most and length not in stated)]


def overrun(sent: Sent) -> str:
    """Why the window must have moved on while this answer was written; empty if it did not."""
    context = sent.num_ctx or sent.window
    if context is None or sent.read is None:
        return ""
    written = sent.written or 0
    if sent.read + written <= context:
        return ""
    name = f"num_ctx={context}" if sent.num_ctx else f"the server's {context:,}"
    return (
        f"{sent.read:,} tokens read and {written:,} written do not fit into "
        f"{name}; set num_predict, or a larger num_ctx"
    )


def needed_context(tokens: float, answer: int | None = None) -> int:
    """The num_ctx for a prompt of so many tokens and an answer, in steps of 1,024."""
    # A tenth in reserve: the tokens of other texts of this length differ.
    return STEP * -(-int(1.1 * tokens + (answer or SPARE)) // STEP)


def _reason(sent: Sent, tokens: float, what: str) -> str:
    # The server has not read all of the text, so its length is what the advice goes by.
    whole = max(tokens, GENEROUS_RATE * sent.characters)
    longer = max(sent.num_ctx or 0, sent.window or 0) + STEP
    needed = max(needed_context(whole, sent.written), longer)
    return f"the server cut the prompt without a word: {what}; set num_ctx={needed} or more"
