"""The band-pass of the IMU signals: gravity and drift out, noise out."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, sosfilt_zi, sosfiltfilt

from sportcoach_perception.errors import UserError

Array = NDArray[np.float64]

BAND: Final = (0.3, 20.0)
"""Human movement; the paper does not give its band [Hz]."""

ORDER: Final = 2


def design(rate: float, band: tuple[float, float] = BAND, order: int = ORDER) -> Array:
    """Second-order sections (S, 6) of a Butterworth filter for signals of `rate` [Hz].

    Raises:
        UserError: the band does not lie between 0 and half the rate.
    """
    if not 0.0 < band[0] < band[1] < rate / 2.0:
        raise UserError(f"a band of {band[0]:g} to {band[1]:g} Hz does not fit below half the rate of {rate:g} Hz")
    return np.asarray(butter(order, band, "bandpass", fs=rate, output="sos"))


def band_pass_zero_phase(signal: Array, sections: Array) -> Array:
    """Forwards and backwards, as is usual for recordings (T, ...): nothing is delayed; needs the future."""
    return np.asarray(sosfiltfilt(sections, signal, axis=0))


def band_pass(signal: Array, sections: Array) -> Array:
    """What stands for it online: forwards only, from a state at rest in the first sample (T, ...)."""
    if not len(signal):
        return signal
    return np.asarray(sosfilt(sections, signal, axis=0, zi=_at_rest(sections, signal[0]))[0])


def _at_rest(sections: Array, first: Array) -> Array:
    """State (S, 2, ...) of a filter that has seen nothing but `first` for ever."""
    return np.asarray(np.multiply.outer(sosfilt_zi(sections), first))


class BandPass:
    """The streaming form of `band_pass`."""

    def __init__(self, sections: Array) -> None:
        self._sections = sections
        self._state: Array | None = None

    def step(self, sample: Array) -> Array:
        """The filtered sample."""
        if self._state is None:
            self._state = _at_rest(self._sections, sample)
        filtered, self._state = sosfilt(self._sections, sample[None], axis=0, zi=self._state)
        return np.asarray(filtered[0])
