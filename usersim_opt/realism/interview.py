r"""Questions to a judge: each is asked once, once more where its answer cannot be read, then lost.

What is lost is counted and told; it is no verdict of any kind. Answers are kept by what was asked
(model, instructions, material), so that the same question is not paid for twice; with a file they
outlast the program:

    {"key": "5f0c...", "about": "goals of 001/0, pair 2", "answer": "{\"states\": ..."}

Each line ends with a checksum (sealing.py), which files of earlier versions lack; one that is wrong
is an error. Errors that every further call would meet (a wrong key, a missing model) are raised as
ModelError.

Not covered: several programs that write one file at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import dspy
from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_json
from usersim_opt.basics.appending import LineFile
from usersim_opt.basics.asking import Asker, check_lm, enclose
from usersim_opt.basics.errors import BadReply, InputError, ModelError, one_line
from usersim_opt.basics.files import check_writable
from usersim_opt.basics.json_lines import records_in
from usersim_opt.basics.reading import own_bytes
from usersim_opt.basics.sealing import sealed
from usersim_opt.basics.text import sha256
from usersim_opt.measuring.answers import UnreadableError
from usersim_opt.measuring.playing import FATAL
from usersim_opt.models.naming import is_offline, model_name

Read = TypeVar("Read")
AGAIN = """\

An earlier answer to this could not be read. \
Answer in the form that was asked for, and with nothing else."""
_LIKE = '{"key": "5f0c", "about": "goals of 001/0, pair 2", "answer": "{...}"}'


class KeptAnswer(BaseModel):
    """A line of the file: an answer by the digest of what was asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    key: str
    about: str
    answer: str


@dataclass(frozen=True)
class Lost:
    """A question without an answer that can be read."""

    about: str
    why: str


@dataclass
class Interview:
    """Asks one model; counts calls and what was lost. Threads may share it.

    With `strict`, errors of a connection are raised; else such a question is lost as well.
    """

    lm: dspy.LM | None
    file: Path | None = None
    strict: bool = False
    calls: int = 0
    lost: list[Lost] = field(default_factory=list)
    _answers: dict[str, str | None] = field(default_factory=dict)
    _askers: dict[str, Asker] = field(default_factory=dict)
    _under_way: dict[str, Lock] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        check_judge(self.lm)
        if self.file is not None:
            check_writable(self.file)
            self._answers.update(_kept_in(self.file))

    def __deepcopy__(self, memo: dict[int, Any]) -> "Interview":
        return self  # its lock cannot be copied, and its answers are for everybody

    @property
    def name(self) -> str:
        """The model with its options."""
        return judge_name(self.lm)

    def ask(
        self, instructions: str, data: Any, read: Callable[[str], Read], *, about: str
    ) -> Read | None:
        """What `read` makes of the answer; None where it is lost.

        `read` raises UnreadableError for an answer that it cannot read without guessing.
        """
        material = enclose(data)
        key = sha256(f"{self.name}\n{instructions}\n{material}")
        with self._lock:
            alone = self._under_way.setdefault(key, Lock())
        with alone:  # two threads with one question get one answer
            answer = self._answers.get(key)
            if key not in self._answers or not _is_readable(answer, read):
                answer = self._answer(instructions, material, read, about)
                self._keep(key, about, answer)
        return None if answer is None else read(answer)

    def _answer(
        self, instructions: str, material: str, read: Callable[[str], Any], about: str
    ) -> str | None:
        """A readable answer of two; None if there is none."""
        why = ""
        for text in (material, material + AGAIN):
            try:
                answer = self._call(instructions, text)
                read(answer)
            except (BadReply, UnreadableError) as error:
                why = one_line(error)
            except FATAL as error:
                raise ModelError(one_line(error)) from error
            except Exception as error:
                if self.strict:
                    raise
                why = one_line(error)
                break
            else:
                return answer
        with self._lock:
            self.lost.append(Lost(about, why))
        return None

    def _call(self, instructions: str, material: str) -> str:
        with self._lock:
            self.calls += 1
            if instructions not in self._askers:
                self._askers[instructions] = Asker(instructions, self.lm, role="judge")
            asker = self._askers[instructions]
        with dspy.context(disable_history=True, trace=None):
            return asker.ask(material)

    def _keep(self, key: str, about: str, answer: str | None) -> None:
        """Remember an answer; a lost one is asked for again by the next program, not by this."""
        with self._lock:
            self._answers[key] = answer
            if self.file is None or answer is None:
                return
            line = KeptAnswer(key=key, about=about, answer=answer).model_dump()
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with LineFile(self.file) as file:
                file.append(sealed(strict_json.dumps(line)))


def _is_readable(answer: str | None, read: Callable[[str], Any]) -> bool:
    """Whether a kept answer can be read, as none may that another program has written."""
    try:
        return answer is None or read(answer) is not None
    except UnreadableError:
        return False


def check_judge(lm: Any) -> None:
    """InputError for what is no model, and for a stand-in, which knows no such question."""
    check_lm(lm)
    if is_offline(lm or dspy.settings.lm):
        raise InputError(
            "the judge is an offline stand-in, which has no rules for these questions; "
            "give a language model, or leave the judge out for what code can find"
        )


def judge_name(lm: Any) -> str:
    """A model with its options, as records name it; None stands for DSPy's configured one."""
    model = lm or dspy.settings.lm
    return model_name(model) if isinstance(model, dspy.LM) else type(model).__name__


_BEGINNING = b'{"key"'
"""How every line begins; a file of somebody else's is not touched."""


def _kept_in(file: Path) -> dict[str, str]:
    """The answers of a file; a last line that was cut off by a kill is taken out."""
    if not file.exists() or not file.stat().st_size:
        return {}
    if not _BEGINNING.startswith(own_bytes(file)[: len(_BEGINNING)]):
        raise InputError(f"{file}:1: is no kept answer; expected lines such as {_LIKE}")
    LineFile(file, error=InputError).close()
    if not file.stat().st_size:
        return {}
    lines = records_in(file, KeptAnswer, like=_LIKE, own=True)
    return {line.key: line.answer for _, line in lines}
