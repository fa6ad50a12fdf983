"""The coach's records to and from ROS messages; see sportcoach_perception.messages.

Nested messages are made by the classes passed in, so that nothing of ROS is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sportcoach_feedback.coaching import Cue, Deviation, Fault, JointDeviation, Repetition, Severity, Stage
from sportcoach_feedback.control import Control
from sportcoach_feedback.haptics import HapticCommand
from sportcoach_feedback.voice import VoiceCommand
from sportcoach_perception.messages import set_time, stamp_of

Maker = Callable[..., Any]


def fill_stage(message: Any, stage: Stage) -> Any:
    """`stage` as the Stage message given."""
    set_time(message.header.stamp, stage.stamp)
    message.exercise, message.stage = stage.exercise, stage.stage
    message.progress, message.energy, message.boundary_score = stage.progress, stage.energy, stage.boundary_score
    message.repetitions, message.tempo = stage.repetitions, stage.tempo
    return message


def read_stage(message: Any) -> Stage:
    """A Stage message as a record."""
    return Stage(
        stamp_of(message.header.stamp),
        message.exercise,
        message.stage,
        message.progress,
        message.energy,
        message.boundary_score,
        message.repetitions,
        message.tempo,
    )


def _fill_faults(faults: tuple[Fault, ...], make_fault: Maker) -> list[Any]:
    return [
        make_fault(name=fault.name, joint=fault.joint, deviation=fault.deviation, confidence=fault.confidence)
        for fault in faults
    ]


def _read_faults(messages: Any) -> tuple[Fault, ...]:
    return tuple(Fault(fault.name, fault.joint, fault.deviation, fault.confidence) for fault in messages)


def fill_deviation(message: Any, deviation: Deviation, make_joint: Maker, make_fault: Maker) -> Any:
    """`deviation` as the Deviation message given."""
    set_time(message.header.stamp, deviation.stamp)
    message.exercise, message.quality = deviation.exercise, deviation.quality
    message.joints = [
        make_joint(
            joint=joint.joint,
            angle=joint.angle,
            reference=joint.reference,
            deviation=joint.deviation,
            weight=joint.weight,
            in_tolerance=joint.in_tolerance,
        )
        for joint in deviation.joints
    ]
    message.faults = _fill_faults(deviation.faults, make_fault)
    return message


def read_deviation(message: Any) -> Deviation:
    """A Deviation message as a record."""
    joints = tuple(
        JointDeviation(j.joint, j.angle, j.reference, j.deviation, j.weight, j.in_tolerance) for j in message.joints
    )
    stamp = stamp_of(message.header.stamp)
    return Deviation(stamp, message.exercise, joints, message.quality, _read_faults(message.faults))


def fill_repetition(message: Any, repetition: Repetition, make_fault: Maker) -> Any:
    """`repetition` as the Repetition message given."""
    set_time(message.header.stamp, repetition.stamp)
    set_time(message.start, repetition.start)
    set_time(message.end, repetition.end)
    message.exercise, message.number, message.quality = repetition.exercise, repetition.number, repetition.quality
    message.faults = _fill_faults(repetition.faults, make_fault)
    return message


def read_repetition(message: Any) -> Repetition:
    """A Repetition message as a record."""
    return Repetition(
        stamp_of(message.header.stamp),
        message.exercise,
        stamp_of(message.start),
        stamp_of(message.end),
        message.number,
        message.quality,
        _read_faults(message.faults),
    )


def fill_cue(message: Any, cue: Cue) -> Any:
    """`cue` as the Cue message given."""
    set_time(message.header.stamp, cue.stamp)
    set_time(message.expires, cue.expires)
    message.exercise, message.joint, message.fault = cue.exercise, cue.joint, cue.fault
    message.deviation, message.text, message.severity = cue.deviation, cue.text, int(cue.severity)
    return message


def read_cue(message: Any) -> Cue:
    """A Cue message as a record."""
    return Cue(
        stamp_of(message.header.stamp),
        message.exercise,
        message.joint,
        message.fault,
        message.deviation,
        message.text,
        Severity(message.severity),
        stamp_of(message.expires),
    )


def fill_voice(message: Any, command: VoiceCommand) -> Any:
    """`command` as the VoiceCommand message given."""
    set_time(message.header.stamp, command.stamp)
    message.text, message.clip, message.priority = command.text, command.clip, command.priority
    return message


def read_voice(message: Any) -> VoiceCommand:
    """A VoiceCommand message as a record."""
    return VoiceCommand(stamp_of(message.header.stamp), message.text, message.clip, message.priority)


def fill_haptic(message: Any, command: HapticCommand) -> Any:
    """`command` as the HapticCommand message given."""
    set_time(message.header.stamp, command.stamp)
    set_time(message.duration, command.duration)
    message.actuator, message.intensity, message.pattern = command.actuator, command.intensity, command.pattern
    return message


def read_haptic(message: Any) -> HapticCommand:
    """A HapticCommand message as a record."""
    stamp, duration = stamp_of(message.header.stamp), stamp_of(message.duration)
    return HapticCommand(stamp, message.actuator, message.intensity, duration, message.pattern)


def read_control(message: Any) -> Control:
    """A Control message as a record."""
    return Control(stamp_of(message.header.stamp), message.command, message.value)
