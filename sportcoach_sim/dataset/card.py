"""What a finished collection says about itself: README.md, its card, and clips.csv, a row per clip."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from sportcoach_perception.angles import ANGLES
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.dataset.clip import STAGES, Clip
from sportcoach_sim.dataset.recipe import ACTIONS, FAINTEST, SPLITS, Settings
from sportcoach_sim.dataset.shards import read
from sportcoach_sim.movement import movements

INDEX, CARD = "clips.csv", "README.md"


@dataclass(frozen=True, slots=True)
class Row:
    """A clip in the index.

    found: share of the pictures in which MediaPipe found the athlete; empty where none were drawn.
    fault: the one that comes and goes in this clip, empty for none; largest: its largest magnitude.
    readings: of all IMUs, as received.
    """

    clip: str
    split: str
    subject: str
    action: str
    movement: str
    seconds: float
    frames: int
    repetitions: int
    faulty_repetitions: int
    fault: str
    largest: float
    readings: int
    azimuth: float
    occlusion: float
    exposure: float
    darkness: float
    rendered: bool
    found: float | str


def row(clip: Clip) -> Row:
    """What the index says about `clip`."""
    faults = clip.repetitions.faults
    present = [name for name, column in zip(clip.faults, faults.T, strict=True) if column.any()]
    picture = clip.parameters["picture"]
    return Row(
        clip=clip.name,
        split=clip.split,
        subject=clip.subject,
        action=clip.action,
        movement=clip.movement,
        seconds=round(float(clip.stamps[-1]) * 1e-9, 3),
        frames=len(clip.stamps),
        repetitions=len(faults),
        faulty_repetitions=int(np.count_nonzero(faults.any(axis=1))),
        fault=" ".join(present),
        largest=round(float(faults.max(initial=0.0)), 3),
        readings=len(clip.imu.stamp),
        azimuth=round(clip.parameters["scene"]["camera"]["azimuth"], 1),
        occlusion=round(picture["occlusion"], 3),
        exposure=round(picture["exposure"], 4),
        darkness=round(picture["darkness"], 3),
        rendered=clip.mediapipe is not None,
        found=round(float(clip.mediapipe.detected.mean()), 4) if clip.mediapipe is not None else "",
    )


def describe(root: Path, settings: Settings) -> list[Row]:
    """Write index and card of the finished collection in folder `root`; returns the index."""
    rows = [row(clip) for clip in read(root)]
    with (root / INDEX).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(rows[0])), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(entry) for entry in rows)
    size = sum(path.stat().st_size for path in root.glob("*/*.npz"))
    (root / CARD).write_text(render(settings, rows, size), encoding="utf-8")
    return rows


_SPOILT: Final = """\
Of about a third each: furniture in front, motion blur, darkness; these matter for rendered clips only."""


def _asked(settings: Settings) -> str:
    """The settings as options of the command."""
    words = []
    for name, value in asdict(settings).items():
        if value is not None:
            words += [f"--{name}", *(f"{number:g}" for number in np.atleast_1d(value))]
    return " ".join(words)


def render(settings: Settings, rows: Sequence[Row], size: int) -> str:
    """The card as Markdown; `size` of all shards [bytes]."""
    repetitions = [entry for entry in rows if entry.action != "other"]
    return _TEMPLATE.format(
        **asdict(settings),
        asked=_asked(settings),
        spoilt=_SPOILT if settings.occlusion is None else f"{settings.occlusion:.0%} of every picture are hidden.",
        hours=sum(entry.seconds for entry in rows) / 3600,
        total=len(rows),
        megabytes=size / 1e6,
        mean=size / 1e6 / (settings.subjects * len(ACTIONS)),
        drawn=sum(entry.rendered for entry in rows),
        shortest=min(entry.seconds for entry in rows),
        longest=max(entry.seconds for entry in rows),
        clean=1.0 - _sum(repetitions, "faulty_repetitions") / max(1, _sum(repetitions, "repetitions")),
        splits=_table(("split", "athletes", "clips", "rendered", "hours"), map(_split_row(rows), SPLITS)),
        actions=_table(("action", "clips", "repetitions", "faulty", "hours", "found"), map(_action_row(rows), ACTIONS)),
        faults=_table(("movement", "fault", "magnitude", "unit", "drawn from"), _fault_rows()),
        stages=", ".join(f"{number} {stage}" for number, stage in enumerate(STAGES)),
        limbs=", ".join(f"{number} {limb}" for number, limb in enumerate(LIMBS)),
        angles=", ".join(ANGLES),
    )


def _sum(rows: Iterable[Row], name: str) -> Any:
    return sum(getattr(entry, name) for entry in rows)


def _split_row(rows: Sequence[Row]) -> Any:
    def make(split: str) -> tuple[Any, ...]:
        part = [entry for entry in rows if entry.split == split]
        hours = f"{_sum(part, 'seconds') / 3600:.2f}"
        return split, len({entry.subject for entry in part}), len(part), _sum(part, "rendered"), hours

    return make


def _action_row(rows: Sequence[Row]) -> Any:
    def make(action: str) -> tuple[Any, ...]:
        part = [entry for entry in rows if entry.action == action]
        shares = [entry.found for entry in part if isinstance(entry.found, float)]
        found = f"{np.mean(shares):.1%}" if shares else ""
        hours = f"{_sum(part, 'seconds') / 3600:.2f}"
        return action, len(part), _sum(part, "repetitions"), _sum(part, "faulty_repetitions"), hours, found

    return make


def _fault_rows() -> list[tuple[Any, ...]]:
    return [
        (entry.name, name, fault.meaning, fault.unit, f"{FAINTEST * fault.range[0]:g} to {fault.range[1]:g}")
        for entry in movements().values()
        for name, fault in entry.faults.items()
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


_TEMPLATE = """\
# Simulated athletes: skeletons, limb IMUs and truth

Written by the command that made the collection. Nobody was filmed or measured: {subjects} athletes of
`sportcoach_sim`, drawn at random, do squats, push-ups, lunges, jumping jacks and other things in random rooms, with
one fault that comes and goes in most clips, seen by a camera at 30 fps and felt by IMUs on wrists and ankles at
100 Hz that are as unreliable as real ones.

    sportcoach dataset simulate {asked} --out DIR

The same command with the same versions (`dataset.json`) on the same kind of machine gives the same bytes, whatever the
number of workers and of interruptions. `generation.json` tells how long it took on which machine; it is not part of
the collection.

## What is in it

{total} clips of {shortest:.1f} to {longest:.1f} s, {hours:.1f} hours, {megabytes:.0f} MB. {drawn} of them
are rendered and seen by MediaPipe (share asked for: {rendered:g}); the pictures are not kept. An athlete is in one
split only.

{splits}

`faulty` counts the repetitions with a fault of any size; {clean:.0%} of the repetitions of the four exercises are
clean. `found`: share of the pictures in which MediaPipe found the athlete; it includes clips with up to 45 % of the
picture hidden, in the dark, or blurred.

{actions}

## Files

* `clips.csv`: a row per clip, to choose from.
* `train/`, `validation/`, `test/`: a file per athlete and action, `s007_squat.npz`, {mean:.1f} MB on average.
* `dataset.json`: settings, and the versions that made them.

`sportcoach_sim.dataset.shards.read(root)` gives the clips as typed records; it needs numpy only. Without it:

    arrays = numpy.load("train/s000_squat.npz")
    arrays["s000_squat_00/truth/world"]           # (F, 33, 3)
    json.loads(str(arrays["metadata"]))[0]        # of the first clip: movement, athlete, room, camera, links, mounts

| array of a clip | shape, type | what |
|---|---|---|
| `stamps` | (F,) int64 | of the pictures, ns from the beginning of the clip |
| `angles` | (F, A) float32 | degrees, of the true skeleton |
| `stage` | (F,) int8 | {stages} |
| `progress` | (F,) float32 | 0 starting posture, 1 turning point |
| `repetition` | (F,) int16 | number from 1; 0 while none is under way |
| `repetitions/begin, turn, end` | (R,) int32 | first frame, turning point, first frame after it |
| `repetitions/faults` | (R, K) float32 | magnitude of each fault that the movement can have (metadata: `faults`) |
| `truth/world` | (F, 33, 3) float32 | MediaPipe's landmarks, exact [m]; from the hips, x right, y down, z away |
| `truth/image` | (F, 33, 2) float32 | the same in the picture, as shares of width (640) and height (480) |
| `truth/visibility` | (F, 33) float32 | 1 inside the picture, 0 outside; not what the body or furniture hides |
| `truth/detected` | (F,) bool | any landmark inside the picture |
| `mediapipe/...` | as `truth/...` | what MediaPipe Pose (full) saw; only of rendered clips |
| `imu/limb` | (M,) int8 | {limbs} |
| `imu/signal` | (M, 6) float32 | acc [m/s^2] with gravity, gyro [rad/s], frame of the sensor |
| `imu/time` | (M,) int64 | when it was measured, ns on the clock of the pictures |
| `imu/stamp` | (M,) int64 | when the sensor says that it was: with offset, drift and jitter of its clock |
| `imu/arrival` | (M,) int64 | when it was received, the order of the readings; lost readings are missing |

Angles, as defined in `sportcoach_perception.angles`: {angles}.

## Faults

A clip of an exercise has one fault or none. Its size is drawn between a quarter of what is clearly a fault, which the
coach should let pass, and the worst; some repetitions are without it. It is in `repetitions/faults` whatever its size:
choose your own threshold. Postures go over smoothly from one repetition to the next.

{faults}

## Faults of the world

Of every clip: the links of the four sensors (clock off by up to 200 ms, drift, jitter, Bluetooth bursts, losses in
gaps; one sensor in fifty dies), bias, noise and range of a Bosch BMI270, mounting turned at random. {spoilt} The
camera stands anywhere in front of or beside the athlete, tilted by a few degrees.

## Licence

Apache-2.0, as the program that made it.

## Limits

* The movement is kinematic: no forces, no impacts, no soft tissue, sensors that don't slip. Accelerations at impacts
  are too smooth.
* One movement per clip, from rest to the last repetition: no change of exercise, nobody who leaves the picture.
* MediaPipe sees a body of capsules with a face, clothes and shoes, and not always as it would see a person: bent
  elbows too straight, push-ups from the front badly.
* Bodies are adults of usual proportions. What is learnt here is to be tested on real people.
"""
