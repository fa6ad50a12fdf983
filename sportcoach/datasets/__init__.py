"""The data sets by name, with those that sportcoach itself records and simulates."""
