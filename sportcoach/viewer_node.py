"""Shows the graph in standard viewers: markers and an annotated picture, REP-155 bodies where hri_msgs is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sensor_msgs.msg import CompressedImage
from sportcoach_msgs.msg import Cue, Deviation, FusedFrame, Skeleton, Stage

from sportcoach.viewers import rep155
from sportcoach.viewers.picture import annotate
from sportcoach.viewers.shapes import Shape, shapes
from sportcoach.watching_node import WatchingNode
from sportcoach_feedback import coaching
from sportcoach_feedback.cues import LIFETIME
from sportcoach_feedback.messages import read_cue, read_deviation, read_stage
from sportcoach_perception.errors import UserError
from sportcoach_perception.images import decode_compressed, encode_jpeg
from sportcoach_perception.messages import read_fused, read_skeleton, stamp_of
from sportcoach_perception.node_base import COMMANDS, run_node, sensor_qos
from sportcoach_perception.stamp_join import StampJoin

READERS: dict[str, tuple[type, Callable[[Any], Any]]] = {
    "skeleton": (Skeleton, read_skeleton),
    "fused": (FusedFrame, read_fused),
    "stage": (Stage, read_stage),
    "deviation": (Deviation, read_deviation),
}


class ViewerNode(WatchingNode):
    """One StampJoin between the topics of the graph and those of the viewers."""

    def __init__(self) -> None:
        super().__init__("viewer_node")

    def configure(self) -> None:
        """Make the publishers."""
        try:
            from visualization_msgs.msg import Marker, MarkerArray
        except ImportError as error:
            raise UserError("viewer_node needs visualization_msgs: install requirements.txt") from error
        self._marker, self._markers_of = Marker, MarkerArray
        self._join = StampJoin(len(READERS))
        self._cue: coaching.Cue | None = None
        self._frame_id = ""
        self._markers = self.publisher(MarkerArray, "markers", COMMANDS)
        self._annotated = self.publisher(CompressedImage, "image_annotated/compressed", sensor_qos(5))
        self._bodies = self._make_bodies()

    def _make_bodies(self) -> Any:
        """hri_msgs, with a publisher of who is in view; None where it is not installed."""
        try:
            import hri_msgs.msg as hri
        except ImportError:
            self.get_logger().info("hri_msgs is not installed: no bodies as in REP-155")
            return None
        self._tracked = self.publisher(hri.IdsList, rep155.TRACKED, COMMANDS)
        self._body_publishers: dict[str, Any] = {}
        return hri

    def activate(self) -> None:
        """Start listening."""
        for index, (topic, (message_type, read)) in enumerate(READERS.items()):
            self.subscribe(message_type, topic, self._on_part(index, read))
        self.subscribe(Cue, "cue", self._on_cue)
        self.watch()

    def has_audience(self) -> bool:
        """Whether somebody wants the annotated picture."""
        return bool(self._annotated.get_subscription_count() > 0)

    def _on_cue(self, message: Cue) -> None:
        self._cue = read_cue(message)

    def _on_part(self, index: int, read: Callable[[Any], Any]) -> Callable[[Any], None]:
        def on_message(message: Any) -> None:
            parts = self._join.add(index, stamp_of(message.header.stamp), (message.header, read(message)))
            if parts is not None:
                (header, skeleton), *others = parts
                self._show(header, skeleton, *(item for _, item in others))

        return on_message

    def _show(self, header: Any, skeleton: Any, fused: Any, stage: Any, deviation: Any) -> None:
        if self._markers.get_subscription_count() > 0:
            self._markers.publish(self._marker_array(header, shapes(fused, deviation)))
        picture = self.take_picture(skeleton.stamp)
        if picture:
            said = self._cue is not None and 0 <= skeleton.stamp - self._cue.stamp <= LIFETIME
            image = annotate(
                decode_compressed(picture), skeleton, stage, deviation, self._cue.text if said and self._cue else ""
            )
            self._annotated.publish(CompressedImage(header=header, format="jpeg", data=encode_jpeg(image)))
        if self._bodies is not None:
            self._publish_body(header, skeleton)

    def _marker_array(self, header: Any, drawn: list[Shape]) -> Any:
        """First a marker that takes the last frame's away, then this frame's."""
        markers = [self._marker(header=header, action=self._marker.DELETEALL)]
        return self._markers_of(markers=markers + [self._make_marker(header, shape) for shape in drawn])

    def _make_marker(self, header: Any, shape: Shape) -> Any:
        kinds = self._marker.LINE_LIST, self._marker.SPHERE, self._marker.ARROW, self._marker.TEXT_VIEW_FACING
        kind = dict(zip(("lines", "ball", "arrow", "text"), kinds, strict=True))[shape.kind]
        marker = self._marker(header=header, ns=shape.group, id=shape.number, type=kind, text=shape.text)
        marker.pose.orientation.w = 1.0
        marker.scale.x = marker.scale.y = marker.scale.z = shape.size
        marker.color.r, marker.color.g, marker.color.b, marker.color.a = *shape.colour, 1.0
        if shape.kind in ("lines", "arrow"):
            marker.points = [type(marker.pose.position)(x=x, y=y, z=z) for x, y, z in shape.points]
        else:
            at = marker.pose.position
            at.x, at.y, at.z = shape.points[0]
        return marker

    def _publish_body(self, header: Any, skeleton: Any) -> None:
        body, hri = rep155.body_id(skeleton), self._bodies
        self._tracked.publish(hri.IdsList(header=header, ids=[body] if skeleton.detected else []))
        if skeleton.detected:
            if body not in self._body_publishers:
                self._body_publishers[body] = self.publisher(hri.Skeleton2D, rep155.topic_of(body), COMMANDS)
            found = [hri.NormalizedPointOfInterest2D(x=x, y=y, c=c) for x, y, c in rep155.points(skeleton)]
            self._body_publishers[body].publish(hri.Skeleton2D(header=header, skeleton=found))


def main() -> None:
    """Entry point of viewer_node."""
    run_node(ViewerNode)


if __name__ == "__main__":
    main()
