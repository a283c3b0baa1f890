"""Models with dropout have to show that dropout explains something."""

from __future__ import annotations

from abc import ABC

from pipeline.btyd.countmodel import CountModel
from pipeline.btyd.fitting import Engine
from pipeline.btyd.histories import Histories
from pipeline.btyd.nbd import NBD

# Half the 95 % point of chi-squared with two degrees of freedom: what two parameters gain by chance.
_GAIN_BY_CHANCE = 3.0


class DropoutModel(CountModel, ABC):
    """A count model that contains the NBD as the case in which nobody leaves."""

    def _fit(self, histories: Histories, engine: Engine) -> None:
        """Maximise the likelihood, then compare it with that of the NBD on the same data.

        A gain that two useless parameters would also make means that the data cannot tell dropout from
        slow buying: status ``not_identified``. A loss means that no optimum was found: ``failed``.
        """
        super()._fit(histories, engine)
        nobody_leaves = NBD()
        nobody_leaves._fit(histories, "own")
        gain = self.fitted_log_likelihood - nobody_leaves.fitted_log_likelihood
        if gain < -0.5:
            self.status = "failed"
            self.message = f"The likelihood is {-gain:.1f} below that of a model without dropout."
        elif gain < _GAIN_BY_CHANCE and self.status != "failed":
            self.status = "not_identified"
            self.message = (
                f"Dropout raises the log likelihood by {max(gain, 0.0):.1f} only: the data cannot tell "
                "customers who left from customers who buy rarely."
            )
