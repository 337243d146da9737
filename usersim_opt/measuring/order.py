"""In which order the replies of prompts that are compared are made: in blocks, there and back.

    A B B A A B B A ...

A server warms up, gets other neighbours, or is given another edition of its model while it is
measured; so does a judge. Were all replies of one prompt made first, such a drift would count for
or against the other one. Turn about in blocks, a steady drift counts for none of them, and a sudden
change touches all but one block alike. A block is long enough that a server can go on using what it
has read of one prompt.
"""

import math
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
BLOCK = 20
"""Calls of one prompt in a row, at most, before the next prompt has its turn."""


def in_turns(sides: Sequence[Sequence[T]]) -> list[tuple[int, T]]:
    """Everything of all sides in the order in which it is to be done, with the number of its side.

    Within a side the order stays. One side alone has no turns to take.

    >>> "".join(job for _, job in in_turns(["aaaa", "bbbb"]))
    'aabbbbaa'
    """
    rounds = 2 * math.ceil(max(map(len, sides), default=0) / (2 * BLOCK)) if len(sides) > 1 else 1
    order: list[tuple[int, T]] = []
    for turn in range(rounds):
        numbers = range(len(sides)) if turn % 2 == 0 else reversed(range(len(sides)))
        for number in numbers:
            order += [(number, each) for each in _block(sides[number], turn, rounds)]
    return order


def _block(side: Sequence[T], turn: int, rounds: int) -> Sequence[T]:
    """What one side does in one turn; the blocks of a side are of one length, give or take one."""
    start, end = (len(side) * place // rounds for place in (turn, turn + 1))
    return side[start:end]
