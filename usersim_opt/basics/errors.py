"""Everything usersim-opt raises on purpose.

UsersimError
├── InputError            the files or arguments are wrong; nothing was spent
│   ├── DatasetError        a task, scenario or rubric does not load
│   ├── PromptError         a prompt cannot be used as it is
│   ├── JournalError        a run folder cannot be read or continued
│   └── ResumeMismatch      the run folder belongs to other inputs
├── ModelError            a model did not answer usefully
│   ├── Unreachable         refused, timed out, 429, 5xx
│   ├── BadReply            empty, cut off, or not what was asked
│   └── TooLong             the request is longer than what the model reads
└── TooManyErrors         too few answers to decide anything; the journal is kept

NotScored               a metric's call has no score; outside of the tree, see there

`retry_helps` says whether the same call may go through later.
Each message says what is wrong, where, what was got, what was expected and what to do.
"""

from usersim_opt.basics.text import visible, without_keys


class UsersimError(Exception):
    """Base of every error that usersim-opt raises on purpose.

    Messages quote servers, files and models: what a terminal would obey, and what looks like a key
    or a password, is not in them, nor in `repr` or a traceback.
    """

    retry_helps = False

    def __init__(self, *said: object) -> None:
        super().__init__(*(without_keys(visible(s)) if isinstance(s, str) else s for s in said))


class InputError(UsersimError):
    """Files or arguments are wrong; nothing was spent."""


class DatasetError(InputError):
    """A task, scenario, rubric or split does not load."""


class PromptError(InputError):
    """A prompt is missing, empty or malformed."""


class JournalError(InputError):
    """A run folder cannot be read, or holds what cannot be continued."""


class ResumeMismatch(InputError):
    """A run folder was made with other inputs than the ones given now."""


class ModelError(UsersimError):
    """A model did not answer usefully."""


class Unreachable(ModelError):
    """The model's server refused, timed out, or was too busy."""

    retry_helps = True


class BadReply(ModelError):
    """The model answered, but with nothing that can be used."""


class TooLong(ModelError):
    """The request is longer than what the model reads; a shorter one may be answered."""


class TooManyErrors(UsersimError):
    """So many calls failed that a decision would be guesswork; the journal is kept."""

    retry_helps = True


class NotScored(BaseException):
    """A call of a metric has no score.

    No Exception, and on purpose: `dspy.Evaluate`, and the optimizers that use it, count whatever is
    one as a score of 0 and go on, so that an outage of the judge looks like a bad prompt. This one
    ends them. A metric of your own may catch it, where you know what such a reply is worth.
    """


def one_line(error: BaseException) -> str:
    """An exception in one short line: its class and its first paragraph.

    Some libraries append paragraphs of general advice; a log line has no use for them. Servers
    choose what stands in their errors: nothing that a terminal obeys is left, and no key.
    """
    paragraph = str(error).partition("\n\n")[0]
    message = without_keys(visible(" ".join(paragraph.split())))
    return f"{type(error).__name__}: {message[:300]}"
