"""The paper's preprocessing, each step in a batch form and in a streaming form that agree.

Batch functions take a sequence along the first axis. Streaming objects take one frame in `step`, use nothing that comes
after it, and cost the same however long the stream is. docs/fusion.md tells where the paper needs the whole sequence.
Interpolation to the skeleton's stamps is in `sportcoach_perception.interpolation`.
"""
