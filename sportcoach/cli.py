"""The command line: run, up, analyze, train, dataset, bench."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from sportcoach import __version__
from sportcoach.commands.dataset_options import add_evaluate_options, add_info_options, add_landmarks_options
from sportcoach.commands.experiment_options import add_experiment_options
from sportcoach.commands.options import CHAIN, OF_BAGS, RECORD_ALONE, RECORDING, add_graph_options, add_options, seconds
from sportcoach.commands.session_options import add_session_commands
from sportcoach_perception.errors import UserError

DESCRIPTION = "Real-time coaching of sports movements with a camera and body-worn IMUs, on ROS 2."

EXAMPLES = """\
examples:
  sportcoach run --source video --video squats.mp4    coach a video in real time, through the ROS graph
  sportcoach run --source sim                         coach a simulated athlete, who hears the coach
  sportcoach run --source camera --device 0           coach whoever stands in front of the webcam
  sportcoach analyze *.mp4 --out results              the same over video files, as fast as possible
  sportcoach up --source topics                       the nodes alone, for a robot that has its own camera driver
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "sportcoach", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"sportcoach {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    run = commands.add_parser("run", help="coach a video or a camera live, with a recording and a report")
    add_graph_options(run)
    output = run.add_argument_group("output")
    output.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="new folder for session.json, report.html and bag/ (default: sessions/DATE-SOURCE)",
    )
    output.add_argument(
        "--no-images",
        dest="profile",
        action="store_const",
        const="no-images",
        default="all",
        help="leave the pictures out of the bag",
    )
    add_options(run, "recording", ("split_size", "split_seconds"))
    run.set_defaults(command="run")

    up = commands.add_parser("up", help="start all nodes and keep them running until Ctrl-C")
    add_graph_options(up)
    add_options(up, "recording", RECORDING)
    up.set_defaults(command="up")

    record = commands.add_parser("record", help="record a graph that is running")
    record.add_argument("--out", type=Path, metavar="DIR", help="new folder (default: sportcoach-DATE)")
    add_options(record, "recording", RECORD_ALONE)
    record.set_defaults(command="record")

    replay = commands.add_parser("replay", help="publish a bag as it was recorded; the space bar pauses")
    replay.add_argument("bag", type=Path, metavar="BAG", help="rosbag2 folder or file, MCAP or sqlite3")
    replay.add_argument("--topics", nargs="+", default=[], metavar="TOPIC", help="only these (default: all)")
    replay.add_argument("--start", type=seconds, default=0.0, metavar="S", help="leave out the first seconds")
    replay.add_argument("--clock", action="store_true", help="publish /clock, for nodes with --use-sim-time")
    replay.add_argument(
        "--wait",
        type=seconds,
        default=10.0,
        metavar="S",
        help="longest wait for a listener (default 10; 0: none)",
    )
    add_options(replay, "as in the graph", ("rate", "duration", "loop", "remap"))
    replay.set_defaults(command="replay")

    analyze = commands.add_parser("analyze", help="coach videos and bags offline, as fast as the machine allows")
    analyze.add_argument("files", nargs="+", type=Path, metavar="FILE", help="video files, bags")
    add_options(analyze, "what to look for", (*CHAIN, *OF_BAGS, "duration"))
    analyze.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for the results, with several files one below it for each (default: sessions/DATE-FILE)",
    )
    _add_athlete(analyze)
    analyze.add_argument(
        "--json",
        action="store_true",
        help="print the session as JSON on stdout, a list of them for several files; writes files only with --out",
    )
    analyze.set_defaults(command="analyze")

    sessions = commands.add_parser("sessions", help="what is kept of named athletes: progress, export, deletion")
    add_session_commands(sessions)

    train = commands.add_parser("train", help="train the recognition network")
    train.add_argument(
        "config", type=Path, metavar="CONFIG", help="training settings (YAML), config/train/*.yaml for example"
    )
    train.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the data sets")
    train.add_argument(
        "--simulated",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="learn from collections of 'sportcoach dataset simulate' too",
    )
    train.add_argument("--out", type=Path, required=True, metavar="FILE", help="weights to write (.safetensors)")
    train.add_argument(
        "--cache",
        type=Path,
        default=Path("build/landmarks"),
        metavar="DIR",
        help="folder for the landmarks of the clips (default: build/landmarks)",
    )
    train.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="folder for checkpoints and curves; a run that was killed goes on there",
    )
    train.add_argument("--json", action="store_true", help="print the figures of the card as JSON on stdout")
    train.set_defaults(command="train")

    evaluate = commands.add_parser("evaluate", help="train and test on a data set; judge the coaching of recordings")
    add_evaluate_options(evaluate)

    learn = commands.add_parser("learn-exercise", help="define a new exercise from a recording of an expert")
    learn.add_argument("name", metavar="NAME", help="of the exercise: lower-case letters, digits and _")
    learn.add_argument(
        "--from", dest="source", type=Path, required=True, metavar="FILE", help="video or bag of some repetitions"
    )
    learn.add_argument(
        "--out", type=Path, default=Path("exercises"), metavar="DIR", help="folder for NAME.yaml (default: exercises)"
    )
    learn.add_argument("--force", action="store_true", help="replace a definition of this name")
    learn.set_defaults(command="learn_exercise")

    experiment = commands.add_parser("experiment", help="make a table or figure of the paper anew")
    add_experiment_options(experiment)
    experiment.set_defaults(command="experiment")

    dataset = commands.add_parser("dataset", help="look into data sets, make collections of clips")
    what = dataset.add_subparsers(title="what to do", metavar="WHAT", required=True)
    simulate = what.add_parser("simulate", help="simulate athletes: skeletons, limb IMUs and truth")
    simulate.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder; an unfinished one is finished"
    )
    simulate.add_argument("--subjects", type=int, default=60, metavar="N", help="athletes (default: 60)")
    simulate.add_argument(
        "--clips", type=int, default=20, metavar="N", help="clips of each athlete and action (default: 20)"
    )
    simulate.add_argument(
        "--rendered",
        type=float,
        default=0.25,
        metavar="SHARE",
        help="share of the clips that are drawn and seen by MediaPipe (default: 0.25)",
    )
    simulate.add_argument(
        "--occlusion",
        type=float,
        metavar="SHARE",
        help="share of every picture that is hidden (default: faults of pictures of all kinds, now and then)",
    )
    simulate.add_argument(
        "--seconds",
        type=float,
        nargs=2,
        metavar=("MIN", "MAX"),
        help="length of a clip, about, but three repetitions at least (default: 10 18)",
    )
    simulate.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (default: 0)")
    simulate.add_argument("--workers", type=int, metavar="N", help="processes (default: one per core)")
    simulate.set_defaults(command="dataset_simulate")
    info = what.add_parser("info", help="what is in a data set, after a check of every file")
    add_info_options(info)
    info.set_defaults(command="dataset_info")
    landmarks = what.add_parser("landmarks", help="MediaPipe's landmarks of a folder of videos, extracted once")
    add_landmarks_options(landmarks)
    landmarks.set_defaults(command="dataset_landmarks")

    export = commands.add_parser("export", help="write a trained network as ONNX, checked against PyTorch")
    export.add_argument("weights", type=Path, nargs="?", metavar="FILE", help="weights (default: the graph's network)")
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="ONNX file to write")
    export.add_argument(
        "--window", type=int, default=0, metavar="N", help="a window of N steps at once (default: one step of a stream)"
    )
    export.set_defaults(command="export")

    bench = commands.add_parser("bench", help="measure")
    what = bench.add_subparsers(title="benchmarks", metavar="WHAT", required=True)
    graph = what.add_parser("graph", help="frames lost and latency of the whole graph, per hop")
    graph.add_argument(
        "--video",
        type=Path,
        metavar="FILE",
        help="video, brought to 640x480 at 30 fps and repeated (default: a squat in ../shared/data/clips)",
    )
    graph.add_argument(
        "--duration", type=seconds, default=30.0, metavar="S", help="length of the measurement (default: 30)"
    )
    add_options(graph, "what to look for", ("complexity",))
    graph.set_defaults(command="bench_graph")

    bags = what.add_parser("bags", help="writing, reading and analyzing bags; what recording costs")
    bags.add_argument("--repetitions", type=int, default=12, metavar="N", help="of each exercise (default: 12)")
    bags.set_defaults(command="bench_bags")

    sim = what.add_parser("sim", help="speed of the simulated athlete")
    sim.set_defaults(command="bench_sim")

    accuracy = what.add_parser("pose-accuracy", help="MediaPipe against the simulated athlete's true joint angles")
    add_options(accuracy, "what to look for", ("complexity",))
    accuracy.add_argument(
        "--subjects", type=int, default=2, metavar="N", help="athletes per exercise and view (default: 2)"
    )
    accuracy.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the athletes (default: 0)")
    accuracy.set_defaults(command="bench_pose_accuracy")

    other = what.add_parser("other", help="corrections of simulated people who do something else")
    other.add_argument("--minutes", type=float, default=60.0, metavar="N", help="of it (default: 60)")
    other.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the people (default: 0)")
    other.set_defaults(command="bench_other")

    recognition = what.add_parser("recognition", help="what an answer of stream_gat costs")
    recognition.set_defaults(command="bench_recognition")

    view = what.add_parser("view", help="what an open page of the live view costs")
    view.add_argument("--duration", type=seconds, default=10.0, metavar="S", help="length of either half (default: 10)")
    view.set_defaults(command="bench_view")

    fusion = what.add_parser("fusion", help="errors and cost of bringing skeletons and IMUs together")
    fusion.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (default: 0)")
    fusion.add_argument("--runs", type=int, default=200, metavar="N", help="runs for the offsets (default: 200)")
    fusion.add_argument(
        "--soak", type=seconds, default=0.0, metavar="S", help="instead, run fusion_node as a process for S seconds"
    )
    fusion.set_defaults(command="bench_fusion")

    for benchmark in (graph, bags, sim, accuracy, other, recognition, view, fusion):
        benchmark.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    return parser


def _add_athlete(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--athlete",
        default="",
        metavar="NAME",
        help="keep it among the sessions of this athlete",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of sportcoach; returns the exit code: 0 done, 1 a node failed, 2 bad input, 130 interrupted."""
    arguments = _parser().parse_args(argv)
    try:
        # Imported only now: --help must not wait for torch.
        command = importlib.import_module(f"sportcoach.commands.{arguments.command}")
        return int(command.main(arguments))
    except UserError as error:
        print(f"sportcoach: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    sys.exit(main())
