"""Draws the anatomical prior of stream_gat as docs/images/anatomical_prior.svg; run it after changing graph.py."""

from __future__ import annotations

from pathlib import Path

from sportcoach_recognition.graph import NODES, anatomical_prior

OUT = Path(__file__).resolve().parent.parent / "docs" / "images" / "anatomical_prior.svg"
CELL, LEFT, TOP, GAP = 14, 120, 130, 40
TITLES = ("now", "one step ago")


def svg() -> str:
    """One square per pair of joints: dark where the joint of the row may look at that of the column."""
    prior, n = anatomical_prior(NODES, (0, 1)), len(NODES)
    panel = n * CELL + GAP
    width, height = LEFT + len(TITLES) * panel, TOP + n * CELL + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        'font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for delay, title in enumerate(TITLES):
        x0 = LEFT + delay * panel
        lines.append(f'<text x="{x0}" y="14" font-weight="bold">{title}</text>')
        for i, name in enumerate(NODES):
            x, y = x0 + i * CELL, TOP + i * CELL
            lines.append(f'<text transform="translate({x + 11},{TOP - 4}) rotate(-90)">{name}</text>')
            if delay == 0:
                lines.append(f'<text x="{LEFT - 4}" y="{y + 11}" text-anchor="end">{name}</text>')
            for j in range(n):
                fill = "#1f4e79" if prior[i, delay, j] else "#eeeeee"
                lines.append(
                    f'<rect x="{x0 + j * CELL}" y="{y}" width="{CELL - 1}" height="{CELL - 1}" fill="{fill}"/>'
                )
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    OUT.write_text(svg())
