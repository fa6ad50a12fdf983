"""The model card: every number in it was measured by the run that trained the weights."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.clips import ClipResult, table
from sportcoach_recognition.datasets.sequence import Sequence


@dataclass(frozen=True)
class Facts:
    """What a training run found out about its network.

    network: which one, by its name in the settings.
    minutes: of processor time that the training took.
    held_back: right answers and number of sequences of the subjects kept out of training, by source and label.
    unseen_clips: the clips as named by networks that were trained without them; empty when not measured.
    seen_clips: the clips as named by the network itself, which was trained on them.
    """

    name: str
    digest: str
    size: int
    network: str
    parameters: int
    seed: int
    minutes: float
    command: str
    groups: int
    training: list[Sequence]
    held_back: dict[tuple[str, str], tuple[int, int]]
    unseen_clips: list[ClipResult]
    seen_clips: list[ClipResult]


def render(facts: Facts) -> str:
    """The card as Markdown."""
    return _TEMPLATE.format(
        name=facts.name,
        digest=facts.digest,
        size=facts.size / 1000,
        network=_NETWORKS[facts.network],
        parameters=facts.parameters,
        minutes=facts.minutes,
        actions=", ".join(f"`{action}`" for action in ACTIONS),
        command=facts.command,
        data=_data(facts.training),
        held_back=_held_back(facts.held_back),
        unseen=_unseen(facts),
        seen=table(facts.seen_clips),
    )


def _data(sequences: list[Sequence]) -> str:
    sources = sorted({sequence.source for sequence in sequences})
    counts = Counter((sequence.source, sequence.label) for sequence in sequences)
    lines = [f"| source | {' | '.join(ACTIONS)} |", "|---" * (len(ACTIONS) + 1) + "|"]
    lines += [f"| {source} | {' | '.join(str(counts[source, action]) for action in ACTIONS)} |" for source in sources]
    return "\n".join(lines)


def _held_back(counts: dict[tuple[str, str], tuple[int, int]]) -> str:
    lines = ["| source | label | right | of | accuracy |", "|---|---|---|---|---|"]
    for (source, label), (right, total) in counts.items():
        lines.append(f"| {source} | {label} | {right} | {total} | {right / total:.1%} |")
    return "\n".join(lines)


def _unseen(facts: Facts) -> str:
    if not facts.unseen_clips:
        return "Not measured in this run (`leave_out_groups: 0`)."
    how = {
        1: "A network trained the same way without any of the clips:",
        len(facts.seen_clips): "Leave one out, each clip named by a network trained the same way without it:",
    }.get(facts.groups, f"The clips in {facts.groups} groups, each named by a network trained the same way without it:")
    return f"{how}\n\n{table(facts.unseen_clips)}"


_NETWORKS = {
    "frame_gat": "`frame_gat`; dilated causal convolutions per joint, two graph attention layers, a mean of the last "
    "64 frames\n  at 20 Hz weighted by what each tells and by its age",
    "stream_gat": "`stream_gat`, its skeleton branch alone; sparse attention among joints and among parts of the "
    "body,\n  dilated causal convolutions, mean and maximum of the last 64 frames at 20 Hz",
}

_TEMPLATE = """\
# Model card: {name}

Written by the training run itself. The network names the action of one athlete
({actions})
from MediaPipe's landmarks, frame by frame; it is made for live coaching with one camera. `other` is everything
else: rest, planks, other exercises.

* File: `{name}.safetensors`, {size:.0f} kB, numbers and text only.
* sha256: `{digest}`.
* Network: {network}; {parameters} parameters.
* Input: 33 landmarks [m], hip-centred, y down; x and y as in the picture where it is known, z as in space
  (`pictured_landmarks.py`). Those of eyes, ears, mouth, thumbs and little fingers are not used.
* Training: `{command}`; seed and settings are in that file. It took {minutes:.0f} minutes of one core.

## Data

Sequences trained on. Held poses (a frame of an exercise in which nothing moves, push-ups also put on the forearms)
are the source `held`; `synthetic` are stick figures driven by joint angles (`datasets/synthetic.py`), `simulated` the
athletes of `sportcoach dataset simulate`, with the faults that the coach looks for.

{data}

Penn Action's clean_and_jerk (holds a squat) and UTD-MHAD's sit-to-stand and stand-to-sit (squats, but for the chair)
are left out. Licences: UTD-MHAD and Penn Action are for research use with citation, IntelliRehabDS is CC BY 4.0, the
push-up landmarks and the clips state none. None of the data is in the weights file or in the repository.

## Subjects kept out of training

The network's own answer at the end of each sequence (eq. 11). The step with the best mean of these accuracies was
kept, so they are slightly optimistic. Penn Action and the push-up set don't tell people apart: there a clip is a
subject.

{held_back}

## Real videos, not trained on

The live path: MediaPipe Pose, then a decision per frame. `right` is the share of the frames, from one second after
somebody is in view, that are named right; of clips under 3 s the last answer counts. The same clips are also left out
of the push-up set, but other clips of the same people may be in it.

{unseen}

## The same videos with these weights, which were trained on them

{seen}

## Limits

* One athlete. With the legs out of the picture, squats and lunges can't be told from standing.
* A change of exercise takes one to two seconds to be named; a rest of up to about two seconds keeps the name. A
  push-up held still for longer than that is a plank, and is named `other`.
* Few real lunges (UTD-MHAD and one clip); most are synthetic or simulated. Sitting down on a chair looks like a
  squat. Burpees, step-ups and kneeling were not trained and may be named as one of the four.
* IMU channels are part of the interface but were not trained: they have no influence on the answer.
* Nothing can be said about body shape, clothing, age or disability: the sets don't describe their people.
"""
