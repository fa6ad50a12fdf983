"""What all nodes share: parameters from the one YAML, lifecycle transitions, a clean end."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final

import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.callback_groups import CallbackGroup
from rclpy.clock import Clock, ROSClock
from rclpy.clock_type import ClockType
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.logging import get_logger
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.signals import SignalHandlerOptions
from rclpy.subscription import Subscription
from rclpy.task import Future
from rclpy.timer import Timer

from sportcoach_perception.config import config_path
from sportcoach_perception.diagnostics import Level
from sportcoach_perception.errors import UserError
from sportcoach_perception.machine_temperature import machine_temperature
from sportcoach_perception.parameters import ParameterSpec, load_parameters, refuse_unknown
from sportcoach_perception.stage_health import StageHealth

RESULTS = QoSProfile(depth=300, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)
"""Every result is delivered; a reader may fall behind, or be discovered late, by ten seconds without loss."""

COMMANDS = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.VOLATILE)
"""What to say and to feel is for now, never for whoever joins later."""


DIAGNOSTICS_PERIOD: Final = 1.0
"""How often nodes say how they are [s]."""


def sensor_qos(depth: int, reliable: bool = False) -> QoSProfile:
    """Sensor streams: best effort unless both sides can do better."""
    reliability = ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT
    return QoSProfile(depth=depth, reliability=reliability)


SIGNAL_LATENCY = 0.2
"""Python sees a signal only between two waits of the executor [s]."""

LEAVE_TIME: Final = 1.5
"""So long after a node's work is done, SIGALRM ends its process [s]: Fast DDS may wait for ever for a thread of its own
when a node leaves."""


class _Unattended(CallbackGroup):
    """Of subscriptions that the executor leaves alone."""

    def can_execute(self, entity: Any) -> bool:
        return False

    def beginning_execution(self, entity: Any) -> bool:
        return False

    def ending_execution(self, entity: Any) -> None:
        return None


class NodeBase(LifecycleNode):
    """A lifecycle node with declared parameters.

    Derived nodes implement `configure` (check parameters, load what is needed, make publishers), `activate` (make
    subscriptions, start the flow), `deactivate` and `cleanup`; a UserError fails the transition. What they take from
    `subscribe`, `every` and `publisher` is given back by itself.
    """

    LINGER = 0.0
    """How long the node goes on listening after it was told to stop [s]."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.finished: Future[int] = Future()
        """Resolves to the exit code when the node has nothing more to do."""
        self._subscriptions_made: list[Subscription[Any]] = []
        self._publishers_made: list[Any] = []
        self._timers_made: list[Timer] = []
        self._diagnostics: Any = None
        self._specs = load_parameters(config_path("parameters.yaml"), kind)
        refuse_unknown(self._parameter_overrides, self._specs, kind)
        for spec in self._specs.values():
            self._declare(spec)
        self.add_on_set_parameters_callback(self._check_parameters)

    def _declare(self, spec: ParameterSpec) -> None:
        descriptor = ParameterDescriptor(description=spec.description)
        if spec.choices:
            descriptor.additional_constraints = "one of " + ", ".join(spec.choices)
        if spec.lowest is not None and spec.highest is not None:
            if spec.type == "int":
                descriptor.integer_range = [IntegerRange(from_value=int(spec.lowest), to_value=int(spec.highest))]
            else:
                descriptor.floating_point_range = [FloatingPointRange(from_value=spec.lowest, to_value=spec.highest)]
        override = self._parameter_overrides.get(spec.name)
        if override is not None:
            spec.check(override.value)
        # rclpy cannot tell the type of an empty list.
        default = Parameter.Type.STRING_ARRAY if spec.default == [] else spec.default
        self.declare_parameter(spec.name, default, descriptor)

    def _check_parameters(self, parameters: list[Parameter[Any]]) -> SetParametersResult:
        for parameter in parameters:
            spec = self._specs.get(parameter.name)
            try:
                if spec is not None:
                    spec.check(parameter.value)
            except UserError as error:
                return SetParametersResult(successful=False, reason=str(error))
        return SetParametersResult(successful=True)

    def parameter(self, name: str) -> Any:
        """Value of a declared parameter."""
        value = self.get_parameter_or(name).value
        return self._specs[name].default if value is None else value

    def publisher(self, message_type: type, topic: str, qos: QoSProfile = RESULTS) -> Any:
        """A publisher that lives until the node is cleaned up."""
        publisher: Any = self.create_publisher(message_type, topic, qos)
        self._publishers_made.append(publisher)
        return publisher

    def subscribe(
        self,
        message_type: type,
        topic: str,
        callback: Callable[[Any], None],
        qos: QoSProfile = RESULTS,
        raw: bool = False,
    ) -> None:
        """Listen to `topic` until the node is deactivated. A UserError in `callback` ends the node with its line."""
        guarded = self._guard(callback)
        self._subscriptions_made.append(self.create_subscription(message_type, topic, guarded, qos, raw=raw))

    def collect(self, message_type: type, topic: str, qos: QoSProfile) -> Subscription[Any]:
        """Let serialized messages of `topic` gather for `take`, until the node is deactivated.

        For many small messages: a callback for each costs the executor some ten times what reading one does.
        """
        group = _Unattended()
        subscription: Subscription[Any] = self.create_subscription(
            message_type, topic, lambda _: None, qos, raw=True, callback_group=group
        )
        self._subscriptions_made.append(subscription)
        return subscription

    def take(self, subscription: Subscription[Any]) -> tuple[bytes, int] | None:
        """The next serialized message that has gathered, and when it was received [ns]; None when there is none.

        Under simulated time, in which nothing is received, that is now.
        """
        with subscription.handle:
            taken = subscription.handle.take_message(subscription.msg_type, subscription.raw)
        if taken is None:
            return None
        message, info = taken
        clock = self.get_clock()
        simulated = isinstance(clock, ROSClock) and clock.ros_time_is_active
        return message, int(clock.now().nanoseconds if simulated else info["received_timestamp"])

    def every(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call `callback` every so many seconds until the node is deactivated.

        The seconds are real ones also under use_sim_time: when simulated time stands still, that is to be heard of.
        """
        clock = Clock(clock_type=ClockType.STEADY_TIME)
        timer = self.create_timer(seconds, self._guard(callback), clock=clock)
        self._timers_made.append(timer)
        return timer

    def diagnose(self, name: str, level: Level, message: str, values: Mapping[str, object] | None = None) -> None:
        """Publish on /diagnostics how a part of this node is.

        Args:
            name: the part, unique within the node.
            level: whether something is wrong.
            message: what, in one line.
            values: numbers and texts behind it, by name.
        """
        if self._diagnostics is None:
            self._diagnostics = self.publisher(DiagnosticArray, "/diagnostics", COMMANDS)
        node = self.get_fully_qualified_name()
        pairs = [KeyValue(key=key, value=str(value)) for key, value in (values or {}).items()]
        status = DiagnosticStatus(
            level=bytes([level]), name=f"{node}: {name}", message=message, hardware_id=node, values=pairs
        )
        array = DiagnosticArray(status=[status])
        array.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(array)

    def report_stage(self, name: str) -> StageHealth:
        """Say on /diagnostics every second how the stage `name` of the chain is, until the node is deactivated.

        Returns:
            What is to be told of every frame.
        """
        health = StageHealth()

        def report() -> None:
            self.diagnose(name, *health.report(int(self.get_clock().now().nanoseconds), machine_temperature()))

        self.every(DIAGNOSTICS_PERIOD, report)
        return health

    def _guard(self, callback: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except UserError as error:
                self.fail(error)

        return call

    def fail(self, error: UserError) -> None:
        """End the node with the error's line and exit code."""
        self.get_logger().error(str(error))
        self.finish(error.exit_code)

    def finish(self, exit_code: int = 0) -> None:
        """End the node's process; may be called from any thread."""
        if not self.finished.done():
            self.finished.set_result(exit_code)

    def destroy_node(self) -> None:
        """Leave the graph, with nothing left of it in shared memory.

        The state machine holds on to the node, and rclpy keeps the DDS participant as long as anything does.
        """
        super().destroy_node()
        del self._state_machine

    # What derived nodes fill in.

    def configure(self) -> None:
        """Check parameters, load models, make publishers."""

    def activate(self) -> None:
        """Make subscriptions and start."""

    def deactivate(self) -> None:
        """Stop; subscriptions and timers are given back afterwards."""

    def cleanup(self) -> None:
        """Free what `configure` loaded; publishers are given back afterwards."""

    # Lifecycle callbacks.

    def _transition(self, action: Callable[[], None]) -> TransitionCallbackReturn:
        try:
            action()
        except Exception as error:  # rclpy would swallow it without a word
            problem = error if isinstance(error, UserError) else UserError(f"{type(error).__name__}: {error}", 1)
            self.fail(problem) if self.parameter("autostart") else self.get_logger().error(str(problem))
            return TransitionCallbackReturn.FAILURE
        return TransitionCallbackReturn.SUCCESS

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle: unconfigured to inactive."""
        return self._transition(self.configure)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle: inactive to active."""
        return self._transition(self.activate)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle: active to inactive."""
        self.deactivate()
        while self._timers_made:
            self.destroy_timer(self._timers_made.pop())
        while self._subscriptions_made:
            self.destroy_subscription(self._subscriptions_made.pop())
        return TransitionCallbackReturn.SUCCESS

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle: inactive to unconfigured."""
        self.cleanup()
        self._diagnostics = None
        while self._publishers_made:
            self.destroy_publisher(self._publishers_made.pop())
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle: any state to finalized."""
        if state.label == "active":
            self.on_deactivate(state)
        if state.label in ("active", "inactive"):
            self.on_cleanup(state)
        return TransitionCallbackReturn.SUCCESS


def run_node(node_class: Callable[[], NodeBase]) -> None:
    """Run a node until it finishes or is told to stop by SIGINT or SIGTERM; ends the process with its exit code."""
    # A client that was discovered half-way asks again; nobody needs to read of it.
    warnings.filterwarnings("ignore", message="failed to send response", category=RuntimeWarning)
    # rclpy's own handlers shut the context down first: no actuator could be switched off any more.
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    try:
        node = node_class()
    except UserError as error:
        get_logger(__name__).error(str(error))
        exit_code = error.exit_code
    else:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: node.finish())
        exit_code = _spin(node)
    rclpy.try_shutdown()
    rclpy.get_default_context().destroy()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # nothing is left to do, and torch takes seconds to unload


def _spin(node: NodeBase) -> int:
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    if node.parameter("autostart") and node.trigger_configure() == TransitionCallbackReturn.SUCCESS:
        node.trigger_activate()
    gc.freeze()  # what start-up made stays: looking through it again and again would stall the stream
    try:
        while not node.finished.done():
            executor.spin_once(timeout_sec=SIGNAL_LATENCY)
        deadline = time.monotonic() + node.LINGER
        while time.monotonic() < deadline:
            executor.spin_once(timeout_sec=0.05)
    finally:
        exit_code = node.finished.result() or 0 if node.finished.done() else 1
        try:
            node.deactivate()
            node.cleanup()
        except UserError as error:
            node.get_logger().error(str(error))
            exit_code = error.exit_code
        signal.setitimer(signal.ITIMER_REAL, LEAVE_TIME)
        executor.shutdown()
        node.destroy_node()
    return exit_code
