"""BG/NBD: "Counting your customers" the easy way."""

from __future__ import annotations

from pipeline.btyd.betageometric import BetaGeometricNBD


class BGNBD(BetaGeometricNBD):
    """The BG/NBD model of Fader, Hardie and Lee (Marketing Science 24, 2005).

    Every *repeat* purchase is followed by dropout with probability p. A customer without a repeat purchase
    has had no chance to drop out, so `p_alive` is 1 for all of them: use `p_no_order`, or `MBGNBD`, to tell
    who will not come back.

    Examples
    --------
    >>> import pandas as pd
    >>> model = BGNBD.from_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> customer = pd.DataFrame({"frequency": [2], "recency": [213], "T": [272]})
    >>> float(model.expected_orders(customer, horizon_days=273).round(3).iloc[0])
    1.226
    """

    name = "bgnbd"
    lottery_after_first_order = False
