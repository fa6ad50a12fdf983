"""sportcoach export: a trained network as ONNX."""

from __future__ import annotations

import argparse

from sportcoach_recognition import weights_file
from sportcoach_recognition.export import export


def main(arguments: argparse.Namespace) -> int:
    """Export and check as asked."""
    difference = export(arguments.weights or weights_file.DEFAULT, arguments.out, arguments.window)
    print(f"{arguments.out}: scores within {difference:.2g} of PyTorch")
    return 0
