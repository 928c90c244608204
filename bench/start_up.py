"""How long `rollbook --help` takes beyond a bare Python, measured side by side in one run.

    python bench/start_up.py [ROUNDS]

The two are run in turn, so that a busy machine slows both. Ends with 1 when the median is over the promise.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

PROMISED_MS = 150.0
BARE = [sys.executable, "-c", "pass"]
HELP = [sys.executable, "-c", "from rollbook.cli.start import main; main()", "--help"]


def milliseconds(command: list[str]) -> float:
    """How long one run of `command` takes."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def main(rounds: int) -> int:
    """Measure, print, and say whether the promise is kept."""
    pairs = [(milliseconds(BARE), milliseconds(HELP)) for _ in range(rounds)]
    bare = statistics.median(one for one, _ in pairs)
    shown = statistics.median(other for _, other in pairs)
    beyond = statistics.median(other - one for one, other in pairs)
    print(f"medians of {rounds} rounds: bare Python {bare:.0f} ms, rollbook --help {shown:.0f} ms")
    print(f"beyond it: {beyond:.0f} ms (promised: {PROMISED_MS:.0f} ms), {shown / bare:.1f} times a bare one")
    return 0 if beyond <= PROMISED_MS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
