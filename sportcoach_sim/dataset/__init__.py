"""A collection of clips of simulated athletes: drawn, recorded, kept in shards, read back; see docs/collections.md."""
