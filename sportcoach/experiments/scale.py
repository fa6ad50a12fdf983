"""How large experiments are, from config/experiments/*.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from sportcoach.experiments.outcome import Options
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError


@dataclass(frozen=True)
class Scale:
    """Sizes of all experiments; what they ask is the same at every scale.

    Attributes:
        note: what results of this scale are good for, in words that are printed with them.
        seeds: trainings with different seeds, at least.
        folds: divisions of the real people that are trained and tested, at most.
        steps, athlete_steps, batch: of every training on real people, on simulated athletes.
        networks: sizes of each network by name, where they differ from its defaults.
        athletes, clips, rendered: of the simulated collection, as in `sportcoach dataset simulate`.
        seconds: shortest and longest length of its clips, likewise.
        occluded_athletes: whose pictures are hidden in part, all of them unseen in training.
        occlusions: shares of the picture that are hidden.
        windows: lengths that are compared [frames].
        coached_sets: sets in which voice and vibration are compared.
        judged_sets: sets of the coaching design; every cell of it comes once in 198.
        coached_athletes: athletes that do five rounds.
    """

    note: str = ""
    seeds: int = 3
    folds: int = 1
    steps: int = 500
    athlete_steps: int = 120
    batch: int = 32
    networks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    athletes: int = 40
    clips: int = 1
    rendered: float = 1.0
    seconds: tuple[float, float] | None = (8.0, 12.0)
    occluded_athletes: int = 4
    occlusions: tuple[float, ...] = (0.0, 0.15, 0.3, 0.45)
    windows: tuple[int, ...] = (32, 48, 64, 80, 96)
    coached_sets: int = 40
    judged_sets: int = 198
    coached_athletes: int = 40

    @classmethod
    def of(cls, options: Options) -> Scale:
        """The scale that was asked for; of so many sets where they were counted, and an athlete for every five.

        Raises:
            UserError: as `read`.
        """
        shipped = config_path("experiments") / ("quick.yaml" if options.quick else "full.yaml")
        scale = cls.read(options.scale or shipped)
        if not options.sets:
            return scale
        return replace(scale, judged_sets=options.sets, coached_athletes=max(1, options.sets // 5))

    @classmethod
    def read(cls, path: Path) -> Scale:
        """The scale in a YAML file.

        Raises:
            UserError: no such file, not YAML, or an unknown setting.
        """
        try:
            settings: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            lists = {name: tuple(value) for name, value in settings.items() if isinstance(value, list)}
            if "seconds" in settings and len(settings["seconds"]) != 2:
                raise TypeError("seconds are two numbers")
            return cls(**{**settings, **lists})
        except OSError as error:
            raise UserError(f"scale of experiments {path} cannot be read") from error
        except (yaml.YAMLError, TypeError, AttributeError) as error:
            raise UserError(f"scale of experiments {path} is not valid: {str(error).splitlines()[0]}") from error
