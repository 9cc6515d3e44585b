"""Scores into probabilities: the temperature of Guo et al. 2017 ("On Calibration of Modern Neural Networks").

Where labels are known to be partly wrong, a share of them is taken to be drawn at random (the forward correction of
Patrini et al. 2017, "Making Deep Neural Networks Robust to Label Noise"): the head then says how likely a label is
right, not how likely somebody wrote it down.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from nlp.heads.head import Floats, softmax

_WRONG_SHARES = np.linspace(0.0, 0.6, 31)


def fit_temperature(scores: Floats, numbers: NDArray[np.int64], *, doubted: bool = False) -> float:
    """The factor on the scores under which their softmax is likeliest to say the true labels' numbers.

    ``doubted``: some labels are wrong, how many is estimated alongside.
    """
    rows = np.arange(len(numbers))
    wrong = _WRONG_SHARES[:, None] if doubted else np.zeros((1, 1))

    def loss(power: float) -> float:
        own = softmax(scores * np.float32(np.exp(power)))[rows, numbers].astype(np.float64)
        mixed = (1 - wrong) * own + wrong / scores.shape[1]
        losses = -np.log(np.maximum(mixed, 1e-9)).mean(axis=1)
        return float(losses.min())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 5.0), method="bounded").x))
