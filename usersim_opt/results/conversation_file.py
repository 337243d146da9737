"""The folder of a rollout: finished conversations, by task and seed; see record_file.py.

Conversations that failed by a call are played again when the rollout goes on.
"""

from collections.abc import Sequence

from usersim_opt.customer.conversation import CALL_FAULTS, Conversation
from usersim_opt.results.record_file import RecordFile, line_of

FILE, HEAD = "conversations.jsonl", "rollout.json"
LIKE = '{"task": "001", "seed": 0, "turns": [{"role": "agent", "text": "Hi!"}], ...}'


class ConversationFile(RecordFile[Conversation]):
    """Conversations by task and seed: `played` are those that need not be played again."""

    kind = Conversation
    file, head, like = FILE, HEAD, LIKE
    what = "conversations"

    def is_owed(self, record: Conversation) -> bool:
        """Whether a call failed, which another attempt may not meet."""
        return record.fault in CALL_FAULTS


def dumped(conversations: Sequence[Conversation]) -> str:
    """Conversations as JSON lines."""
    return "".join(map(line_of, conversations))
