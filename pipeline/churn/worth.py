"""The blend's spend in the place of the lifetime model's: in the horizon, and from there in the CLV.

Who will spend more in the horizon than the lifetime model expects keeps doing so: a customer's CLV is the
blend's spend of the horizon, discounted, and after it the lifetime model's spend in the same proportion. How
much all of them will spend after it stays as the lifetime model says, since the blend's total is made for one
season. See docs/decisions/0014-clv-follows-the-blend.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SPEND_QUANTILES = ("spend_p10", "spend_p50", "spend_p90")
CLV_QUANTILES = ("clv_p10", "clv_p50", "clv_p90")

Floats = NDArray[np.float64]


def with_expected_spend(lifetime_value: pd.DataFrame, expected: Floats) -> pd.DataFrame:
    """Let the blend say what will be spent, and move the CLV and the intervals with it.

    Parameters
    ----------
    lifetime_value : DataFrame
        One row per customer of a cutoff, as from the lifetime model.
    expected : ndarray
        Spend in the horizon, shape (customers,), in the order of the rows.

    Returns
    -------
    DataFrame
        `expected_spend` as given, `clv` and `clv_in_horizon` as in `tied_clv`; the quantiles in the same
        proportion to their expectation as before, and the variance `spend_sd`² as that of proportionally more
        or fewer orders: who was expected to spend next to nothing would otherwise get a spread out of all
        proportion.
    """
    ratio = spend_ratio(lifetime_value, expected)
    in_horizon, clv = tied_clv(lifetime_value, expected)
    rise = _over(clv, lifetime_value["clv"].to_numpy(), 1.0)
    return lifetime_value.assign(
        expected_spend=expected,
        clv=clv,
        clv_in_horizon=in_horizon,
        spend_sd=np.sqrt(ratio) * lifetime_value["spend_sd"],
        **{name: ratio * lifetime_value[name] for name in SPEND_QUANTILES},
        **{name: rise * lifetime_value[name] for name in CLV_QUANTILES},
    )


def spend_ratio(lifetime_value: pd.DataFrame, expected: Floats) -> Floats:
    """Give what the blend expects over what the lifetime model does; 1 where that is nothing."""
    return _over(expected, lifetime_value["expected_spend"].to_numpy(dtype=np.float64), 1.0)


def tied_clv(lifetime_value: pd.DataFrame, expected: Floats) -> tuple[Floats, Floats]:
    """Give the worth of the blend's spend in the horizon, and with the time after it.

    With the lifetime model's spend b in the horizon, of which w is the worth, and the worth v of what it
    expects after it, a customer of whom the blend expects s is worth ``s w / b`` in the horizon and
    ``c s v / b`` after it, where c leaves the sum of all v as it was. Who was expected to spend nothing at
    all is given the w / b and the v / b of everybody.

    Parameters
    ----------
    lifetime_value : DataFrame
        `expected_spend`, `clv` and `clv_in_horizon` of the lifetime model.
    expected : ndarray
        The blend's, shape (customers,).

    Returns
    -------
    tuple of two arrays, shape (customers,)
        In the horizon, and the whole CLV, which is never less.
    """
    spend, clv, in_horizon = (
        lifetime_value[name].to_numpy(dtype=np.float64)
        for name in ("expected_spend", "clv", "clv_in_horizon")
    )
    soon = expected * _per_unit(in_horizon, spend)
    after = clv - in_horizon
    later = expected * _per_unit(after, spend)
    total = np.nansum(later)
    return soon, soon + later * (np.nansum(after) / total if total > 0 else 0.0)


def _per_unit(worth: Floats, spend: Floats) -> Floats:
    total = np.nansum(spend)
    return _over(worth, spend, np.nansum(worth) / total if total > 0 else 0.0)


def _over(part: Floats, whole: Floats, otherwise: float) -> Floats:
    """Divide, but where there is nothing to divide by."""
    is_some = whole > np.finfo(np.float64).tiny
    return np.divide(part, whole, out=np.full_like(part, otherwise), where=is_some | np.isnan(whole))
