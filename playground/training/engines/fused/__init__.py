"""The fused engine. Importing it does not bring in numba; the first engine made does."""
