"""MBG/NBD: the BG/NBD in which the first order can be the last."""

from __future__ import annotations

from pipeline.btyd.betageometric import BetaGeometricNBD


class MBGNBD(BetaGeometricNBD):
    """The modified BG/NBD of Batislam, Denizel and Filiztekin (2007) and Hoppe and Wagner (2007).

    Every purchase, the first included, is followed by dropout with probability p, so that customers with one
    order can be gone and `p_alive` says so.

    Examples
    --------
    >>> import pandas as pd
    >>> model = MBGNBD.from_parameters(r=0.525, alpha=6.183, a=0.891, b=1.614)
    >>> once = pd.DataFrame({"frequency": [0], "recency": [0], "T": [272]})
    >>> bool(model.p_alive(once).iloc[0] < 0.5)
    True
    """

    name = "mbgnbd"
    lottery_after_first_order = True
