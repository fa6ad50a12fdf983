"""Makes docs/results.md from the measurements kept in docs/results/*.json, as the commands printed them.

usage: make_results.py [--check]     with --check nothing is written and the exit code is 1 when the page is out of date
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from sportcoach.experiments import published
from sportcoach.experiments.registry import EXPERIMENTS
from sportcoach_sim.dataset.recipe import ACTIONS, Settings

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "results"
PAGE = ROOT / "docs" / "results.md"
COUNTED = ROOT / "test" / "data" / "repetitions.yaml"

GRAPH = "sportcoach bench graph --json"
DATASET = "sportcoach dataset simulate --subjects 2 --clips 3 --out DIR    # generation.json"
CLIPS = "sportcoach analyze ../shared/data/clips/*.mp4 --json"

PUBLISHED = {
    "utd-mhad": "fused 79.1 % (Chen 2015), 94.4 % (Fusion-GCN 2021), 95.1 % (HAMLET 2020), 97.6 % (MuMu 2022)",
    "correctness": "balanced 73.4 % (VanTran), 70.9 % (LITEMV), 54.0 % (STGCN)",
    "pushup-form": "88.7 % on one split of mixed sources, 82.6 % in five folds of mixed sources",
}
"""Accuracy of others, by set or protocol; not always by the same division."""


def main() -> int:
    """Write the page, or check it."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page():
        print("docs/results.md is out of date: run tools/make_results.py", file=sys.stderr)
        return 1
    return 0


def page() -> str:
    """The page, from what is kept."""
    parts = [
        "# Measured results",
        "",
        "Made by `tools/make_results.py` from [docs/results](results); each table names the command that printed it.",
        "How well the network names exercises is in [its model card](../sportcoach_recognition/weights/frame_gat.md).",
        *graph_section(read("graph.json")),
        *bags_section(read("bags.json")),
        *view_section(read("view.json")),
        *sim_section(read("sim.json")),
        *dataset_section(read("dataset.json")),
        *accuracy_section(read("pose-accuracy.json")),
        *fusion_section(read("fusion.json"), read("fusion-soak.json")),
        *clips_section(read("clips.json")),
        *coaching_section(),
        *experiments_section(),
        *networks_section([read(path.name) for path in sorted(RESULTS.glob("network-*.json"))]),
        *answers_section(read("recognition.json")),
        *evaluation_section([read(path.name) for path in sorted(RESULTS.glob("recognition-*.json"))]),
    ]
    return "\n".join(parts) + "\n"


def read(name: str) -> Any:
    """A measurement."""
    return json.loads((RESULTS / name).read_text(encoding="utf-8"))


def figures_table(bench: dict[str, Any]) -> list[str]:
    """All figures of a measurement."""
    rows = [
        f"| {figure['name']} | {figure['value']:.3g} | {figure['unit']} | "
        f"{'' if figure['target'] is None else figure['target']} | "
        f"{ {True: 'yes', False: 'no', None: ''}[figure['met']] } |"
        for figure in bench["figures"]
    ]
    return ["", "| figure | value | unit | target | met |", "|---|---|---|---|---|", *rows]


def bench_section(title: str, text: str, command: str, bench: dict[str, Any]) -> list[str]:
    """What was measured and when, the command that printed it, all figures."""
    told = f"{text} {bench['date']}, {bench['machine']}."
    return ["", f"## {title}", "", told, "", f"    {command}", *figures_table(bench)]


def graph_section(bench: dict[str, Any]) -> list[str]:
    """Frames lost and latency of the running graph."""
    text = (
        f"All nodes as processes, recording with pictures, 640x480 at 30 fps, pose network {bench['complexity']}. "
        "Latency is from the stamp of the frame to the arrival of its decision."
    )
    return bench_section("The graph in real time", text, GRAPH, bench)


def bags_section(bench: dict[str, Any]) -> list[str]:
    """Speed of bags."""
    skeletons, pictures = bench["skeletons"], bench["pictures"]
    text = (
        f"Of the simulated athlete: {skeletons['seconds']:.0f} s of skeletons, {pictures['seconds']:.0f} s of pictures "
        f"(JPEG, 640x480, 30 fps, {pictures['megabytes']:.1f} MB), both with 400 IMU messages a second. Analyzed in "
        f"{bench['processes']['skeletons']} processes and in {bench['processes']['pictures']}; recorder_cpu is for the "
        "pictures at the rate of life."
    )
    return bench_section("Bags", text, "sportcoach bench bags --json", bench)


def view_section(bench: dict[str, Any]) -> list[str]:
    """What the live view costs."""
    text = f"What the server spends on open pages at {bench['rate']:.0f} frames a second with pictures of 640x480."
    return bench_section("The live view", text, "sportcoach bench view --json", bench)


def sim_section(bench: dict[str, Any]) -> list[str]:
    """Speed of the simulated athlete."""
    text = "Time per 640x480 picture with its IMU readings, without pose estimation."
    return bench_section("The simulated athlete", text, "sportcoach bench sim --json", bench)


def dataset_section(bench: dict[str, Any]) -> list[str]:
    """Time and size of simulated clips, and what that means for the collection that is made by default."""
    value = {figure["name"]: figure["value"] for figure in bench["figures"]}
    default = Settings()
    clips = default.subjects * len(ACTIONS) * default.clips
    seconds = (1 - default.rendered) * value["dataset_clip"] + default.rendered * value["dataset_rendered_clip"]
    text = (
        f"At these rates, the {clips} clips made by default, {default.rendered:.0%} of them rendered, keep one "
        f"core busy for {clips * seconds / 3600:.1f} hours and take {clips * value['dataset_clip_size'] / 1e3:.1f} GB."
    )
    return bench_section("Simulated collection", text, DATASET, bench)


def accuracy_section(bench: dict[str, Any]) -> list[str]:
    """MediaPipe against the simulated athlete's truth."""
    found = {(entry["exercise"], entry["view"]): entry["share"] for entry in bench["detection"]}
    rows = []
    for entry in bench["angles"]:
        share = found[entry["exercise"], entry["view"]]
        errors = (f"{entry[key]:.1f}" for key in ("near_mean", "near_p95", "swing"))
        cells = (entry["exercise"], entry["view"], f"{share:.1%}", entry["angle"], *errors)
        rows.append(f"| {' | '.join(cells)} | {'yes' if entry['observable'] else 'no'} |")
    return [
        "",
        "## MediaPipe against the truth",
        "",
        f"Pose network {bench['complexity']} on {bench['subjects']} random simulated athletes per exercise and view, "
        "about half of them with a fault. Absolute error in degrees, of the angles that the coach works with (those of "
        "legs and trunk told by the picture where it shows them), of the side nearer to the camera, and how far the "
        f"true angle moves (5th to 95th percentile). {bench['date']}, {bench['machine']}, seed {bench['seed']}.",
        "",
        "    sportcoach bench pose-accuracy --json",
        "",
        "| exercise | view | found | angle | mean error | p95 error | swing | can be judged |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
    ]


def fusion_section(bench: dict[str, Any], soak: dict[str, Any]) -> list[str]:
    """Errors and cost of bringing skeletons and IMUs together."""
    return [
        "",
        "## Skeletons and IMUs on one clock",
        "",
        "Skeletons at 30 Hz and four wireless IMUs at 100 Hz, each on a clock of its own; times of arrival are all "
        f"that is known of them. Errors over {bench['draws']} sets of random sensors after 10 s; CPU time is that of "
        "the thread. `aligning` is interpolation together with the estimate of the offsets; [what the rest "
        f"means](fusion.md). {bench['date']}, {bench['machine']}, seed {bench['seed']}.",
        "",
        "    sportcoach bench fusion --json",
        *figures_table(bench),
        "",
        f"The node as a process for {soak['seconds']:g} s. {soak['date']}, {soak['machine']}.",
        "",
        f"    sportcoach bench fusion --soak {soak['seconds']:g} --json",
        *figures_table(soak),
    ]


def clips_section(sessions: list[dict[str, Any]]) -> list[str]:
    """What is found in real clips, against what was counted by hand."""
    counted = yaml.safe_load(COUNTED.read_text(encoding="utf-8"))
    rows = []
    for session in sessions:
        name = Path(session["source"]).stem
        found = Counter(rep["exercise"] for rep in session["reps"])
        truth = counted[name]
        exercise, named = truth["exercise"], share_named(session, truth["exercise"])
        right = found.pop(exercise, 0)
        cells = (name, exercise, f"{named:.0%}", truth["repetitions"], right, sum(found.values()), len(session["cues"]))
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return [
        "",
        "## Real clips",
        "",
        "Named right: share of the time from one second after the start; of clips under 3 s the last label. The "
        "network was trained on these clips; the model card has the same table without them. Counted by hand: "
        "[repetitions.yaml](../test/data/repetitions.yaml).",
        "",
        f"    {CLIPS}",
        "",
        "| clip | exercise | named right | counted by hand | found | of other exercises | cues |",
        "|---|---|---|---|---|---|---|",
        *rows,
    ]


COACHING = {
    "evaluate-form": ("Real push-ups, in good and in bad form", "sportcoach evaluate form --root DIR --json"),
    "other": ("People who do something else", "sportcoach bench other --minutes {minutes:.0f} --seed {seed} --json"),
}
"""Title and command of what was measured about coaching, by file."""


def coaching_section() -> list[str]:
    """What was measured about coaching, as far as it is there."""
    parts = [
        "",
        "## Coaching",
        "",
        "How it is measured is [told with the exercises](exercises.md#when-something-is-said); with simulated athletes "
        "in figures 7 to 10 of the [experiments](#experiments).",
    ]
    for name, (title, command) in COACHING.items():
        if not (RESULTS / f"{name}.json").exists():
            continue
        found = read(f"{name}.json")
        values = {figure["name"]: figure["value"] for figure in found["figures"]}
        told = command.format(seed=found["seed"], minutes=values.get("simulated", 0.0))
        parts += ["", f"### {title}", "", *([found["sentence"], ""] if "sentence" in found else [])]
        parts += [
            f"{found['date']}, {found['machine']}, seed {found['seed']}.",
            "",
            f"    {told}",
            *figures_table(found),
        ]
        for form, reasons in found.get("reasons", {}).items():
            told_of = ", ".join(f"{fault} in {count}" for fault, count in reasons.items()) or "nothing"
            parts += ["", f"Clips in {form} form were corrected for: {told_of}."]
    return parts


def experiments_section() -> list[str]:
    """The paper's tables and figures."""
    parts = []
    for name, (_, description) in EXPERIMENTS.items():
        parts += _experiment(name, description, read(f"experiments/{name}.json"))
    title = "Which experiment asks what, and how: [experiments.md](experiments.md). The time is what all trials of an "
    title += f"experiment took of one core; several share trials. {read('experiments/all.json')['sentence']}"
    return ["", "## Experiments", "", title, *parts]


def _experiment(name: str, description: str, told: dict[str, Any]) -> list[str]:
    minutes = [f"{f['value']:.0f} {f['unit']}" for f in told["figures"] if f["name"] == "time"]
    how_large = f"{told['note'].capitalize()}. " if told.get("note") else ""
    return [
        "",
        f"### {name}: {description}",
        "",
        f"{how_large}{told['date']}, {told['machine']}, seed {told['seed']}, {', '.join(minutes)}.",
        "",
        f"    sportcoach experiment {name} --out DIR --seed {told['seed']} --json",
        "",
        told["sentence"],
        "",
        *(f"![{description}](results/experiments/{plot}.svg)" for plot in told["plots"]),
        *(figures_table(told) if name in COACHED else _rows(told["rows"])),
    ]


COACHED = ("fig7", "fig8", "fig9", "fig10")
"""Experiments whose rows are single sets and athletes, too many to read."""


def _rows(rows: list[dict[str, Any]]) -> list[str]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return [
        "",
        f"| {' | '.join(columns)} |",
        f"|{'---|' * len(columns)}",
        *(f"| {' | '.join(str(row.get(column, '')) for column in columns)} |" for row in rows),
    ]


def share_named(session: dict[str, Any], exercise: str) -> float:
    """Share of the time with the right label."""
    if session["duration_s"] < 3.0:
        return float(session["actions"][-1]["label"] == exercise)
    spans = [(max(a["t0"], 1.0), a["t1"], a["label"]) for a in session["actions"] if a["t1"] > 1.0]
    right = sum(end - start for start, end, label in spans if label == exercise)
    return float(right / sum(end - start for start, end, _ in spans))


def networks_section(runs: list[dict[str, Any]]) -> list[str]:
    """Networks that were taught the task of the graph, side by side."""
    if not runs:
        return []
    commands = [f"    {run['command']} --json    # {run['date']}, {run['machine']}, seed {run['seed']}" for run in runs]
    rows = [
        f"| {name} | {' | '.join(f'{round(value, 3):g}' for value in values)} | {unit} |"
        for (name, unit), *values in zip(
            [(figure["name"], figure["unit"]) for figure in runs[0]["figures"]],
            *([figure["value"] for figure in run["figures"]] for run in runs),
            strict=True,
        )
    ]
    return [
        "",
        "## Networks for the graph",
        "",
        "Taught the task of the graph from the same data, by settings that differ in the network and its weight decay. "
        "`unseen_clips` are the real clips as a training without any of them names them, from a second after somebody "
        "is in view; `held_back` are subjects kept out of the training, which chose its best step by them. The network "
        "that ships has learned from simulated athletes as well (`--simulated`).",
        "",
        *commands,
        "",
        f"| figure | {' | '.join(run['network'] for run in runs)} | unit |",
        "|---" * (len(runs) + 2) + "|",
        *rows,
    ]


def answers_section(bench: dict[str, Any]) -> list[str]:
    """What an answer costs."""
    text = (
        "Processor time of one core that `stream_gat` needs for a window of 64 frames and for one more frame of a "
        "stream, exported to ONNX and in PyTorch."
    )
    return bench_section("What an answer costs", text, "sportcoach bench recognition --json", bench)


def against_target(figure: dict[str, Any]) -> str:
    """A share, and the target in brackets where there is one."""
    return f"{figure['value']:.1%}" + (f" ({figure['target']:.1%})" if figure["target"] else "")


def told_beside(figure: dict[str, dict[str, Any]]) -> str:
    """Angles, stages and quality, where an evaluation says how well they are told."""
    told = ""
    if "landmark_angle_score" in figure:
        told += f" Angle-Score of the landmarks {against_target(figure['landmark_angle_score'])}"
        if "refined_angle_score" in figure:
            refined = against_target(figure["refined_angle_score"])
            told += f", as the network corrects them {refined}; the paper's is {published.ANGLE_SCORE:.1%}"
        told += "."
    if "stage_accuracy" in figure:
        told += f" Stages told rightly, each counted alike: {against_target(figure['stage_accuracy'])} of the time."
    if "quality_error" in figure:
        error, of_mean = figure["quality_error"]["value"], figure["quality_error_of_mean"]["value"]
        told += f" Quality is told to {error:.3f} of 1; always to tell the mean would be off by {of_mean:.3f}."
    return told


def evaluation_section(runs: list[dict[str, Any]]) -> list[str]:
    """How many recorded movements, of people and of simulated athletes, are named right, set by set."""
    rows, commands = [], []
    for run in runs:
        figure = {entry["name"]: entry for entry in run["figures"]}
        shares = [against_target(figure[name]) for name in ("accuracy", "balanced_accuracy", "macro_f1")]
        others = PUBLISHED.get(run["protocol"], PUBLISHED.get(run["dataset"], ""))
        minutes = figure["training_time"]["value"] / 60.0
        what = f"{run['dataset']} {run['protocol']}, {run['modality']}"
        cells = (what, *shares, run["settings"], f"{len(run['folds'])} in {minutes:.0f} min", run["date"], others)
        rows.append(f"| {' | '.join(cells)} |")
        rows_of_folds = ", ".join(
            f"{fold['tested']} {fold['accuracy']:.1%} of {fold['test_sequences']}" for fold in run["folds"]
        )
        commands.append(f"* {what}: {run['division']}: {rows_of_folds}.{told_beside(figure)}")
    if not runs:
        return []
    return [
        "",
        "## Recorded movements",
        "",
        "Every figure is of subjects or sources that were not trained on; targets in brackets, for the standard test "
        f"part where the set has one. Times are those of a machine that was busy otherwise. {runs[0]['machine']}, seed "
        f"{runs[0]['seed']}.",
        "",
        "    sportcoach evaluate SET --root DIR [--protocol NAME] [--modality skeleton|inertial] --json",
        "",
        "| set, protocol, what is seen | accuracy | balanced | macro F1 | settings | trainings | date | published |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        *commands,
    ]


if __name__ == "__main__":
    sys.exit(main())
