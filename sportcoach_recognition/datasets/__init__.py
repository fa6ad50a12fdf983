"""Sets of labelled movement, one file per published layout, all read into `Sequence`."""
