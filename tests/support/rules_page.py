"""Writes docs/rules.md from the catalogue and the worked cases: `python tests/support/rules_page.py`."""

from __future__ import annotations

from pathlib import Path

import yaml

from rollbook.rules.document import page

ROOT = Path(__file__).parents[2]
PAGE, WORKED = ROOT / "docs" / "rules.md", ROOT / "tests" / "rules" / "worked"


def text() -> str:
    worked: dict[str, list[tuple[str, str]]] = {}
    for file in sorted(WORKED.glob("*.yaml")):
        case = yaml.safe_load(file.read_text(encoding="utf-8"))
        for rule in sorted({rule for check in case["checks"] for rule in check["expect"]}):
            worked.setdefault(rule, []).append((case["id"], case["title"]))
    return page(worked)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8", newline="\n")
