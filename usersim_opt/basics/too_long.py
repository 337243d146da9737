"""Was a request refused for its length? Servers say it in words of their own.

Ollama, OpenAI and some others have an error of its own for it. llama.cpp, vLLM and their like have
a 400 with a sentence, which DSPy takes for a request that was wrong in any way.
"""

import re

_SPEAKS_OF_LENGTH = re.compile(
    r"context[ _-]?(?:length|window|size)|num_ctx|reduce the length"
    r"|too many (?:input |prompt )?tokens"
    r"|(?:prompt|input|request|message|payload|entity)s?\b.{0,40}\btoo (?:long|large)",
    re.IGNORECASE,
)


def speaks_of_length(error: Exception) -> bool:
    """Whether the words of an error about a request speak of its length."""
    return _SPEAKS_OF_LENGTH.search(str(error)) is not None
