"""Every experiment by the name of its table or figure; a module with `run(options) -> Outcome` each."""

from __future__ import annotations

from typing import Final

EXPERIMENTS: Final[dict[str, tuple[str, str]]] = {
    "table3": ("sportcoach.experiments.ablations", "what graph attention, refined angles and dual feedback are worth"),
    "table4": ("sportcoach.experiments.significance", "t-tests of the differences over seeds"),
    "table5": ("sportcoach.experiments.comparison", "our network, the paper's and its baselines: accuracy and latency"),
    "fig4": ("sportcoach.experiments.placements", "where IMUs are worn"),
    "fig5": ("sportcoach.experiments.window_lengths", "length of the window"),
    "fig6": ("sportcoach.experiments.occlusion", "accuracy with part of the picture hidden"),
    "fig7": ("sportcoach.experiments.thresholds", "hit and false-trigger rate over the threshold of a cue"),
    "fig8": ("sportcoach.experiments.rounds", "error over five rounds with and without coaching"),
    "fig9": ("sportcoach.experiments.latency", "latency of cues over rounds"),
    "fig10": ("sportcoach.experiments.speeds", "hit rate over the speed of the movement"),
}
"""Module and description by name."""
