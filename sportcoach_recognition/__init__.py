"""What the athlete is doing: features, networks, streaming inference, data sets, training."""
