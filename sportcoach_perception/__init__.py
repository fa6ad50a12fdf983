"""Skeletons and limb IMUs: topology, pose estimation, fusion on one clock."""
