"""Writes the demo facility's datasets: powder diffraction of a cubic crystal on an area detector.

The physics is Bragg's law, n*lambda = 2*d*sin(theta), for the allowed reflections of a cubic lattice,
seen by a flat detector at a known distance. Whoever integrates the rings can measure the lattice
parameter and compare it with the one that was put in.

Units in the files: metres for distances and wavelengths, counts for images.
Usage: make_datasets.py FOLDER
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import h5py
import numpy as np

SIDE = 2048  # pixels, square detector
PIXEL_M = 75e-6
DISTANCE_M = 0.200
WAVELENGTH_M = 0.4133e-10  # 30 keV
CENTRE = (1020.5, 1030.5)  # row, column

# (folder, title, lattice parameter in metres, centring, files, frames a file, checksums?)
SAMPLES = [
    ("proposals/hc-5432", "silicon", 5.4309e-10, "diamond", 3, 13, True),
    ("open/ceo2", "ceria", 5.4113e-10, "fcc", 2, 3, False),
]


def reflections(lattice_m: float, centring: str) -> list[tuple[float, float]]:
    """Bragg angles 2-theta (radians) and relative intensities of the allowed reflections."""
    found: dict[int, float] = {}
    for h in range(8):
        for k in range(h + 1):
            for m in range(k + 1):
                if (h, k, m) == (0, 0, 0) or len({h % 2, k % 2, m % 2}) > 1:
                    continue
                if centring == "diamond" and h % 2 == 0 and (h + k + m) % 4 != 0:
                    continue
                square = h * h + k * k + m * m
                multiplicity = 48 / (1 + (h == k) + (k == m)) / 2 ** ([h, k, m].count(0))
                found[square] = found.get(square, 0.0) + multiplicity
    rings = []
    for square, multiplicity in sorted(found.items()):
        sine = WAVELENGTH_M * square**0.5 / (2 * lattice_m)
        if sine < 0.5:
            rings.append((2 * np.arcsin(sine), multiplicity / (1 + 0.05 * square)))
    return rings


def mean_image(lattice_m: float, centring: str) -> np.ndarray:
    """Expected counts a pixel: smooth background plus Gaussian rings."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    radius_m = np.hypot(rows - CENTRE[0], columns - CENTRE[1]) * PIXEL_M
    two_theta = np.arctan2(radius_m, DISTANCE_M)
    image = 12 + 30 * np.exp(-((two_theta / 0.12) ** 2))
    for angle, strength in reflections(lattice_m, centring):
        image += 14 * strength * np.exp(-(((two_theta - angle) / 7e-4) ** 2))
    return image.astype(np.float32)


def write_file(path: Path, mean: np.ndarray, lattice_m: float, title: str, frames: int, seed: int) -> None:
    """One NeXus file with an NXdata group; frame noise is Gaussian with the variance of counting."""
    random = np.random.default_rng(seed)
    spread = np.sqrt(mean)
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["default"] = "entry"
        entry = file.create_group("entry")
        entry.attrs.update({"NX_class": "NXentry", "default": "data"})
        entry["title"] = title
        entry["sample/lattice_parameter"] = lattice_m
        entry["sample/lattice_parameter"].attrs["units"] = "m"
        entry["sample"].attrs["NX_class"] = "NXsample"
        instrument = entry.create_group("instrument")
        instrument.attrs["NX_class"] = "NXinstrument"
        for name, value in {
            "wavelength": WAVELENGTH_M,
            "distance": DISTANCE_M,
            "pixel_size": PIXEL_M,
        }.items():
            instrument[name] = value
            instrument[name].attrs["units"] = "m"
        instrument["beam_center"] = np.array(CENTRE)
        instrument["beam_center"].attrs["units"] = "pixel"
        data = entry.create_group("data")
        data.attrs.update({"NX_class": "NXdata", "signal": "data"})
        stack = data.create_dataset("data", (frames, SIDE, SIDE), "uint16", chunks=(1, SIDE, SIDE))
        stack.attrs["units"] = "counts"
        for index in range(frames):
            noise = random.standard_normal((SIDE, SIDE), dtype=np.float32)
            stack[index] = np.clip(np.rint(mean + spread * noise), 0, 65535).astype(np.uint16)


def main(root: Path) -> None:
    for folder, title, lattice_m, centring, files, frames, with_checksums in SAMPLES:
        place = root / folder
        place.mkdir(parents=True, exist_ok=True)
        mean = mean_image(lattice_m, centring)
        sums = []
        for index in range(files):
            path = place / f"scan_{index + 1:04d}.h5"
            write_file(path, mean, lattice_m, title, frames, seed=1000 * len(folder) + index)
            sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
        if with_checksums:
            (place / "SHA256SUMS").write_text("".join(sums))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
