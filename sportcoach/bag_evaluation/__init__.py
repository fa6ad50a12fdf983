"""Recordings with truth or labels through the chain of the graph: what was found against what was so."""
