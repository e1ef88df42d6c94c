"""How many agents a stretch of time needs: Erlang B, C and A, for one interval or for a year of them in one call.

Calls arrive by chance at an even rate, handle times are exponential, and every agent takes every call. Times are in
seconds. Numbers and NumPy arrays go together by NumPy's rules; numbers alone give numbers.

Sources of the formulas: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges" (1917), for B and C; O. Garnett, A. Mandelbaum and M. Reiman, "Designing a call center
with impatient customers", Manufacturing & Service Operations Management 4 (2002), for A.
"""

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

TARGET_S = 20.0
"""The usual threshold of the service level: 80/20 means 80 % within 20 seconds."""
GOAL = 0.8
"""The usual share of calls to answer within the threshold."""

_NEGLIGIBLE = 40.0
"""Parts of an integral that are e^-40 of its highest point do not count."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_HALVINGS = 60
_FALL = 28.0
_FALL_NODES, _FALL_WEIGHTS = np.polynomial.legendre.leggauss(20)
"""The same for Erlang B's integral, which is worked out more often: e^-28 is 1e-12."""
_BLOCK = 8192
"""So many intervals are worked out at a time: their numbers stay in the processor's cache."""
_LEAST = 1e-300
_FEW = 100
"""Up to so many agents, Erlang B's recursion is quicker than its integral."""
_MOST = 1e15
"""Larger numbers are a mistake in the input."""


class Staffed(NamedTuple):
    """How an interval goes with so many agents; numbers, or arrays of the inputs' common shape.

    Attributes:
        p_wait: the share of calls that wait, 0 to 1.
        service_level: the share of offered calls that are answered within the target, 0 to 1.
        asa_s: the average wait of all calls in seconds; infinite when the queue grows without end.
        occupancy: the share of their time in which agents handle calls, 0 to 1.
    """

    p_wait: Any
    service_level: Any
    asa_s: Any
    occupancy: Any


class StaffedImpatient(NamedTuple):
    """As `Staffed`, where callers hang up.

    Attributes:
        asa_s: the average wait of all calls, also of those that abandon.
        p_abandon: the share of offered calls that abandons, 0 to 1.
    """

    p_wait: Any
    service_level: Any
    asa_s: Any
    occupancy: Any
    p_abandon: Any


def erlang_b(load: "ArrayLike", agents: "ArrayLike") -> Any:
    """The share of calls that find every agent busy, where nobody waits (Erlang B).

    B = (a^n / n!) / (the sum of a^k / k! for k from 0 to n).

    Arguments:
        load: offered load a in erlangs, which is the calls in handling on average; 0 or more.
        agents: agents n, a whole number, 0 or more.

    Returns:
        a share from 0 to 1.

    Raises:
        ValueError: if an input is out of its range, naming it.
    """
    a, n = np.broadcast_arrays(_numbers("load", load), _whole("agents", agents))
    return _plain(*_in_blocks(lambda a, n: (_blocked(a, n),), a, n))


def erlang_c(
    calls: "ArrayLike",
    period_s: "ArrayLike",
    aht_s: "ArrayLike",
    agents: "ArrayLike",
    target_s: "ArrayLike" = TARGET_S,
) -> Staffed:
    """How an interval goes when every caller waits as long as it takes (Erlang C).

    With a = calls · aht / period erlangs and n agents: p_wait = B / (1 − (a/n)(1 − B)), service level
    = 1 − p_wait · e^(−(n − a) · target / aht), asa = p_wait · aht / (n − a). When a is n or more, the queue grows
    without end: everyone waits, the service level is 0 and the wait infinite.

    Arguments:
        calls: calls in the interval, 0 or more.
        period_s: the interval's length in seconds, above 0.
        aht_s: average handle time in seconds, above 0.
        agents: agents at work, a whole number, 0 or more.
        target_s: the threshold of the service level in seconds, 0 or more.

    Returns:
        shares of offered calls, the average wait of all calls in seconds, and the agents' occupancy.

    Raises:
        ValueError: if an input is out of its range, naming it.
    """
    a, aht, n, target = np.broadcast_arrays(
        *_load_and_aht(calls, period_s, aht_s), _whole("agents", agents), _numbers("target_s", target_s)
    )
    return Staffed(*map(_plain, _in_blocks(_waiting, a, aht, n, target)))


def erlang_a(
    calls: "ArrayLike",
    period_s: "ArrayLike",
    aht_s: "ArrayLike",
    agents: "ArrayLike",
    target_s: "ArrayLike" = TARGET_S,
    *,
    patience_s: "ArrayLike",
) -> StaffedImpatient:
    """How an interval goes when callers hang up after a while (Erlang A, M/M/n + M; patience is exponential).

    The queue never grows without end, since those who have waited too long leave. With the density of the wait that a
    patient caller would have, g(v) = exp((λ/θ)(1 − e^(−θv)) − nμv): the share that waits follows from the integral of g
    and Erlang B, the share of them that abandons from that of g(v)(1 − e^(−θv)), and asa = p_abandon · patience.

    Arguments:
        calls: calls in the interval, 0 or more.
        period_s: the interval's length in seconds, above 0.
        aht_s: average handle time in seconds, above 0.
        agents: agents at work, a whole number, 1 or more.
        target_s: the threshold of the service level in seconds, 0 or more.
        patience_s: how long callers wait on average before they hang up, in seconds, above 0.

    Returns:
        as `erlang_c`, and the share that abandons. An abandoned call counts as not answered in the service level, and
        with the time it waited in `asa_s`.

    Raises:
        ValueError: if an input is out of its range, naming it.
    """
    a, aht, n, target, patience = np.broadcast_arrays(
        *_load_and_aht(calls, period_s, aht_s),
        _whole("agents", agents, least=1),
        _numbers("target_s", target_s),
        _numbers("patience_s", patience_s, above_zero=True),
    )
    return StaffedImpatient(*map(_plain, _in_blocks(_abandoning, a, aht, n, target, patience)))


def agents_needed(  # noqa: PLR0913 - what is asked of an interval are its goals, each by its name
    calls: "ArrayLike",
    period_s: "ArrayLike",
    aht_s: "ArrayLike",
    *,
    service_level: float = GOAL,
    target_s: float = TARGET_S,
    max_occupancy: float = 1.0,
    shrinkage: float = 0.0,
    patience_s: float | None = None,
) -> Any:
    """The fewest agents to schedule so that an interval meets its goals.

    Arguments:
        calls: calls in the interval, 0 or more.
        period_s: the interval's length in seconds, above 0.
        aht_s: average handle time in seconds, above 0.
        service_level: the share of calls to answer within the target, above 0 and below 1.
        target_s: that target in seconds.
        max_occupancy: the highest occupancy allowed, above 0 and at most 1. Above 85 to 90 % for long, people burn out.
        shrinkage: the share of paid time in which agents are not available, from 0 to below 1; who is needed at work is
            divided by what is left of it, and rounded up.
        patience_s: how long callers wait on average before they hang up; without it, everyone waits (Erlang C).

    Returns:
        a whole number, or an array of them; 0 where there are no calls.

    Raises:
        ValueError: if an input is out of its range, naming it.
    """
    _share("service_level", service_level)
    _share("max_occupancy", max_occupancy, least=1e-6, one=True)
    _share("shrinkage", shrinkage, least=0.0)
    target = _numbers("target_s", target_s)
    patience = None if patience_s is None else _numbers("patience_s", patience_s, above_zero=True)

    def least(a: "Floats", aht: "Floats") -> "tuple[Floats]":
        busy = np.where(a > 0, np.maximum(np.ceil(a / max_occupancy), 1.0), 0.0)
        if patience is None:
            # With no more agents than erlangs, the queue grows without end.
            return (_least_waiting(a, aht, np.maximum(busy, np.floor(a) + (a > 0)), service_level, target),)
        return (_least_abandoning(a, aht, service_level, max_occupancy, target, patience),)

    (at_work,) = _in_blocks(least, *np.broadcast_arrays(*_load_and_aht(calls, period_s, aht_s)))
    # Rounded to nine digits first: 28 / 0.7 is 40, not a little more.
    return _plain(np.ceil(np.round(at_work / (1 - shrinkage), 9)).astype(np.int64))


def _least_waiting(a: "Floats", aht: "Floats", n: "Floats", goal: float, target: "Floats") -> "Floats":
    """The fewest agents from `n` on that reach the service level: one more at a time, by Erlang B's recursion."""
    n = n.copy()
    open_ones = np.flatnonzero(a > 0)
    b = _blocked(a, n)[open_ones]
    while open_ones.size:
        load, crew = a[open_ones], n[open_ones]
        late = _wait(load, crew, b) * np.exp((load - crew) * target / aht[open_ones])
        short = late > 1 - goal
        open_ones, b = open_ones[short], b[short]
        n[open_ones] += 1
        b = a[open_ones] * b / (n[open_ones] + a[open_ones] * b)
    return n


def _least_abandoning(
    a: "Floats", aht: "Floats", goal: float, most: float, target: "Floats", patience: "Floats"
) -> "Floats":
    """The fewest agents that reach the service level at no more than that occupancy, by halving the range."""
    too_few, enough = np.zeros_like(a), np.where(a > 0, 1.0, 0.0)

    def is_enough(at: Any, n: "Floats") -> Any:
        _, level, _, occupancy, _ = _abandoning(a[at], aht[at], n, target, patience)
        return (level >= goal) & (occupancy <= most)

    open_ones = np.flatnonzero(a > 0)
    while (open_ones := open_ones[~is_enough(open_ones, enough[open_ones])]).size:
        too_few[open_ones] = enough[open_ones]
        enough[open_ones] *= 2
    while (open_ones := np.flatnonzero(enough - too_few > 1)).size:
        middle = np.floor((too_few[open_ones] + enough[open_ones]) / 2)
        fits = is_enough(open_ones, middle)
        enough[open_ones[fits]] = middle[fits]
        too_few[open_ones[~fits]] = middle[~fits]
    return enough


def _waiting(a: "Floats", aht: "Floats", n: "Floats", target: "Floats") -> "tuple[Floats, Floats, Floats, Floats]":
    """`erlang_c`, on arrays of one shape: the four values of `Staffed`."""
    spare = n - a
    endless = spare <= 0
    with np.errstate(all="ignore"):
        wait = _wait(a, n, _blocked(a, n))
        level = 1 - wait * np.exp(-spare * target / aht)
        asa = wait * aht / spare
        occupancy = a / n
    for values, value in ((wait, 1.0), (level, 0.0), (asa, np.inf), (occupancy, 1.0)):
        values[endless] = value
    return wait, level, asa, occupancy


def _wait(a: "Floats", n: "Floats", b: "Floats") -> "Floats":
    """The share that waits, by Erlang B's share of those who find everyone busy."""
    return np.asarray(n * b / (n - a * (1 - b)))


def _abandoning(
    a: "Floats", aht: "Floats", n: "Floats", target: "Floats", patience: "Floats"
) -> "tuple[Floats, Floats, Floats, Floats, Floats]":
    """`erlang_a`, on arrays: the five values of `StaffedImpatient`.

    Waits are counted in u = n · v / aht, the average number of calls that the agents finish meanwhile. Then
    g(u) = exp(y(1 − e^(−u/x)) − u) with x = n · patience / aht and y = a · patience / aht. Its logarithm is concave.
    """
    a, aht, n, target, patience = np.broadcast_arrays(a, aht, n, target, patience)
    x, y = n * patience / aht, a * patience / aht

    def log_g(u: "Floats") -> "Floats":
        return -y * np.expm1(-u / x) - u

    top = x * np.log(np.maximum(y / x, 1.0))
    height = log_g(top)
    low = _crossing(lambda u: log_g(u) > height - _NEGLIGIBLE, np.zeros_like(top), top)
    high = _crossing(lambda u: log_g(u) < height - _NEGLIGIBLE, top, y + 2 * _NEGLIGIBLE + top)

    def integral(weight: Any, end: "Floats") -> "Floats":
        # Left of its top g rises steeply, right of it it falls at first as fast and then more slowly.
        total = np.zeros_like(top)
        edges = [low, top, top + _NEGLIGIBLE * x, high]
        for start, stop in itertools.pairwise(edges):
            first, last = np.minimum(np.minimum(start, high), end), np.minimum(np.minimum(stop, high), end)
            half = (last - first) / 2
            for node, share in zip(_NODES, _WEIGHTS, strict=True):
                u = first + half * (1 + node)
                total = total + share * half * np.exp(log_g(u) - height) * weight(u)
        return total

    whole = integral(np.ones_like, high)
    given_up = integral(lambda u: -np.expm1(-u / x), high) / whole
    in_time = integral(lambda u: np.exp(-u / x), np.minimum(n * target / aht, high)) / whole
    b = _blocked(a, n)
    wait = b / (b + (1 - b) * np.exp(-height) / whole)
    abandon = wait * given_up
    return wait, 1 - wait + wait * in_time, abandon * patience, np.minimum(a * (1 - abandon) / n, 1.0), abandon


def _crossing(is_past: Any, start: "Floats", stop: "Floats") -> "Floats":
    """Where between two points something begins to hold; `start` if it holds all along."""
    first, last = start, stop
    for _ in range(_HALVINGS):
        middle = (first + last) / 2
        past = is_past(middle)
        first, last = np.where(past, first, middle), np.where(past, middle, last)
    return np.where(is_past(start), start, last)


def _blocked(a: "Floats", n: "Floats") -> "Floats":
    """Erlang B of some loads and agents."""
    # No load at all has no logarithm; the least there is gives the same share.
    a = np.maximum(a, _LEAST)
    few = n <= _FEW
    if np.all(few):
        return _blocked_step_by_step(a, n)
    b = np.empty_like(a)
    b[few] = _blocked_step_by_step(a[few], n[few])
    b[~few] = _blocked_by_integral(a[~few], n[~few])
    return b


def _blocked_step_by_step(a: "Floats", n: "Floats") -> "Floats":
    """Erlang B by its recursion: 1/B(0) = 1, and 1/B(k) = 1 + k/a · 1/B(k − 1)."""
    crews = n.astype(np.uint8)
    at_least = np.cumsum(np.bincount(crews)[::-1])[::-1]
    # Those with the most agents first: after each step, those that have all their agents are left behind.
    order = np.argsort(crews, kind="stable")[::-1]
    per_load = 1 / a[order]
    inverse = np.ones_like(a)
    with np.errstate(over="ignore"):
        for k in range(1, len(at_least)):
            part = inverse[: at_least[k]]
            part *= per_load[: at_least[k]]
            part *= k
            part += 1
    b = np.empty_like(a)
    b[order] = 1 / inverse
    return b


def _blocked_by_integral(a: "Floats", n: "Floats") -> "Floats":
    """Erlang B through an integral that costs the same for any number of agents.

    With fewer agents than erlangs, 1/B is the integral of a · (1 + t)^n e^(−at) from 0 on. Otherwise B = p / (1 − pR),
    where p is the chance of exactly n, and pR that of more than n, of a Poisson number with mean a; R is the integral
    of a · (1 − t)^n e^(at) from 0 to 1. Both functions fall from their start on, and their logarithms are concave.
    """
    sign = np.where(n >= a, 1.0, -1.0)
    end = _end_of_fall(a, n, sign)
    half = end / 2
    step, slope = -sign * half, sign * a * half
    total, fall, rise = np.zeros_like(half), np.empty_like(half), np.empty_like(half)
    for node, share in zip(1 + _FALL_NODES, _FALL_WEIGHTS, strict=True):
        # total += share * exp(n * log(1 - sign * t) + sign * a * t) at t = half * node, without a new array each time.
        np.multiply(step, node, out=fall)
        np.log(np.add(fall, 1, out=fall), out=fall)
        np.multiply(fall, n, out=fall)
        np.add(fall, np.multiply(slope, node, out=rise), out=fall)
        np.exp(fall, out=fall)
        np.add(total, np.multiply(fall, share, out=fall), out=total)
    ratio = a * half * total
    exactly = _exactly(a, n)
    b = np.where(sign > 0, exactly / (1 - exactly * ratio), 1 / np.where(sign > 0, 1.0, ratio))
    return np.minimum(b, 1.0)


def _end_of_fall(a: "Floats", n: "Floats", sign: "Floats") -> "Floats":
    """Where n log(1 − sign t) + sign a t is as low as does not count, or 1 if that comes first and is the end."""
    apart = np.abs(n - a)
    # Where the first two terms of the logarithm's series say so; then Newton's steps, from beyond to the end.
    t = 2 * _FALL / (apart + np.sqrt(apart * apart + 2 * _FALL * n))
    last = np.where(sign > 0, 1 - 1e-12, np.inf)
    t = np.minimum(t, last)
    for _ in range(3):
        height = n * np.log(1 - sign * t) + sign * a * t + _FALL
        slope = sign * (a - n / (1 - sign * t))
        t = np.clip(t - height / slope, t / 8, last)
    return t


def _exactly(a: "Floats", n: "Floats") -> "Floats":
    """The chance of exactly n, more than a few, of a Poisson number with mean a, by Stirling's series."""
    # Written so that nothing large is taken from anything large.
    rest = 1 / (12 * n) - 1 / (360 * n**3) + 1 / (1260 * n**5)
    return np.exp(n * (np.log(a / n) + 1 - a / n) - np.log(2 * np.pi * n) / 2 - rest)


def _load_and_aht(calls: "ArrayLike", period_s: "ArrayLike", aht_s: "ArrayLike") -> "tuple[Floats, Floats]":
    """The offered load in erlangs, and the handle time."""
    aht = _numbers("aht_s", aht_s, above_zero=True)
    return _numbers("calls", calls) * aht / _numbers("period_s", period_s, above_zero=True), aht


def _numbers(name: str, value: "ArrayLike", *, above_zero: bool = False) -> "Floats":
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a number or an array of numbers, not {value!r}") from error
    fits = np.isfinite(numbers) & (numbers <= _MOST) & ((numbers > 0) if above_zero else (numbers >= 0))
    if not np.all(fits):
        wrong = numbers[~fits].flat[0]
        where = "" if numbers.ndim == 0 else f" at place {tuple(map(int, np.argwhere(~fits)[0]))}"
        wanted = "above 0" if above_zero else "0 or more"
        raise ValueError(f"{name} must be {wanted} and finite, but is {wrong:g}{where}")
    return numbers


def _whole(name: str, value: "ArrayLike", *, least: int = 0) -> "Floats":
    numbers = _numbers(name, value)
    fits = (numbers == np.floor(numbers)) & (numbers >= least)
    if not np.all(fits):
        raise ValueError(f"{name} must be whole and {least} or more, but is {numbers[~fits].flat[0]:g}")
    return numbers


def _share(name: str, value: float, *, least: float = 1e-12, one: bool = False) -> None:
    if not (least <= value <= 1 and (one or value < 1)):
        low = "0 or more" if least == 0 else "above 0"
        raise ValueError(f"{name} is a share, {low} and {'at most' if one else 'below'} 1, but is {value!r}")


def _in_blocks(work: "Callable[..., tuple[Floats, ...]]", *inputs: "Floats") -> "list[Floats]":
    """Work on arrays of one shape, block by block."""
    flat = [one.ravel() for one in inputs]
    starts = range(0, max(flat[0].size, 1), _BLOCK)
    parts = [work(*(one[start : start + _BLOCK] for one in flat)) for start in starts]
    return [np.concatenate(column).reshape(inputs[0].shape) for column in zip(*parts, strict=True)]


def _plain(value: "NDArray[Any]") -> Any:
    """A number if only numbers went in."""
    return value.item() if np.ndim(value) == 0 else value
