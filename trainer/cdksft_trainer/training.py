"""Follows the Hugging Face Trainer: writes events, marks checkpoints, stops it when asked. Changes no number."""

import math
import os
import time
from pathlib import Path
from typing import Any, Callable

import torch
from transformers import TrainerCallback
from trl import SFTTrainer

from .checkpoints import mark, rotate
from .layout import layout_of
from .mistake import Mistake
from .ranks import rank, wait_for_all
from .stop import Ending, Stop
from .warm import go_on, load_weights
from .workspace import Attempt

Emit = Callable[..., None]


class Finished(Exception):
    """The checkpoint holds the last step already: nothing is left to train."""


class Trainer(SFTTrainer):
    """TRL's trainer, which also notes whether each loss of this rank was a number, and can load weights alone."""

    broken = 0
    # The steps done, their data and the learning rate go on; the optimizer and the random state begin anew.
    weights_only = False

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        loss = super().training_step(*args, **kwargs)
        self.broken = self.broken or int(not torch.isfinite(loss))
        return loss

    def _prepare_for_training(self, max_steps: int, train_dataloader: Any, resume_from_checkpoint: str | None) -> Any:
        if not self.weights_only or resume_from_checkpoint is None:
            return super()._prepare_for_training(max_steps, train_dataloader, resume_from_checkpoint)
        # Before the optimizer is made: it may keep copies of its own.
        load_weights(self.model, Path(resume_from_checkpoint))
        prepared = super()._prepare_for_training(max_steps, train_dataloader, None)
        go_on(self, Path(resume_from_checkpoint))
        return prepared

    def _load_rng_state(self, checkpoint: str | None) -> None:
        if not self.weights_only:
            super()._load_rng_state(checkpoint)


class Watch(TrainerCallback):
    def __init__(self, attempt: Attempt, emit: Emit, stop: Stop, facts: dict[str, Any], provenance: dict[str, Any]):
        self.attempt = attempt
        self.emit = emit
        self.stop = stop
        self.facts = facts
        self.provenance = provenance
        self.trainer: Trainer | None = None
        self.keep: int | None = None
        self.step = 0
        self.ending: Ending | None = None
        self._since = self._began = time.monotonic()
        self._steps, self._busy, self._tokens = 0, 0.0, 0.0

    def follow(self, trainer: Trainer) -> None:
        self.trainer = trainer
        # Deleting old checkpoints waits for the new one's marker, see rotate().
        self.keep, trainer.args.save_total_limit = trainer.args.save_total_limit, None
        trainer.add_callback(self)

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.step = state.global_step
        self.emit("start", **self.facts, resumed_from=state.global_step, max_steps=state.max_steps)
        if state.global_step >= state.max_steps:
            raise Finished
        self._since = time.monotonic()

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._began = time.monotonic()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.step = state.global_step
        self._steps += 1
        self._busy += time.monotonic() - self._began
        ending, broken = self.stop.agreed(self.trainer.broken, args.device)
        if broken:
            raise not_a_number(f"The loss of step {state.global_step} is not a finite number.")
        last = state.global_step >= state.max_steps
        if last:
            control.should_evaluate = self.trainer.eval_dataset is not None
        elif ending is not None:
            self.ending = ending
            control.should_training_stop = control.should_log = True
            control.should_save = control.should_save or ending.save

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        if not logs or "loss" not in logs:
            return
        now = time.monotonic()
        tokens = logs.get("num_tokens", 0.0)
        rates = {
            "tokens_per_second": (tokens - self._tokens) / max(now - self._since, 1e-9),
            "step_seconds": self._busy / max(self._steps, 1),
            "memory_bytes": memory_bytes(args.device),
        }
        self._since, self._tokens, self._steps, self._busy = now, tokens, 0, 0.0
        names = ("epoch", "loss", "grad_norm", "learning_rate")
        # JSON has no infinity: fp16 may report one for a step that its loss scaling skips.
        numbers = {name: float(logs[name]) for name in names if name in logs and math.isfinite(logs[name])}
        self.emit("step", step=state.global_step, max_steps=state.max_steps, **numbers, **rates)

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, Any] | None = None, **_: Any) -> None:
        loss = (metrics or {}).get("eval_loss", math.nan)
        if not math.isfinite(loss):
            raise not_a_number(f"The evaluation loss at step {state.global_step} is not a finite number.")
        self.emit("evaluate", step=state.global_step, eval_loss=float(loss))

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        wait_for_all()  # Each rank has written its part.
        if rank() != 0:
            return
        folder = self.attempt.output / f"checkpoint-{state.global_step}"
        size = mark(folder, layout_of(args), self.provenance)
        path = folder.relative_to(self.attempt.run).as_posix()
        self.emit("checkpoint", step=state.global_step, path=path, bytes=size)
        rotate(self.attempt.output, self.keep)


def not_a_number(message: str) -> Mistake:
    fix = "Take a lower learning rate or a longer warm-up, and look at the rows."
    return Mistake("nan-loss", message, fix, cause="nan-loss")


def memory_bytes(device: Any) -> int:
    """Peak of rank 0's device, or what this process holds in RAM."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
