"""The loop of every training: it keeps the best network, and when killed goes on to the same one."""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final, Generic, TypeVar

import torch
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn

from sportcoach_recognition import checkpoint

Network = TypeVar("Network", bound=nn.Module)

_LARGEST_GRADIENT: Final = 1.0


@dataclass(frozen=True)
class Pace:
    """How fast a network learns, and for how long.

    learning_rate, weight_decay: of AdamW; the rate follows one cycle and rises over the share `rise` of it.
    validate_every, patience: steps between two looks at the validation part, without a better one before the end.
    average: decay of the moving average of the weights, which is what is judged and kept; 0 for the weights themselves.
    """

    steps: int
    learning_rate: float
    weight_decay: float
    rise: float
    validate_every: int
    patience: float = math.inf
    average: float = 0.0


@dataclass
class _State:
    """How far a run has come; everything but networks, optimizer and what is random."""

    step: int = 0
    best_score: float = -1.0
    best_step: int = 0
    loss: float = 0.0
    seconds: float = 0.0


class TrainingRun(ABC, Generic[Network]):
    """A training that can be interrupted between two looks at the validation part.

    Args:
        network: knows nothing yet.
        pace: of the training.
        made_for: tells runs apart: settings, seed and data.
        kept: checkpoint from which a killed run goes on; its curves (.csv) are beside. None to keep nothing.
        beside: what else the run depends on from step to step and has to be kept, by name.
    """

    def __init__(
        self, network: Network, pace: Pace, made_for: str, kept: Path | None, beside: Mapping[str, checkpoint.Part]
    ) -> None:
        self._network, self._pace, self._made_for, self._kept = network, pace, made_for, kept
        self._judged = copy.deepcopy(network).eval() if pace.average else network
        self._optimizer = torch.optim.AdamW(network.parameters(), pace.learning_rate, weight_decay=pace.weight_decay)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, pace.learning_rate, pace.steps, pct_start=pace.rise
        )
        self._state, self._curves = _State(), list[tuple[int, float, float]]()
        self._best = copy.deepcopy(self._judged.state_dict())
        self._parts: dict[str, checkpoint.Part] = {
            "network": network,
            "judged": self._judged,
            "optimizer": self._optimizer,
            "schedule": self._schedule,
            **beside,
        }

    @abstractmethod
    def _loss(self) -> Tensor:
        """Of the batch of the next step."""

    @abstractmethod
    def _score(self) -> float:
        """Of the judged network on the validation part, NaN without one."""

    @property
    def seconds(self) -> float:
        """Processor time that the steps took."""
        return self._state.seconds

    def finish(self) -> Network:
        """Train to the end, or to where it no longer gets better; returns the best network, in evaluation mode.

        Raises:
            UserError: what is kept cannot be read, or belongs to another run.
        """
        self._resume()
        state, pace = self._state, self._pace
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("training", total=pace.steps, completed=state.step)
            while state.step < pace.steps and state.step - state.best_step < self._patience:
                self._step()
                if state.step % pace.validate_every == 0 or state.step == pace.steps:
                    progress.console.print(self._look())
                progress.advance(task)
        self._judged.load_state_dict(self._best)
        return self._judged.eval()

    @property
    def _patience(self) -> float:
        """Without a validation part nothing gets better."""
        return self._pace.patience if self._state.best_score >= 0.0 else math.inf

    def _step(self) -> None:
        begun = process_time()
        self._state.step += 1
        self._network.train()
        loss = self._loss()
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), _LARGEST_GRADIENT)
        self._optimizer.step()
        self._schedule.step()
        self._follow()
        self._state.loss += loss.item()
        self._state.seconds += process_time() - begun

    def _follow(self) -> None:
        """Move the averaged weights towards the network's; early ones are soon forgotten."""
        if self._judged is not self._network:
            step = self._state.step
            follow(self._judged, self._network, min(self._pace.average, step / (step + 10.0)))

    def _look(self) -> str:
        """Judge the network, keep it when it is the best, and write it all down; returns how it went."""
        state, score = self._state, self._score()
        if not score < state.best_score:  # of equals, and without a validation part, the latest
            self._best = copy.deepcopy(self._judged.state_dict())
        if score > state.best_score:
            state.best_score, state.best_step = score, state.step
        loss = state.loss / (state.step - (self._curves[-1][0] if self._curves else 0))
        self._curves.append((state.step, loss, score))
        state.loss = 0.0
        if self._kept:
            about = {"state": vars(state), "curves": self._curves, "best": self._best, "torch": torch.get_rng_state()}
            checkpoint.save(self._kept, self._parts, {"made_for": self._made_for, **about})
        return f"step {state.step}: loss {loss:.3f}, validation {score:.4f}"

    def _resume(self) -> None:
        kept = checkpoint.load(self._kept, self._parts, self._made_for) if self._kept else None
        if kept is None:
            return
        self._state, self._curves, self._best = _State(**kept["state"]), kept["curves"], kept["best"]
        torch.set_rng_state(kept["torch"])


def follow(averaged: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the averaged weights towards the network's; statistics of the inputs are taken over."""
    with torch.no_grad():
        for slow, fast in zip(averaged.parameters(), network.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - decay)
        for kept, measured in zip(averaged.buffers(), network.buffers(), strict=True):
            kept.copy_(measured)
