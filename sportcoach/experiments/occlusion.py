"""Figure 6: how well movements are named when up to 45 % of the picture are hidden, by camera, IMUs and both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sportcoach.experiments import material, networks, placement
from sportcoach.experiments.material import SIMULATED, SIZES, WINDOW
from sportcoach.experiments.networks import Training
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import LinePlot
from sportcoach.experiments.summary import Mean, chosen, curve, over_seeds
from sportcoach.experiments.trials import Measures, Setup, Trial, measured
from sportcoach.figures import Figure

SEEN_BY: Final = {"camera": "skeleton_accuracy", "IMUs": "inertial_accuracy", "both": "accuracy"}


def run(options: Options) -> Outcome:
    """One network per seed, asked with everything, without the sensors and without the camera."""
    setup = Setup.of(options)
    shares = setup.scale.occlusions
    trialled, time = measured(options, trials(setup))
    means = {
        share: {name: over_seeds(chosen(trialled, share=share), key) for name, key in SEEN_BY.items()}
        for share in shares
    }
    found = {share: over_seeds(chosen(trialled, share=share), "found") for share in shares}
    rows: list[Row] = [
        {
            "hidden": share,
            "frames with a skeleton": round(found[share].mean, 4),
            **{key: value for name, mean in means[share].items() for key, value in mean.cells(name).items()},
        }
        for share in shares
    ]
    percent = [100.0 * share for share in shares]
    curves = [curve(name, percent, [means[share][name] for share in shares]) for name in SEEN_BY]
    plot = LinePlot("Occlusion", "hidden part of the picture [%]", "accuracy", curves, bottom=None)
    figures = [
        Figure(f"{name.lower()}_accuracy_{share:.0%}".replace("%", ""), mean.mean, "share", "higher")
        for share in shares
        for name, mean in means[share].items()
    ]
    return Outcome([*figures, time], rows, {"fig6": plot}, _sentence(means, found), setup.scale.note)


def trials(setup: Setup) -> list[Trial]:
    """Every share and seed."""
    return [
        Trial(occluded, {"share": share, "seed": setup.seed + seed}, (*SIZES[SIMULATED], "occluded_athletes"))
        for share in setup.scale.occlusions
        for seed in range(setup.scale.seeds)
    ]


def occluded(setup: Setup, share: float, seed: int) -> Measures:
    """Trial: a network that was trained on pictures with faults of all kinds, on athletes with so much hidden."""
    training = Training(SIMULATED, 0, "stream_gat", seed)
    clips = material.occluded(setup, share)
    frames = sum(len(sequence.stamps) for sequence in clips)
    due = sum((int(s.imu_stamps[-1]) - int(s.imu_stamps[0])) / 1e9 * material.FRAME_RATE for s in clips)
    pieces = list(material.windows(clips, WINDOW))
    worn = [placement.wear(piece, training.worn) for piece in pieces]
    fitted = networks.trained(setup, training)
    return {**networks.tested(fitted, worn), "found": min(1.0, frames / due)}


def _sentence(means: Mapping[float, Mapping[str, Mean]], found: Mapping[float, Mean]) -> str:
    least, most = min(means), max(means)

    def fall(name: str) -> str:
        after = means[most][name].mean
        return f"{100.0 * (means[least][name].mean - after):.1f} points (to {after:.1%})"

    falls = {name: means[least][name].mean - means[most][name].mean for name in SEEN_BY}
    as_published = "as in the paper" if falls["both"] <= falls["camera"] else "unlike in the paper"
    return (
        f"With {most:.0%} of the picture hidden, MediaPipe finds a skeleton in {found[most].mean:.0%} of the frames; "
        f"accuracy falls by {fall('camera')} with the camera alone, by {fall('both')} with both and by "
        f"{fall('IMUs')} with the IMUs alone, which see nothing of it. So fusion loses "
        f"{'no more' if falls['both'] <= falls['camera'] else 'more'} than the camera alone, {as_published}. How much "
        "depends on what is hidden: here a solid piece of furniture at one edge of the picture, behind which MediaPipe "
        "guesses the joints."
    )
