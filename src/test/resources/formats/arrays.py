"""Writes arrays as numpy.savez and numpy.savez_compressed do. Run with NumPy 1.24 in this folder."""

import numpy

arrays = {
    "dense/kernel": numpy.arange(12, dtype="f4").reshape(3, 4) / 8,
    "dense/bias": numpy.random.default_rng(1).standard_normal(4),
    "matrix": numpy.asfortranarray(numpy.arange(6, dtype="f2").reshape(2, 3)),
    "steps": numpy.array(7, "i8"),
    "text": numpy.array(["a", "bc"]),
}
numpy.savez("arrays.npz", **arrays)
numpy.savez_compressed("arrays-compressed.npz", **arrays)
