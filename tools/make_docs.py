"""Makes docs/parameters.md from config/parameters.yaml and docs/messages.md from the message files.

usage: make_docs.py [--check]     with --check nothing is written and the exit code is 1 when a page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from sportcoach_perception.parameters import COMMON, ParameterSpec, load_parameters

ROOT = Path(__file__).resolve().parent.parent
PARAMETERS = ROOT / "config" / "parameters.yaml"


def parameters_page() -> str:
    """All parameters of all nodes."""
    names = [name for name in yaml.safe_load(PARAMETERS.read_text(encoding="utf-8")) if name != COMMON]
    lines = [
        "# Parameters",
        "",
        "Made by `tools/make_docs.py` from [config/parameters.yaml](../config/parameters.yaml). Every node also has "
        "`use_sim_time`. A parameter that a node does not have is an error, not ignored.",
    ]
    for name in names:
        lines += [
            "",
            f"## {name}",
            "",
            "| parameter | type | default | allowed | what it does |",
            "|---|---|---|---|---|",
        ]
        lines += [_parameter_row(spec) for spec in load_parameters(PARAMETERS, name).values()]
    return "\n".join(lines) + "\n"


def _parameter_row(spec: ParameterSpec) -> str:
    allowed = ", ".join(spec.choices)
    if spec.lowest is not None:
        allowed = f"{spec.lowest:g} to {spec.highest:g}"
    text = str(spec.default).lower() if isinstance(spec.default, bool) else str(spec.default)
    default = f"`{text}`" if text not in ("", "[]") else ""
    return f"| `{spec.name}` | {spec.type} | {default} | {allowed} | {spec.description} |"


def messages_page() -> str:
    """All message definitions."""
    lines = ["# Messages", "", "Made by `tools/make_docs.py` from [sportcoach_msgs/msg](../sportcoach_msgs/msg)."]
    for path in sorted((ROOT / "sportcoach_msgs" / "msg").glob("*.msg")):
        title, *fields = path.read_text(encoding="utf-8").splitlines()
        lines += [
            "",
            f"## {path.stem}",
            "",
            title.removeprefix("# "),
            "",
            "| field | type | what it holds |",
            "|---|---|---|",
        ]
        lines += list(_field_rows(fields))
    return "\n".join(lines) + "\n"


def _field_rows(fields: list[str]) -> Iterator[str]:
    for field in fields:
        declaration, _, comment = field.partition("#")
        if declaration.strip():
            kind, name = declaration.split(maxsplit=1)
            yield f"| `{name.strip()}` | {kind} | {comment.strip()} |"


PAGES = {"parameters.md": parameters_page, "messages.md": messages_page}


def outdated() -> list[str]:
    """Names of the pages in docs/ that differ from what would be made now."""
    folder = ROOT / "docs"
    return [
        name
        for name, make in PAGES.items()
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != make()
    ]


def main() -> int:
    """Write the pages, or check them."""
    stale = outdated()
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/{name} is out of date: run tools/make_docs.py", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (ROOT / "docs" / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
