"""What else the parameters might be, given the data: a few sets that stand for all."""

from __future__ import annotations

from copy import copy
from typing import TypeVar

import numpy as np

from pipeline.btyd._numerics import Floats
from pipeline.btyd.fittedmodel import FittedModel

Model = TypeVar("Model", bound=FittedModel)

_LARGEST_SE = 1.0  # of a log parameter: beyond it the normal approximation says nothing


def parameter_sets(model: Model) -> list[Model]:
    """Models at equally likely parameters that together have the mean and covariance of the estimate.

    The logarithms of the k parameters are taken to be normal around the optimum (Laplace). Instead of many
    random draws, 2k points do: ±√k standard deviations along each principal axis, the cubature rule of third
    degree (Arasaratnam and Haykin, IEEE Transactions on Automatic Control 54, 2009, eq. 32). Standard
    deviations above 1, a factor of 2.7, are cut to that.

    Returns
    -------
    list of models
        The model alone where its uncertainty is not known, see `has_known_uncertainty`.
    """
    if not has_known_uncertainty(model):
        return [model]
    variances, axes = np.linalg.eigh(np.asarray(model.covariance))
    deviations = np.minimum(np.sqrt(np.maximum(variances, 0.0)), _LARGEST_SE)
    steps = np.sqrt(len(deviations)) * deviations * axes
    return [_shifted(model, sign * step) for step in steps.T for sign in (1.0, -1.0)]


def has_known_uncertainty(model: FittedModel) -> bool:
    """Whether the fit knows the covariance of its parameters; not so where the likelihood is flat."""
    return bool(model.covariance) and bool(np.isfinite(model.covariance).all())


def _shifted(model: Model, step: Floats) -> Model:
    other = copy(model)
    factors = np.exp(step).tolist()
    other.parameters = {
        name: model.parameters[name] * factor
        for name, factor in zip(model.parameter_names, factors, strict=True)
    }
    return other
