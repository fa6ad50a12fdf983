"""The command line: run, up, analyze, train, bench."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from sportcoach import __version__
from sportcoach_perception.errors import UserError
from sportcoach_recognition.action import ACTIONS

DESCRIPTION = "Real-time coaching of sports movements with a camera and body-worn IMUs, on ROS 2."

EXAMPLES = """\
examples:
  sportcoach run --source video --video squats.mp4    coach a video in real time, through the ROS graph
  sportcoach run --source sim                         coach a simulated athlete, who hears the coach
  sportcoach run --source camera --device 0           coach whoever stands in front of the webcam
  sportcoach analyze *.mp4 --out results              the same over video files, as fast as possible
  sportcoach up --source topics                       the nodes alone, for a robot that has its own camera driver
"""

EXERCISES = ("auto", *(action for action in ACTIONS if action != "other"))


def _add_chain_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what to look for")
    group.add_argument(
        "--exercise",
        default="auto",
        metavar="NAME",
        help=f"one of {', '.join(EXERCISES)}, or one of your own (default: auto)",
    )
    group.add_argument(
        "--exercises",
        default="",
        metavar="DIR",
        help="folder of exercise definitions (YAML) in place of the shipped ones",
    )
    group.add_argument(
        "--complexity",
        default="full",
        choices=("lite", "full", "heavy"),
        help="size of the pose network (default: full)",
    )
    group.add_argument("--weights", default="", metavar="FILE", help="recognition weights in place of the shipped ones")
    group.add_argument("--language", default="en", help="language of the cues: en, zh (default: en)")


def _add_graph_options(parser: argparse.ArgumentParser) -> None:
    source = parser.add_argument_group("source")
    source.add_argument(
        "--source",
        choices=("video", "camera", "sim", "topics"),
        help="where pictures come from; topics: from other drivers (default: camera, or video with --video)",
    )
    source.add_argument("--video", default="", metavar="FILE", help="video file, played at its own rate")
    source.add_argument("--device", type=int, default=0, metavar="N", help="camera /dev/videoN (default: 0)")
    source.add_argument(
        "--trial", default="demo", metavar="FILE", help="what the simulated athlete does (default: a minute of demo)"
    )
    source.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the simulated athlete (default: 1)")
    source.add_argument(
        "--image-topic", default="image_raw", metavar="TOPIC", help="topic of the camera driver; for source topics"
    )
    source.add_argument("--compressed", action="store_true", help="listen to the compressed pictures below that topic")
    source.add_argument("--duration", type=_seconds, default=0.0, metavar="S", help="stop after S seconds of pictures")
    source.add_argument("--loop", action="store_true", help="start the video again at its end")
    graph = parser.add_argument_group("graph")
    graph.add_argument(
        "--namespace", default="", metavar="NS", help="put every topic and node below NS: a second station"
    )
    graph.add_argument("--use-sim-time", action="store_true", help="take the time from /clock")
    graph.add_argument("--no-voice", action="store_true", help="say nothing aloud")
    graph.add_argument(
        "--voice-dir", default="", metavar="DIR", help="write phrases to wav files in DIR in place of playing them"
    )
    graph.add_argument("--no-haptic", action="store_true", help="send no vibration commands")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.0 <= value <= 86400.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400 seconds")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "sportcoach", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"sportcoach {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    run = commands.add_parser("run", help="coach a video or a camera live, with a recording and a report")
    _add_graph_options(run)
    _add_chain_options(run)
    output = run.add_argument_group("output")
    output.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="new folder for session.json, report.html and bag/ (default: sessions/DATE-SOURCE)",
    )
    output.add_argument("--no-images", action="store_true", help="leave the pictures out of the bag")
    run.set_defaults(command="run")

    up = commands.add_parser("up", help="start all nodes and keep them running until Ctrl-C")
    _add_graph_options(up)
    _add_chain_options(up)
    recording = up.add_argument_group("recording")
    recording.add_argument("--record", default="", metavar="DIR", help="record to this new folder (rosbag2, MCAP)")
    recording.add_argument("--record-images", action="store_true", help="record the pictures too, compressed")
    up.set_defaults(command="up")

    analyze = commands.add_parser("analyze", help="coach video files offline, as fast as the machine allows")
    analyze.add_argument("files", nargs="+", type=Path, metavar="FILE", help="video files")
    _add_chain_options(analyze)
    analyze.add_argument(
        "--duration", type=_seconds, default=0.0, metavar="S", help="stop after S seconds of each video"
    )
    analyze.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for the results, with several files one below it for each (default: sessions/DATE-FILE)",
    )
    analyze.add_argument(
        "--json",
        action="store_true",
        help="print the session as JSON on stdout, a list of them for several files; writes files only with --out",
    )
    analyze.set_defaults(command="analyze")

    train = commands.add_parser("train", help="train the recognition network")
    train.add_argument(
        "config", type=Path, metavar="CONFIG", help="training settings (YAML), config/train/*.yaml for example"
    )
    train.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the data sets")
    train.add_argument("--out", type=Path, required=True, metavar="FILE", help="weights to write (.safetensors)")
    train.add_argument(
        "--cache",
        type=Path,
        default=Path("build/landmarks"),
        metavar="DIR",
        help="folder for the landmarks of the clips (default: build/landmarks)",
    )
    train.set_defaults(command="train")

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
        "--duration", type=_seconds, default=30.0, metavar="S", help="length of the measurement (default: 30)"
    )
    graph.add_argument(
        "--complexity",
        default="full",
        choices=("lite", "full", "heavy"),
        help="size of the pose network (default: full)",
    )
    graph.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    graph.set_defaults(command="bench_graph")
    return parser


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
