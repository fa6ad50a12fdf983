"""Networks that name movements from skeletons, limb IMUs or both, one file each."""
