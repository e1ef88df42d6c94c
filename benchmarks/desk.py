"""The desk on real volumes: `kpi.summary` on a million calls, staffing of 100,000 intervals beside pyworkforce.

Run in the project's folder, with pyworkforce installed: ``python -m benchmarks.desk``. Prints rows for
docs/performance.md. Each pair runs in turns in one process; the ratio is of medians.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
from pyworkforce.queuing import ErlangC, MultiErlangC

from ccjobs_utils.desk import kpi, staffing
from ccjobs_utils.desk.data import call_log

INTERVALS = 100_000
ROUNDS = 5
PERIOD_S, TARGET_S, GOAL = 1800, 20, 0.8


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def staffing_rows(size: str, least: int, most: int, rounds: int) -> None:
    """Print how 100,000 intervals of a centre with so many calls in half an hour are staffed, ours and theirs."""
    dice = np.random.default_rng(1)
    calls = dice.integers(least, most, INTERVALS).astype(float)
    aht = dice.uniform(120, 480, INTERVALS)
    agents = staffing.agents_needed(calls, PERIOD_S, aht)
    crew = round(float(agents.mean()))
    jobs = list(zip(calls.tolist(), (aht / 60).tolist(), agents.tolist(), strict=True))
    common = {"asa": TARGET_S / 60, "interval": PERIOD_S // 60}

    def loop_c() -> list[tuple[float, float, float]]:
        made = ((ErlangC(transactions=c, aht=minutes, **common), n) for c, minutes, n in jobs)
        return [(d.waiting_probability(n), d.service_level(n), d.achieved_occupancy(n)) for d, n in made]

    def loop_needed() -> list[int]:
        made = (ErlangC(transactions=c, aht=minutes, **common) for c, minutes, _ in jobs)
        return [d.required_positions(service_level=GOAL)["raw_positions"] for d in made]

    def many() -> MultiErlangC:
        same = {name: [value] for name, value in common.items()}
        return MultiErlangC([{"transactions": [c], "aht": [minutes], **same} for c, minutes, _ in jobs], n_jobs=1)

    def many_c() -> object:
        desk, asked = many(), {"positions": [crew]}
        return desk.waiting_probability(asked), desk.service_level(asked), desk.achieved_occupancy(asked)

    def many_needed() -> object:
        return many().required_positions({"service_level": [GOAL]})

    same = np.mean(np.array(loop_needed()) == agents)
    ours = np.array(staffing.erlang_c(calls, PERIOD_S, aht, agents))[[0, 1, 3]]
    apart = np.abs(np.array(loop_c()).T - ours).max()
    for name, mine, theirs in (
        ("`erlang_c`", lambda: staffing.erlang_c(calls, PERIOD_S, aht, agents), {"loop": loop_c, "arrays": many_c}),
        (
            "`agents_needed`",
            lambda: staffing.agents_needed(calls, PERIOD_S, aht),
            {"loop": loop_needed, "arrays": many_needed},
        ),
    ):
        for way, work in theirs.items():
            pairs = [(seconds(mine), seconds(work)) for _ in range(rounds)]
            one, other = (statistics.median(column) for column in zip(*pairs, strict=True))
            called = "ErlangC in a loop" if way == "loop" else "MultiErlangC"
            print(f"| {name}, {size} ({crew} agents) | {one:.3f} | {called} {other:.2f} | {other / one:.0f} × |")
    print(f"<!-- {size}: the same number of agents in {same:.2%}; shares at most {apart:.0e} apart -->")


def main() -> None:
    """Measure and print."""
    print("| 100,000 intervals | ours, median s | pyworkforce, median s | ratio |\n|---|---|---|---|")
    staffing_rows("small centre", 20, 400, rounds=5)
    staffing_rows("large centre", 200, 4_000, rounds=1)

    start = time.perf_counter()
    log = call_log(1_000_000, weeks=52)
    made_s = time.perf_counter() - start
    summaries = [seconds(lambda: kpi.summary(log, by="30min")) for _ in range(ROUNDS)]
    aht_s = statistics.median(seconds(lambda: kpi.aht(log)) for _ in range(ROUNDS))
    print("\n| 1,000,000 calls | s |\n|---|---|")
    print(f"| `call_log(1_000_000, weeks=52)` | {made_s:.1f} |")
    print(f'| `kpi.summary(log, by="30min")` | {statistics.median(summaries):.2f} |')
    print(f"| `kpi.aht(log)` | {aht_s:.3f} |")


if __name__ == "__main__":
    main()
