"""The ranks of a training: who we are, and how all of them come to one decision."""

import os
from typing import Any, Callable

from .mistake import Mistake


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def world_size() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def check_world(planned: int) -> None:
    """A launcher that lost its hostfile starts fewer ranks and trains on, with another global batch."""
    started = world_size()
    if started != planned:
        message = f"The run is planned for {planned} ranks, but {started} started."
        fix = "Look at the hostfile and at the launcher's lines in the log."
        raise Mistake("world-size", message, fix, cause="launch-failed")


def _together() -> bool:
    from torch import distributed

    return distributed.is_available() and distributed.is_initialized() and distributed.get_world_size() > 1


def wait_for_all() -> None:
    from torch import distributed

    if _together():
        distributed.barrier()


def leave() -> None:
    from torch import distributed

    if distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()


def largest(values: list[int], device: Any) -> list[int]:
    """The largest of each number over all ranks."""
    if not _together():
        return values
    import torch

    shared = torch.tensor(values, dtype=torch.int64, device=device)
    torch.distributed.all_reduce(shared, op=torch.distributed.ReduceOp.MAX)
    return shared.tolist()


def told_by_first(decide: Callable[[], Any]) -> Any:
    """What rank 0 decides, on every rank."""
    if not _together():
        return decide()
    from torch import distributed

    told = [decide() if rank() == 0 else None]
    distributed.broadcast_object_list(told, src=0)
    return told[0]
