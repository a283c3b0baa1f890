"""What a retention campaign would earn with a ranking: the expected maximum profit for churn (EMPC).

Verbraken, Verbeke and Baesens (2013), A novel profit maximizing metric for measuring classification
performance of customer churn prediction models, IEEE Transactions on Knowledge and Data Engineering 25(5),
961-973. Everyone with a score above t is contacted at the cost f. A churner accepts the incentive, which
costs d, with probability gamma, and then stays and is worth CLV; who would have stayed anyway takes it
always. With delta = d / CLV, phi = f / CLV, pi0 and pi1 the shares of churners and stayers, and F0(t), F1(t)
the shares of them that are contacted, the profit per customer is

    P(t; gamma) = CLV (gamma (1 - delta) - phi) pi0 F0(t) - CLV (delta + phi) pi1 F1(t)

and EMPC = E[max over t of P(t; gamma)] for gamma ~ Beta(alpha, beta). The paper integrates along the convex
hull of the ROC curve. The slopes of that hull are the churn rates r of an isotonic regression on the score,
and contacting one more customer of a group with rate r pays where gamma exceeds

    g(r) = (phi + (delta + phi) (1 - r) / r) / (1 - delta)

so that EMPC is the mean over all customers of CLV (1 - delta) r E[(gamma - g(r))+], which needs no search.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.special import betainc

from pipeline.evaluation.weighted import FloatArray, tied_groups

CLV = 200.0
INCENTIVE = 10.0
CONTACT = 1.0
ALPHA, BETA = 6.0, 14.0


def expected_maximum_profit(
    actual: FloatArray,
    predicted: FloatArray,
    weight: FloatArray | None = None,
    *,
    clv: float = CLV,
    incentive: float = INCENTIVE,
    contact: float = CONTACT,
    alpha: float = ALPHA,
    beta: float = BETA,
) -> FloatArray:
    """EMPC: money per customer that the best campaign with this ranking earns, on average over gamma.

    It is flat where nearly everybody churns: then contacting all is the best campaign for any ranking.

    Parameters
    ----------
    actual, predicted : numpy.ndarray
        1 for churners, and the scores, shape (n,).
    weight : numpy.ndarray, optional
        Shape (..., n).
    clv, incentive, contact : float
        What a kept customer is worth, what the incentive and the contact cost, in the same money. The paper's
        defaults: 200, 10 and 1.
    alpha, beta : float
        Of the share of churners who accept; Beta(6, 14) has mean 0.3.

    Returns
    -------
    numpy.ndarray
        Shape (...); NaN where nothing has weight.
    """
    _, rows, events = tied_groups(actual, predicted, weight)
    shape = rows.shape[:-1]
    found = np.full(int(np.prod(shape)), np.nan)
    for i, (n, k) in enumerate(
        zip(rows.reshape(-1, rows.shape[-1]), events.reshape(-1, rows.shape[-1]), strict=True)
    ):
        drawn = n > 0
        if not drawn.any():
            continue
        hull = isotonic_regression(k[drawn] / n[drawn], weights=n[drawn])
        size, rate = hull.weights, hull.x[hull.blocks[:-1]]
        with np.errstate(divide="ignore"):
            pays_from = (contact + (incentive + contact) * (1 / rate - 1)) / (clv - incentive)
        g = np.minimum(pays_from, 1.0)
        gained = alpha / (alpha + beta) * (1 - betainc(alpha + 1, beta, g)) - g * (
            1 - betainc(alpha, beta, g)
        )
        found[i] = np.sum(size * (clv - incentive) * rate * gained) / n.sum()
    return found.reshape(shape)[()]
