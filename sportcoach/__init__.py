"""The command line, and the list of nodes that it shares with the launch file."""

__version__ = "0.1.0"
