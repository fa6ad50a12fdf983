"""sportcoach evaluate feedback: what was said, and when, against what a human coach would have said."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from sportcoach.figures import Figure, print_figures, report
from sportcoach.remarks import Agreement, agree, meteor, read_references, read_session, rouge_l, together
from sportcoach_perception.errors import UserError


def main(arguments: argparse.Namespace) -> int:
    """Compare every pair of files, and print what comes out over all of them."""
    if arguments.window <= 0.0:
        raise UserError(f"--window is {arguments.window:g}; it must be more than 0 seconds")
    pairs = _pairs(arguments.root)
    found = {
        reference.stem: agree(read_references(reference), read_session(session), arguments.window)
        for reference, session in pairs
    }
    figures = _figures(together(list(found.values())))
    if not arguments.json:
        print_figures(figures)
        return 0
    rows = [
        {"recording": name, "references": one.references, "said": one.said, "in_time": len(one.matched),
         "pairs": [{"t": r.t, "reference": r.text, "said_at": s.t, "said": s.text} for r, s in one.matched]}
        for name, one in found.items()
    ]  # fmt: skip
    print(report("evaluate-feedback", 0, figures, {"window_s": arguments.window, "recordings": rows}))
    return 0


def _pairs(root: Path) -> list[tuple[Path, Path]]:
    """NAME.csv with NAME.json or NAME/session.json, for every CSV file in `root`."""
    references = sorted(root.glob("*.csv"))
    if not references:
        raise UserError(f"no references (NAME.csv) in {root}")
    pairs = []
    for reference in references:
        candidates = (reference.with_suffix(".json"), root / reference.stem / "session.json")
        session = next((path for path in candidates if path.is_file()), None)
        if session is None:
            raise UserError(
                f"{reference} has no session beside it: {candidates[0].name} or {reference.stem}/session.json"
            )
        pairs.append((reference, session))
    return pairs


def _figures(total: Agreement) -> list[Figure]:
    figures = [
        Figure("temporal_f_score", total.f_score, "share", "higher"),
        Figure("temporal_precision", total.precision, "share", "higher"),
        Figure("temporal_recall", total.recall, "share", "higher"),
        Figure("references", float(total.references), "remarks", "higher"),
        Figure("said", float(total.said), "remarks", "higher"),
    ]
    if not total.matched:
        return figures
    texts = [(reference.text, said.text) for reference, said in total.matched]
    late = float(np.median([said.t - reference.t for reference, said in total.matched]))
    return [
        *figures,
        Figure("meteor", float(np.mean([meteor(*pair) for pair in texts])), "0..1", "higher"),
        Figure("rouge_l", float(np.mean([rouge_l(*pair) for pair in texts])), "0..1", "higher"),
        Figure("later_than_reference_p50", late, "s", "lower"),
    ]
