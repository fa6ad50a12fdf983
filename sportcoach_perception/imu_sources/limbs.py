"""Which sensor is on which limb."""

from __future__ import annotations

from collections.abc import Iterable

from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LIMBS


def parse_limbs(entries: Iterable[str]) -> dict[str, str]:
    """Limbs by sensor from entries SENSOR=LIMB.

    SENSOR is what the source calls it: the name in its lines or its sender's address, its topic, its Bluetooth address.

    Raises:
        UserError: an entry of another form, an unknown limb, or two entries for one sensor or one limb.
    """
    limbs: dict[str, str] = {}
    for entry in entries:
        sensor, _, limb = (part.strip() for part in entry.rpartition("="))
        if not sensor or limb not in LIMBS:
            raise UserError(f"'{entry}' does not say which sensor is on which limb: SENSOR=LIMB, LIMB {_CHOICES}")
        if sensor in limbs or limb in limbs.values():
            raise UserError(f"'{entry}' contradicts another entry: every sensor is on one limb, every limb has one")
        limbs[sensor] = limb
    return limbs


_CHOICES = f"one of {', '.join(LIMBS)}"
