"""How much `import ccjobs_utils` costs beside `import anywidget`: fresh processes, taken in turns.

Run: python benchmarks/import_time.py
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
STATEMENTS = ("import anywidget", "import ccjobs_utils", "from ccjobs_utils import activity, load")


def seconds(statement: str) -> float:
    """One fresh process, from start to exit."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - started


def main() -> None:
    """Print a table of medians and ratios to `import anywidget`."""
    for statement in STATEMENTS:
        seconds(statement)
    taken: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for _ in range(ROUNDS):
        for statement in STATEMENTS:
            taken[statement].append(seconds(statement))
    base = statistics.median(taken["import anywidget"])
    print("| process | median s | min s | max s | ratio |\n|---|---|---|---|---|")
    for statement, times in taken.items():
        median = statistics.median(times)
        print(f"| `{statement}` | {median:.3f} | {min(times):.3f} | {max(times):.3f} | {median / base:.2f} |")


if __name__ == "__main__":
    main()
