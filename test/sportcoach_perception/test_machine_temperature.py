"""The hottest zone that can be read is the machine's temperature."""

from __future__ import annotations

from pathlib import Path

from sportcoach_perception.machine_temperature import machine_temperature


def zone(folder: Path, number: int, text: str) -> None:
    (folder / f"thermal_zone{number}").mkdir()
    (folder / f"thermal_zone{number}" / "temp").write_text(text)


def test_the_hottest_zone_counts(tmp_path: Path) -> None:
    for number, text in enumerate(("45000\n", "71500\n", "-1000\n")):
        zone(tmp_path, number, text)
    assert machine_temperature(tmp_path) == 71.5


def test_zones_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    zone(tmp_path, 0, "")
    (tmp_path / "thermal_zone1" / "temp").mkdir(parents=True)
    assert machine_temperature(tmp_path) is None
    zone(tmp_path, 2, "50000")
    assert machine_temperature(tmp_path) == 50.0


def test_a_machine_without_zones_does_not_tell(tmp_path: Path) -> None:
    assert machine_temperature(tmp_path / "missing") is None
