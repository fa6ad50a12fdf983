"""A simulated athlete in MuJoCo: camera pictures, limb IMUs, exact truth, and ears for the coach."""
