"""Has the server cut the prompt without a word? Ollama answers as if nothing had happened; only its token counts tell.

What gives it away: fewer prompt tokens than the text must have, or exactly the number that its token cut leaves
(`num_ctx - (num_ctx - 4) // 2`, or one or two more). Prompt and answer together beyond the context length mean that the
window has moved on while the answer was written, which spoils that answer only.
"""

from dataclasses import dataclass

LEAST_RATE = 1 / 8
"""Tokens per character that any text has at the least, where nothing has been measured yet; English has about a quarter."""
HIGHEST_RATE = 0.2
"""Tokens per character that are expected at the most, however many a preflight has measured: texts differ."""
MARGIN = 0.8
SPARE = 512
STEP = 1024


@dataclass(frozen=True)
class Sent:
    """One call as the client knows it: characters sent, tokens that the server says it read and wrote, context length."""

    characters: int
    read: int | None
    written: int | None
    num_ctx: int | None


def truncation(sent: Sent, *, rate: float = LEAST_RATE) -> str:
    """Why the prompt must have been cut, with the num_ctx that it needs; empty if nothing speaks for it.

    `rate` is in tokens per character. Counts that the server left out are unknown and prove nothing.
    """
    expected = rate * sent.characters
    if sent.read is None:
        return ""
    if sent.read < MARGIN * expected and expected > 200:
        return _told(
            sent,
            expected,
            f"{sent.characters:,} characters were sent, but only {sent.read:,} tokens were read",
        )
    if sent.num_ctx is None:
        return ""
    left = sent.num_ctx - (sent.num_ctx - 4) // 2
    if sent.num_ctx >= STEP and left <= sent.read <= left + 2 and expected > left:
        return _told(
            sent,
            2 * left,
            f"exactly {sent.read:,} tokens were read, what a cut leaves of num_ctx={sent.num_ctx}",
        )
    return ""


def overrun(sent: Sent) -> str:
    """Why the window must have moved on while this answer was written; empty if nothing speaks for it."""
    if sent.num_ctx is None or sent.read is None or sent.read + (sent.written or 0) <= sent.num_ctx:
        return ""
    return f"{sent.read:,} tokens read and {sent.written or 0:,} written do not fit into num_ctx={sent.num_ctx}; set num_predict, or a larger num_ctx"


def needed_context(tokens: float, answer: int | None = None) -> int:
    """The num_ctx for a prompt of so many tokens and an answer, in steps of 1,024."""
    return STEP * -(-int(1.1 * tokens + (answer or SPARE)) // STEP)


def _told(sent: Sent, tokens: float, what: str) -> str:
    needed = max(needed_context(tokens, sent.written), (sent.num_ctx or 0) + STEP)
    return f"the server cut the prompt without a word: {what}; set num_ctx={needed} or more"
