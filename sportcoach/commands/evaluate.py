"""sportcoach evaluate: train and test by a published protocol."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from sportcoach.datasets import catalogue
from sportcoach.figures import Figure, print_figures, report
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_recognition import divisions, evaluate, head_scores, metrics, protocols
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.divisions import Division, Fold
from sportcoach_recognition.evaluate import Answers, Classifier
from sportcoach_recognition.fitted import LEARN_AT_ONCE, Fitted
from sportcoach_recognition.protocols import Protocol
from sportcoach_recognition.training import fit

SETTINGS = "train/evaluate"


def main(arguments: argparse.Namespace) -> int:
    """Train, test, print."""
    protocol = protocols.protocol(arguments.dataset, arguments.protocol)
    settings = arguments.config or config_path(SETTINGS) / f"{protocol.settings}.yaml"
    config = FitConfig.read(settings)
    checkpoint = Fitted.load(arguments.checkpoint) if arguments.checkpoint else None
    division = _division(arguments, protocol)
    classes = protocol.classes or evaluate.found_classes(division)
    if checkpoint and checkpoint.classes != classes:
        raise UserError(f"{arguments.checkpoint} tells {', '.join(checkpoint.classes)}, not {', '.join(classes)}")
    name = arguments.protocol or next(iter(protocols.PROTOCOLS[arguments.dataset]))
    say(f"{arguments.dataset}, {name}: {division.note}")
    answers = evaluate.run(division, classes, _classifier(arguments, checkpoint, classes, config, division, protocol))
    if arguments.out:
        _write_answers(arguments.out / "answers.csv", answers, classes)
    targets = protocol.targets if arguments.modality == "fused" else {}
    figures = _figures(answers, classes, targets)
    if not arguments.json:
        print_figures(figures)
        return 0
    details = {
        "dataset": arguments.dataset,
        "protocol": name,
        "modality": arguments.modality,
        "division": division.note,
        "settings": str(arguments.checkpoint) if checkpoint else settings.name,
        **evaluate.details(answers, classes),
    }
    print(report(f"evaluate-{arguments.dataset}-{name}-{arguments.modality}", arguments.seed, figures, details))
    return 0


def say(line: str) -> None:
    """Tell how it goes; stdout is for the result."""
    print(line, file=sys.stderr, flush=True)


def _division(arguments: argparse.Namespace, protocol: Protocol) -> Division:
    def read(root: Path) -> list[Sequence]:
        say(f"reading {root}")
        asked = protocol.asked(catalogue.read(arguments.dataset, root, arguments.cache))
        return protocols.through(arguments.modality, asked)

    if arguments.test_root and arguments.test_subjects:
        raise UserError("name the test part by --test-root or by --test-subjects, not by both")
    sequences = read(arguments.root)
    if arguments.test_root:
        return divisions.other_root(sequences, read(arguments.test_root))
    if arguments.test_subjects:
        return divisions.named_subjects(sequences, arguments.test_subjects.split(","))
    return protocol.divide(sequences)


def _classifier(
    arguments: argparse.Namespace,
    checkpoint: Fitted | None,
    classes: tuple[str, ...],
    config: FitConfig,
    division: Division,
    protocol: Protocol,
) -> Callable[[Fold], Classifier]:
    """Trains for a fold, unless there is a checkpoint; in --out, what was trained is kept and killed runs go on."""
    if checkpoint:
        return lambda fold: checkpoint
    torch.set_num_threads(1)  # twice the threads gain little, and the other core stays free

    def trained(fold: Fold) -> Classifier:
        train, validation = evaluate.fit_parts(fold)
        number = division.folds.index(fold) + 1
        say(
            f"training {number} of {len(division.folds)} ({fold.name} tested): {len(train)} sequences, "
            f"{_effort(config)}"
        )
        folder = arguments.out / f"fold{number}" if arguments.out else None
        fitted = fit(protocol.trained_on(train), validation, classes, config, arguments.seed, folder)
        if folder:
            fitted.save(folder / "model.safetensors")
        return fitted

    return trained


def _effort(config: FitConfig) -> str:
    """What is going to be trained, in words."""
    effort = "at once" if config.model in LEARN_AT_ONCE else f"{config.steps} steps of {config.batch}"
    own = f"{config.members} x {config.model}, {effort}"
    return f"{own}; {_effort(config.beside)}" if config.beside else own


def _figures(answers: list[Answers], classes: tuple[str, ...], targets: Mapping[str, float]) -> list[Figure]:
    total = evaluate.matrix(answers, classes)
    values = {
        "accuracy": metrics.accuracy(total),
        "balanced_accuracy": metrics.balanced_accuracy(total),
        "macro_f1": metrics.macro_f1(total),
    }
    seconds = {
        "training_time": sum(a.training for a in answers),
        "test_time": 1000.0 * sum(a.testing for a in answers) / int(total.sum()),
    }
    heads = head_scores.scores([compared for a in answers for compared in a.heads])
    return [
        *(Figure(name, value, "share", "higher", targets.get(name)) for name, value in values.items()),
        *(_of_heads(name, value, targets.get(name)) for name, value in heads.items()),
        Figure("test_sequences", int(total.sum()), "sequences", "higher"),
        Figure("training_time", seconds["training_time"], "s", "lower"),
        Figure("test_time", seconds["test_time"], "ms per sequence", "lower"),
    ]


def _of_heads(name: str, value: float, target: float | None) -> Figure:
    if name.startswith("quality_error"):
        return Figure(name, value, "of 1", "lower", target)
    return Figure(name, value, "1 - rad" if name.endswith("angle_score") else "share", "higher", target)


def _write_answers(path: Path, answers: list[Answers], classes: tuple[str, ...]) -> None:
    """A row per tested sequence: name, subject, right answer, given answer, probabilities."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "subject", "label", "answer", *classes])
        for a in answers:
            for sequence, probabilities in zip(a.fold.test, a.probabilities, strict=True):
                answer = classes[int(probabilities.argmax())]
                numbers = [f"{p:.4f}" for p in probabilities]
                rows.writerow([sequence.name, sequence.subject, sequence.label, answer, *numbers])
