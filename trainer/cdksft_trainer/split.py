"""
Which rows are taken, and which are held out. The order is that of a hash, the same in every Python version. The plan
draws the same: lib/data/part.ts, lib/data/mix.ts.
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


def mix_counts(rows: list[int], weights: list[float], most: int | None = None) -> list[int]:
    """
    How many of each part, in the proportion of the weights: until one is used up, or up to `most` in all. What is left
    over by rounding goes to the largest remainders, the first of equal ones.
    """
    shares = [float(weight) for weight in weights]
    whole = 0.0
    # One after another: sum() of floats is more exact than the plan's.
    for share in shares:
        whole += share
    total = min(math.floor(count * whole / share) for count, share in zip(rows, shares, strict=True))
    total = total if most is None else min(most, total)
    quotas = [total * share / whole for share in shares]
    counts = [min(count, math.floor(quota)) for count, quota in zip(rows, quotas, strict=True)]
    left = total - sum(counts)
    for at in sorted(range(len(rows)), key=lambda at: -(quotas[at] - math.floor(quotas[at]))):
        if left and counts[at] < rows[at]:
            counts[at] += 1
            left -= 1
    return counts


def mix_order(counts: list[int]) -> list[tuple[int, int]]:
    """(part, row) in the order of the mix: each part is spread evenly over all, the first part first."""
    places = [((row + 0.5) / count, part, row) for part, count in enumerate(counts) for row in range(count)]
    return [(part, row) for _, part, row in sorted(places)]
