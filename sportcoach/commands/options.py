"""From command-line arguments to the options of the graph."""

from __future__ import annotations

import argparse

from sportcoach.graph import GraphOptions


def graph_options(arguments: argparse.Namespace, record: str, record_images: bool) -> GraphOptions:
    """The graph that `run` and `up` were asked for.

    Raises:
        UserError: values that are not allowed or do not go together.
    """
    return GraphOptions(
        source=arguments.source or ("video" if arguments.video else "camera"),
        trial=arguments.trial,
        seed=arguments.seed,
        video=arguments.video,
        device=arguments.device,
        loop=arguments.loop,
        duration=arguments.duration,
        image_topic=arguments.image_topic,
        compressed=arguments.compressed,
        complexity=arguments.complexity,
        weights=arguments.weights,
        exercise=arguments.exercise,
        exercises=arguments.exercises,
        language=arguments.language,
        voice=not arguments.no_voice,
        voice_dir=arguments.voice_dir,
        haptic=not arguments.no_haptic,
        record=record,
        record_images=record_images,
        namespace=arguments.namespace,
        use_sim_time=arguments.use_sim_time,
    )
