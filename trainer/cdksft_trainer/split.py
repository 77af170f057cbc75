"""
Which rows are taken, and which are held out. The order is that of a hash, the same in every Python version. The plan
draws the same: lib/data/part.ts.
"""

import hashlib
import math


def _drawn(count: int, size: int, purpose: str, seed: int) -> set[int]:
    """`size` of the numbers below `count`: those whose hashes with the seed come first."""

    def rank(index: int) -> bytes:
        return hashlib.sha256(f"{purpose}:{seed}:{index}".encode()).digest()

    return set(sorted(range(count), key=rank)[:size])


def share_of(count: int, share: float) -> int:
    """To the nearest, halves up, and at least one."""
    return max(1, math.floor(count * share + 0.5))


def sample(rows: list, wanted: int | dict[str, float] | None, seed: int) -> list:
    """That many rows or that share of them, in their original order; all where there are no more."""
    size = share_of(len(rows), wanted["share"]) if isinstance(wanted, dict) else wanted
    if size is None or size >= len(rows):
        return rows
    drawn = _drawn(len(rows), size, "sample", seed)
    return [row for index, row in enumerate(rows) if index in drawn]


def is_held(key: bytes, share: float, seed: int) -> bool:
    """By what a row says alone: its twin is lib/data/held.ts."""
    digest = hashlib.sha256(f"evaluation:{seed}:{key.hex()}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48 < share


def hold_out(rows: list, share: float | None, seed: int, keys: list[bytes] | None = None) -> tuple[list, list]:
    """Rows to train on and rows to evaluate on, both in their original order. `keys`: where what a row says decides."""
    if share is None:
        return rows, []
    if keys is None:
        drawn = _drawn(len(rows), share_of(len(rows), share), "evaluation", seed)
    else:
        drawn = {index for index, key in enumerate(keys) if is_held(key, share, seed)}
    train = [row for index, row in enumerate(rows) if index not in drawn]
    return train, [row for index, row in enumerate(rows) if index in drawn]
