"""Verdicts that come in one reply at a time are the arrays that they would be all at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.measuring.verdict_arrays import VerdictRow
from usersim_opt.measuring.verdict_table import VerdictTable

DIMENSIONS, CRITERIA = 3, 7
replies = st.lists(
    st.tuples(
        st.frozensets(st.integers(0, 4)),
        st.lists(st.tuples(st.integers(0, CRITERIA - 1), st.booleans()), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=150,
)


def filled(answers):
    """A table, its versions, and its rows; every fifth reply brings a piece."""
    table, versions, rows = VerdictTable(DIMENSIONS), [], []
    for reply, (wanted, verdicts) in enumerate(answers):
        if reply % 5 == 0:
            table.add_piece()
        members = frozenset(piece for piece in wanted if piece <= reply // 5)
        if members not in versions:
            versions.append(members)
            table.add_version(members)
        version = versions.index(members)
        own = [VerdictRow(version, reply, c % DIMENSIONS, c, passed) for c, passed in verdicts]
        table.add_reply(version, own, criteria=CRITERIA)
        rows += own
    return table, versions, rows


@given(replies)
def test_what_is_kept_is_what_all_verdicts_at_once_would_give(answers):
    table, versions, rows = filled(answers)
    arrays, pieces = table.arrays(), (len(answers) - 1) // 5 + 1
    inside = np.array([[float(p in held) for p in range(pieces)] for held in versions])
    counts = np.zeros((len(versions), DIMENSIONS))
    for row in rows:
        counts[row.version, row.dimension] += 1
    assert np.array_equal(arrays.members, inside.reshape(len(versions), pieces))
    assert np.array_equal(arrays.gram, np.einsum("vp,vq,vd->pqd", inside, inside, counts))
    assert np.array_equal(arrays.per_version, counts.sum(axis=1))
    assert np.array_equal(arrays.per_dimension, counts.sum(axis=0))
    assert np.array_equal(arrays.per_criterion, np.bincount(arrays.criterion, minlength=CRITERIA))
    assert np.array_equal(arrays.per_reply, [len(verdicts) for _, verdicts in answers])
    assert np.array_equal(
        arrays.version[np.cumsum(arrays.per_reply.astype(int)) - 1], arrays.version_of_reply
    )
    assert np.array_equal(arrays.replies_per_version, np.bincount(arrays.version_of_reply))
    assert list(arrays.passed) == [float(row.passed) for row in rows]


def test_an_empty_table_says_so():
    table = VerdictTable(DIMENSIONS)
    assert table.is_empty
    assert table.replies == 0
