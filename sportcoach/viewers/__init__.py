"""What standard viewers (RViz, Foxglove, Lichtblick, REP-155 tools) can show of a graph."""
