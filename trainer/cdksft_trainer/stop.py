"""Asks to stop, by signal or by request file. They only set a flag; the ranks agree on it at a step's end."""

import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .durable import read_json
from .ranks import largest, rank

SIGNALS = (signal.SIGTERM, signal.SIGUSR1)


@dataclass(frozen=True)
class Ending:
    cause: str
    save: bool
    message: str


class Stop:
    def __init__(self, request: Path):
        self.request = request
        self.signalled = 0
        self.before: dict[int, Any] = {}

    def listen(self) -> None:
        for number in SIGNALS:
            self.before[number] = signal.signal(number, self._note)

    def forget(self) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: Any) -> None:
        self.signalled = number

    def _asked(self) -> list[int]:
        """Signal number, then 1 for a request, 1 for a request without a checkpoint. Only rank 0 reads the file."""
        request = read_json(self.request) if rank() == 0 else None
        if not isinstance(request, dict) or request.get("do") != "stop":
            return [self.signalled, 0, 0]
        return [self.signalled, 1, int(request.get("save") is False)]

    def agreed(self, other: int, device: Any) -> tuple[Ending | None, int]:
        """The ending that all ranks see, and the largest of a number of the caller's: one exchange a step for both."""
        number, requested, unsaved, most = largest([*self._asked(), other], device)
        if requested:
            saved = "without a checkpoint" if unsaved else "after a checkpoint"
            return Ending("cancelled", not unsaved, f"Stopped by request, {saved}."), most
        if number:
            return Ending("preempted", True, f"Stopped by {signal.Signals(number).name}, after a checkpoint."), most
        return None, most
