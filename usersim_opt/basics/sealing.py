"""Lines of our own records that end with a checksum, so that no accident changes one unseen.

    {"event": "measured", "stage": "smoke", "at": "...", "crc32": "0a1b2c3d"}

It is zlib.crc32 of all bytes of the line before `, "crc32"`, as 8 hex digits. Damage of up to four
bytes in a row is always seen, wherever it is in the line; of greater damage one case in four
billion is not.

It finds accidents, not forgers: whoever edits a line can give it its checksum again. A line that is
gone altogether leaves no trace in the others.
"""

import re
import zlib

CHECKSUM = "crc32"
"""The name of the field, which is the last of its line."""
_SEAL = re.compile(rb', "crc32": "[0-9a-f]{8}"\}$')
_LENGTH = len(b', "crc32": "0a1b2c3d"}')


def sealed(record: str) -> bytes:
    """A JSON object in one line, as a line of a file: with its checksum and a line end."""
    body = record.removesuffix("}").encode()
    return body + _seal(body) + b"\n"


def unsealed(line: bytes) -> bytes:
    """The JSON object of a line, without checksum and line end.

    ValueError where the line has no checksum, or that of another line.
    """
    body, seal = line[:-_LENGTH], line[-_LENGTH:]
    if seal != _seal(body):
        raise ValueError("its checksum is missing or wrong: it was changed after it was written")
    return body + b"}"


def is_sealed(line: bytes) -> bool:
    """Whether a line ends with a checksum, be it right or wrong."""
    return _SEAL.search(line) is not None


def _seal(body: bytes) -> bytes:
    return f', "{CHECKSUM}": "{zlib.crc32(body):08x}"}}'.encode()
