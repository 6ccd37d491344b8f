"""Rounding to eight bits loses at most half a step."""

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from contextfs.adapters.embedders.minilm.convert import quantised


def matrix(seed: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, 1, (64, 5)).astype(np.float32)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_weight_strays_by_half_a_step_at_most(seed: int) -> None:
    weights = matrix(seed)

    integers, scales = quantised(weights, 16)
    error = np.abs(np.repeat(scales, 16, axis=0) * integers - weights)

    assert (error <= np.repeat(scales, 16, axis=0) * 0.5001).all()


def test_the_largest_weight_of_a_group_takes_the_whole_range() -> None:
    integers, _ = quantised(matrix(1), 16)

    assert (np.abs(integers.reshape(4, 16, 5)).max(axis=1) == 127).all()


def test_a_group_of_zeros_stays_zero() -> None:
    integers, scales = quantised(np.zeros((32, 3), np.float32), 32)

    assert np.count_nonzero(integers * scales) == 0
