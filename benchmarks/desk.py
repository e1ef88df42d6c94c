"""The desk on real volumes: `kpi.summary` on a million calls, staffing of 100,000 intervals beside pyworkforce.

Run in the project's folder, with pyworkforce installed: ``python -m benchmarks.desk``. Prints rows for
docs/performance.md. Each pair runs in turns in one process; the ratio is of medians.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
from pyworkforce.queuing import ErlangC

from ccjobs_utils.desk import kpi, staffing
from ccjobs_utils.desk.data import call_log

INTERVALS = 100_000
ROUNDS = 3
PERIOD_S, TARGET_S, GOAL = 1800, 20, 0.8


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    """Print both medians and their ratio."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"| {name} | {mine:.3f} | {other:.2f} | {other / mine:.0f} × |")


def staffing_rows(size: str, least: int, most: int) -> None:
    """Print how 100,000 intervals of a centre with so many calls in half an hour are staffed, ours and theirs."""
    dice = np.random.default_rng(1)
    calls = dice.integers(least, most, INTERVALS).astype(float)
    aht = dice.uniform(120, 480, INTERVALS)
    agents = staffing.agents_needed(calls, PERIOD_S, aht)
    jobs = list(zip(calls.tolist(), (aht / 60).tolist(), agents.tolist(), strict=True))

    def desk(c: float, minutes: float) -> ErlangC:
        return ErlangC(transactions=c, aht=minutes, asa=TARGET_S / 60, interval=PERIOD_S // 60)

    def one_by_one() -> list[tuple[float, float, float]]:
        made = ((desk(c, minutes), n) for c, minutes, n in jobs)
        return [(d.waiting_probability(n), d.service_level(n), d.achieved_occupancy(n)) for d, n in made]

    def needed_one_by_one() -> list[int]:
        return [desk(c, minutes).required_positions(service_level=GOAL)["raw_positions"] for c, minutes, _ in jobs]

    same = np.mean(np.array(needed_one_by_one()) == agents)
    ours = np.array(staffing.erlang_c(calls, PERIOD_S, aht, agents))[[0, 1, 3]]
    apart = np.abs(np.array(one_by_one()).T - ours).max()
    crew = f"{size}, {agents.mean():.0f} agents on average"
    side_by_side(f"`erlang_c`, {crew}", lambda: staffing.erlang_c(calls, PERIOD_S, aht, agents), one_by_one)
    side_by_side(f"`agents_needed`, {crew}", lambda: staffing.agents_needed(calls, PERIOD_S, aht), needed_one_by_one)
    print(f"<!-- {size}: the same number of agents in {same:.2%}; shares at most {apart:.0e} apart -->")


def main() -> None:
    """Measure and print."""
    print("| 100,000 intervals | ours, median s | pyworkforce, median s | ratio |\n|---|---|---|---|")
    staffing_rows("small centre", 20, 400)
    staffing_rows("large centre", 200, 4_000)

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
