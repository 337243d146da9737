"""Records of ours that tests edit by hand: each line gets its checksum again, as by an editor."""

import json
import re

from usersim_opt.basics.sealing import sealed, unsealed
from usersim_opt.results.journal import FILE

_CHECKSUM = re.compile(r', "crc32": "[0-9a-f]{8}"\}$')


def read_events(folder):
    """All events of a journal, its header first."""
    return [json.loads(unsealed(line)) for line in (folder / FILE).read_bytes().splitlines()]


def write_events(folder, events):
    """Make them the lines of a journal."""
    (folder / FILE).write_bytes(b"".join(sealed(json.dumps(event)) for event in events))


def replace_in_lines(folder, *changes):
    """Replace texts in a journal; each change is a text and what stands in its place."""
    text = (folder / FILE).read_text()
    for old, new in changes:
        text = text.replace(old, new)
    (folder / FILE).write_text(sealed_again(text))


def sealed_again(text):
    """A text whose lines were changed, with the checksums that they have now."""
    return "\n".join(map(_sealed_again, text.split("\n")))


def _sealed_again(line):
    body, found = _CHECKSUM.subn("}", line)
    return sealed(body).decode().removesuffix("\n") if found else line


def bits_turned_over(content, first=0):
    """The bytes with one bit turned over, for each bit from a place on."""
    for place in range(8 * first, 8 * len(content)):
        bent = bytearray(content)
        bent[place // 8] ^= 1 << place % 8
        yield bytes(bent)
