"""MJCF of the athlete: a joint tree of capsules and ellipsoids that a pose network takes for a person.

World: x to where the athlete faces, y to the athlete's left, z up, origin between the toes of the standing athlete, on
the floor. Every body's frame has the same axes when the athlete stands upright with hanging arms; its origin is the
joint with which it hangs on its parent. Hinges: knees bend about +y, elbows about -y.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.scene import HEIGHT, WIDTH, Camera, Scene
from sportcoach_sim.subject import Colour, Subject

SHOE_RADIUS: Final = 0.020
"""Of the capsule that is the shoe's sole [fraction of the height]; heel and toe rest on it."""

TOE: Final = 0.095
"""From the ankle forward to the centre of the toe's end of the sole, about which the heel lifts [of the height]."""

HEEL: Final = -0.030
"""The same for the heel's end."""

PALM: Final = 0.016
"""From the joint of the wrist to the floor under a flat hand [fraction of the height]."""

_HIPS: Final = 0.53
_LIPS: Final[Colour] = (0.62, 0.30, 0.28)
_WHITE: Final[Colour] = (0.95, 0.95, 0.95)
_DARK: Final[Colour] = (0.10, 0.08, 0.08)


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.9g}" for value in values)


def _ellipsoid(colour: Colour, at: Sequence[float], size: Sequence[float]) -> str:
    return f'<geom type="ellipsoid" rgba="{_numbers(colour)} 1" pos="{_numbers(at)}" size="{_numbers(size)}"/>'


def _capsule(colour: Colour, start: Sequence[float], end: Sequence[float], radius: float) -> str:
    return f'<geom type="capsule" rgba="{_numbers(colour)} 1" fromto="{_numbers((*start, *end))}" size="{radius:.6g}"/>'


def _box(colour: Colour, at: Sequence[float], size: Sequence[float]) -> str:
    return f'<geom type="box" rgba="{_numbers(colour)} 1" pos="{_numbers(at)}" size="{_numbers(size)}"/>'


def _site(name: str, at: Sequence[float], quaternion: Sequence[float] = (1.0, 0.0, 0.0, 0.0)) -> str:
    return f'<site name="{name}" pos="{_numbers(at)}" quat="{_numbers(quaternion)}"/>'


def _joint(name: str, axis: str = "") -> str:
    return f'<joint name="{name}" type="hinge" axis="{axis}"/>' if axis else f'<joint name="{name}" type="ball"/>'


def _body(name: str, at: Sequence[float], *parts: str) -> str:
    return f'<body name="{name}" pos="{_numbers(at)}">{"".join(parts)}</body>'


class _Builder:
    """Writes the bodies of one subject; `mounts` gives the quaternion of each limb's IMU in its segment."""

    def __init__(self, subject: Subject, mounts: dict[str, tuple[float, ...]]) -> None:
        self.subject = subject
        self.mounts = mounts
        self.lengths = subject.lengths
        self.h = subject.height
        self.girth = subject.height * subject.build

    def athlete(self) -> str:
        s, h, g, lengths = self.subject, self.h, self.girth, self.lengths
        return _body(
            "pelvis",
            (0.0, 0.0, _HIPS * h),
            '<freejoint name="pelvis"/>',
            _ellipsoid(s.shorts, (-0.006 * h, 0.0, 0.012 * h), (0.062 * g, 0.088 * g, 0.062 * h)),
            _body("torso", (0.0, 0.0, lengths.lumbar), _joint("lumbar"), *self._torso()),
            *(self._leg(side) for side in ("left", "right")),
        )

    def _torso(self) -> list[str]:
        s, h, g, lengths = self.subject, self.h, self.girth, self.lengths
        top = lengths.trunk
        yoke = 0.80 * lengths.shoulder
        trapezius = [
            _capsule(
                s.shirt, (-0.006 * h, y * 0.022 * h, top + 0.018 * h), (-0.002 * h, y * yoke, 0.985 * top), 0.024 * g
            )
            for y in (1.0, -1.0)
        ]
        return [
            _ellipsoid(s.shirt, (0.0, 0.0, 0.15 * top), (0.058 * g, 0.080 * g, 0.34 * top)),
            _ellipsoid(s.shirt, (0.004 * h, 0.0, 0.58 * top), (0.064 * g, 0.092 * g, 0.52 * top)),
            _capsule(s.shirt, (0.0, -yoke, 0.95 * top), (0.0, yoke, 0.95 * top), 0.034 * g),
            *trapezius,
            _capsule(s.skin, (-0.004 * h, 0.0, top), (0.004 * h, 0.0, lengths.neck + 0.04 * h), 0.031 * h),
            _body("head", (0.0, 0.0, lengths.neck), _joint("neck"), *self._head()),
            *(self._arm(side) for side in ("left", "right")),
        ]

    def _head(self) -> list[str]:
        s, h = self.subject, self.h

        def at(*point: float) -> tuple[float, ...]:
            return tuple(h * value for value in point)

        face = [
            _ellipsoid(s.skin, at(0.012, 0.0, 0.089), at(0.052, 0.043, 0.062)),
            _ellipsoid(s.skin, at(0.024, 0.0, 0.053), at(0.038, 0.034, 0.038)),
            _ellipsoid(s.hair, at(-0.014, 0.0, 0.103), at(0.053, 0.048, 0.058)),
            _ellipsoid(s.hair, at(0.020, 0.0, 0.128), at(0.042, 0.041, 0.030)),
            _ellipsoid(s.skin, at(0.066, 0.0, 0.077), at(0.011, 0.008, 0.013)),
            _ellipsoid(_LIPS, at(0.058, 0.0, 0.050), at(0.006, 0.016, 0.004)),
            _site("nose", at(0.076, 0.0, 0.074)),
        ]
        for side, y in (("left", 1.0), ("right", -1.0)):
            face += [
                _ellipsoid(s.hair, at(0.0, y * 0.038, 0.100), at(0.030, 0.010, 0.035)),
                _ellipsoid(_darker(s.skin, 0.7), at(0.054, y * 0.018, 0.094), at(0.0075, 0.014, 0.011)),
                _ellipsoid(_WHITE, at(0.060, y * 0.018, 0.093), at(0.006, 0.009, 0.0045)),
                _ellipsoid(_DARK, at(0.0635, y * 0.018, 0.093), at(0.003, 0.005, 0.005)),
                _capsule(_darker(s.hair, 0.6), at(0.061, y * 0.010, 0.104), at(0.055, y * 0.027, 0.104), 0.0038 * h),
                _ellipsoid(s.skin, at(0.006, y * 0.044, 0.083), at(0.010, 0.006, 0.015)),
                _site(f"{side}_eye_inner", at(0.060, y * 0.010, 0.093)),
                _site(f"{side}_eye", at(0.061, y * 0.018, 0.093)),
                _site(f"{side}_eye_outer", at(0.057, y * 0.027, 0.093)),
                _site(f"{side}_ear", at(0.006, y * 0.046, 0.083)),
                _site(f"mouth_{side}", at(0.056, y * 0.015, 0.050)),
            ]
        return face

    def _arm(self, side: str) -> str:
        s, h, g, lengths = self.subject, self.h, self.girth, self.lengths
        y = 1.0 if side == "left" else -1.0
        upper, fore = lengths.upper_arm, lengths.forearm
        hand = _body(
            f"{side}_hand",
            (0.0, 0.0, -fore),
            _joint(f"{side}_wrist"),
            _ellipsoid(s.skin, (0.002 * h, 0.0, -0.030 * h), (0.021 * h, 0.011 * h, 0.031 * h)),
            _ellipsoid(s.skin, (0.0, -y * 0.002 * h, -0.070 * h), (0.018 * h, 0.010 * h, 0.030 * h)),
            _capsule(s.skin, (0.016 * h, 0.0, -0.016 * h), (0.028 * h, 0.0, -0.042 * h), 0.008 * h),
            _site(f"{side}_wrist", (0.0, 0.0, 0.0)),
            _site(f"{side}_pinky", (-0.016 * h, 0.0, -0.052 * h)),
            _site(f"{side}_index", (0.016 * h, 0.0, -0.056 * h)),
            _site(f"{side}_thumb", (0.026 * h, 0.0, -0.036 * h)),
        )
        watch = (0.0, y * 0.020 * g, -0.88 * fore)
        forearm = _body(
            f"{side}_forearm",
            (0.0, 0.0, -upper),
            _joint(f"{side}_elbow", "0 -1 0"),
            _capsule(s.skin, (0.0, 0.0, 0.0), (0.0, 0.0, -fore), 0.0155 * h),
            _ellipsoid(s.skin, (0.0, 0.0, -0.30 * fore), (0.024 * g, 0.024 * g, 0.42 * fore)),
            _box(_DARK, watch, (0.011 * h, 0.005 * h, 0.012 * h)),
            _site(f"{side}_elbow", (0.0, 0.0, 0.0)),
            _site(f"imu_{side}_wrist", watch, self.mounts[f"{side}_wrist"]),
            hand,
        )
        return _body(
            f"{side}_upper_arm",
            (0.0, y * lengths.shoulder, lengths.trunk),
            _joint(f"{side}_shoulder"),
            _capsule(s.skin, (0.0, 0.0, 0.0), (0.0, 0.0, -upper), 0.0235 * g),
            _ellipsoid(s.shirt, (0.0, -y * 0.004 * h, -0.010 * h), (0.034 * g, 0.033 * g, 0.040 * g)),
            _capsule(s.shirt, (0.0, 0.0, 0.0), (0.0, 0.0, -0.50 * upper), 0.030 * g),
            _site(f"{side}_shoulder", (0.0, 0.0, 0.0)),
            forearm,
        )

    def _leg(self, side: str) -> str:
        s, h, g, lengths = self.subject, self.h, self.girth, self.lengths
        y = 1.0 if side == "left" else -1.0
        sole = SHOE_RADIUS * h - lengths.ankle
        heel, toe = (HEEL * h, 0.0, sole), (TOE * h, 0.0, sole)
        foot = _body(
            f"{side}_foot",
            (0.0, 0.0, -lengths.shank),
            _joint(f"{side}_ankle"),
            _capsule(s.shoes, heel, toe, SHOE_RADIUS * h),
            _ellipsoid(s.shoes, (0.030 * h, 0.0, sole), (0.085 * h, 0.029 * h, SHOE_RADIUS * h)),
            _ellipsoid(s.shoes, (-0.004 * h, 0.0, 0.2 * sole), (0.036 * h, 0.026 * h, 0.032 * h)),
            _site(f"{side}_ankle", (0.0, 0.0, 0.0)),
            _site(f"{side}_heel", (HEEL * h - 0.7 * SHOE_RADIUS * h, 0.0, sole)),
            _site(f"{side}_foot_index", (toe[0] + 0.6 * SHOE_RADIUS * h, 0.0, sole)),
        )
        pod = (0.0, y * 0.029 * g, -0.86 * lengths.shank)
        shank = _body(
            f"{side}_shank",
            (0.0, 0.0, -lengths.thigh),
            _joint(f"{side}_knee", "0 1 0"),
            _capsule(s.skin, (0.0, 0.0, 0.0), (0.0, 0.0, -lengths.shank), 0.0245 * g),
            _ellipsoid(s.skin, (0.0, 0.0, 0.0), (0.034 * g, 0.033 * g, 0.042 * h)),
            _ellipsoid(s.skin, (-0.010 * h, 0.0, -0.30 * lengths.shank), (0.033 * g, 0.033 * g, 0.36 * lengths.shank)),
            _capsule(_WHITE, (0.0, 0.0, -0.80 * lengths.shank), (0.0, 0.0, -lengths.shank), 0.0265 * g),
            _box(_DARK, pod, (0.012 * h, 0.005 * h, 0.012 * h)),
            _site(f"{side}_knee", (0.0, 0.0, 0.0)),
            _site(f"imu_{side}_ankle", pod, self.mounts[f"{side}_ankle"]),
            foot,
        )
        return _body(
            f"{side}_thigh",
            (0.0, y * lengths.hip, 0.0),
            _joint(f"{side}_hip"),
            _capsule(s.skin, (0.0, 0.0, 0.0), (0.0, 0.0, -lengths.thigh), 0.034 * g),
            _ellipsoid(s.skin, (0.004 * h, 0.0, -0.45 * lengths.thigh), (0.045 * g, 0.043 * g, 0.5 * lengths.thigh)),
            _capsule(s.shorts, (0.0, 0.0, -0.01 * h), (0.0, 0.0, -0.48 * lengths.thigh), 0.053 * g),
            _site(f"{side}_hip", (0.0, 0.0, 0.0)),
            shank,
        )


def _camera(camera: Camera) -> str:
    axes = np.concatenate([camera.rotation[:, 0], camera.rotation[:, 1]])
    return (
        f'<camera name="camera" pos="{_numbers(camera.position)}" xyaxes="{_numbers(axes)}"'
        f' fovy="{camera.field_of_view:.6g}"/>'
    )


def _room(scene: Scene) -> str:
    side, high = 5.0, 3.0
    angle = np.radians(scene.light_azimuth)
    lamp = (2.0 * np.cos(angle), 2.0 * np.sin(angle), 3.0)
    strength = 0.55 * scene.light
    parts = [
        f'<geom name="floor" type="plane" size="{side} {side} 1" rgba="{_numbers(scene.floor)} 1"/>',
        f'<light directional="true" castshadow="false" pos="{_numbers(lamp)}" dir="{_numbers(-np.array(lamp))}"'
        f' diffuse="{_numbers([strength] * 3)}" specular="0.1 0.1 0.1"/>',
    ]
    seam: Colour = (0.8 * scene.floor[0], 0.8 * scene.floor[1], 0.8 * scene.floor[2])
    parts += [_box(seam, (0.0, y, 0.0), (side, 0.006, 0.001)) for y in np.arange(-3.6, 3.7, 0.4)]
    for x, y in ((side, 0.0), (-side, 0.0), (0.0, side), (0.0, -side)):
        size = (0.05, side, high) if x else (side, 0.05, high)
        skirting = (0.06, side, 0.06) if x else (side, 0.06, 0.06)
        poster = (0.06, 0.5, 0.35) if x else (0.5, 0.06, 0.35)
        parts += [
            _box(scene.wall, (x, y, high), size),
            _box(_WHITE, (x, y, 0.06), skirting),
            _box(_mix(scene.wall, scene.floor), (x + (1.8 if y else 0.0), y - (1.8 if x else 0.0), 1.6), poster),
        ]
    return "".join(parts)


def _stool(height: float) -> str:
    """A stool just behind the calves of an athlete of `height` [m]."""
    wood: Colour = (0.35, 0.25, 0.18)
    seat, back = 0.215 * height, -0.32 * height
    legs = [
        _capsule(wood, (back + x, y, 0.0), (back + x, y, seat), 0.015) for x in (-0.11, 0.11) for y in (-0.11, 0.11)
    ]
    return _ellipsoid(wood, (back, 0.0, seat), (0.18, 0.18, 0.025)) + "".join(legs)


def _mix(a: Colour, b: Colour) -> Colour:
    return (a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0, (a[2] + b[2]) / 2.0


def _darker(colour: Colour, share: float) -> Colour:
    return share * colour[0], share * colour[1], share * colour[2]


def mjcf(subject: Subject, scene: Scene, mounts: dict[str, tuple[float, ...]] | None = None) -> str:
    """The model as MuJoCo XML: subject, room, camera, accelerometer and gyro `acc_LIMB`, `gyro_LIMB` per limb.

    Rendering quality is set for speed (no shadows, textures or multisampling, coarse round shapes): the pose network
    doesn't need more.

    Args:
        subject: proportions and looks.
        scene: room, light, camera.
        mounts: per limb the quaternion (w, x, y, z) of its IMU in the frame of forearm or shank; aligned by default.
    """
    straight: dict[str, tuple[float, ...]] = dict.fromkeys(LIMBS, (1.0, 0.0, 0.0, 0.0))
    ambient = _numbers([0.40 * scene.light] * 3)
    front = _numbers([0.25 * scene.light] * 3)
    sensors = "".join(
        f'<accelerometer name="acc_{limb}" site="imu_{limb}"/><gyro name="gyro_{limb}" site="imu_{limb}"/>'
        for limb in LIMBS
    )
    return f"""<mujoco model="athlete">
  <option gravity="0 0 -9.80665"><flag contact="disable" constraint="disable"/></option>
  <default>
    <geom contype="0" conaffinity="0"/>
    <site size="0.01" group="4"/>
  </default>
  <visual>
    <quality shadowsize="0" offsamples="0" numslices="16" numstacks="9"/>
    <global offwidth="{WIDTH}" offheight="{HEIGHT}"/>
    <headlight ambient="{ambient}" diffuse="{front}" specular="0 0 0"/>
    <map znear="0.02"/>
  </visual>
  <worldbody>
    {_room(scene)}
    {_stool(subject.height) if scene.stool else ""}
    {_camera(scene.camera)}
    {_Builder(subject, mounts or straight).athlete()}
  </worldbody>
  <sensor>{sensors}</sensor>
</mujoco>"""
