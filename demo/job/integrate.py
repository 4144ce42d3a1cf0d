"""Integrates powder rings over the azimuth and measures the lattice parameter.

Reads every NeXus file of a folder, adds up all frames, averages over rings of equal two-theta,
finds the peaks, indexes them as a cubic lattice and fits the lattice parameter.
Writes result.json (numbers, in metres) and result.png (detector image and pattern).

Usage: integrate.py FOLDER_WITH_H5 [OUTPUT_FOLDER]
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from pathlib import Path

import h5py
import numpy as np


def write_png(path: Path, image: np.ndarray) -> None:
    """Writes an (height, width, 3) uint8 array as PNG (ISO/IEC 15948: IHDR, IDAT, IEND)."""
    height, width, _ = image.shape

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = np.concatenate([np.zeros((height, 1), np.uint8), image.reshape(height, -1)], axis=1)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
        + chunk(b"IEND", b"")
    )


def load(folder: Path) -> tuple[np.ndarray, dict[str, float], tuple[float, float], int]:
    """Sum of all frames, geometry in metres, beam centre in pixels, number of frames."""
    total: np.ndarray | None = None
    frames = 0
    geometry: dict[str, float] = {}
    centre = (0.0, 0.0)
    for path in sorted(folder.rglob("*.h5")):
        with h5py.File(path, "r") as file:
            instrument = file["entry/instrument"]
            geometry = {name: float(instrument[name][()]) for name in ("wavelength", "distance", "pixel_size")}
            centre = tuple(float(value) for value in instrument["beam_center"][()])
            stack = file["entry/data/data"]
            for index in range(stack.shape[0]):
                frame = stack[index].astype(np.float64)
                total = frame if total is None else total + frame
            frames += stack.shape[0]
            print(f"{path.name}: {stack.shape[0]} frames", flush=True)
    if total is None:
        sys.exit(f"There is no .h5 file in {folder}.")
    return total, geometry, centre, frames


def integrate(
    image: np.ndarray, geometry: dict[str, float], centre: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Two-theta (radians) and mean counts of 2400 equal bins."""
    rows, columns = np.indices(image.shape)
    radius = np.hypot(rows - centre[0], columns - centre[1]) * geometry["pixel_size"]
    two_theta = np.arctan2(radius, geometry["distance"]).ravel()
    edges = np.linspace(0.02, two_theta.max() * 0.7, 2401)
    weights, _ = np.histogram(two_theta, edges, weights=image.ravel())
    counts, _ = np.histogram(two_theta, edges)
    return (edges[1:] + edges[:-1]) / 2, weights / np.maximum(counts, 1)


def find_peaks(angle: np.ndarray, profile: np.ndarray) -> list[float]:
    """Angles of the peaks: centroid of what stands above a running median, strongest first."""
    window = 81
    padded = np.pad(profile, window // 2, mode="edge")
    background = np.median(np.lib.stride_tricks.sliding_window_view(padded, window), axis=1)
    above = profile - background
    limit = max(above.max() * 0.03, 6 * np.median(np.abs(above)))
    peaks = []
    for index in range(3, len(above) - 3):
        if above[index] > limit and above[index] == above[index - 3 : index + 4].max():
            part = slice(index - 3, index + 4)
            peaks.append(float((angle[part] * above[part]).sum() / above[part].sum()))
    return peaks


def fit_lattice(peaks: list[float], wavelength: float) -> tuple[float, float, int]:
    """Lattice parameter (m), its spread (m) and how many peaks agree, for an all-odd-or-all-even cubic lattice."""
    allowed = sorted(
        {
            h * h + k * k + m * m
            for h in range(8)
            for k in range(8)
            for m in range(8)
            if (h, k, m) != (0, 0, 0) and len({h % 2, k % 2, m % 2}) == 1
        }
    )
    spacing = [wavelength / (2 * np.sin(angle / 2)) for angle in peaks]
    best: list[float] = []
    for square in allowed[:4]:
        guess = spacing[0] * square**0.5
        found = []
        for d in spacing:
            nearest = min(allowed, key=lambda value: abs(value - (guess / d) ** 2))
            if abs((guess / d) ** 2 - nearest) < 0.15:
                found.append(d * nearest**0.5)
        if len(found) > len(best):
            best = found
    return float(np.median(best)), float(np.std(best)), len(best)


def draw(image: np.ndarray, profile: np.ndarray) -> np.ndarray:
    """Detector image (logarithmic, 512 px) above the pattern (160 px)."""
    side = 512
    step = image.shape[0] // side
    small = image[: side * step, : side * step].reshape(side, step, side, step).mean(axis=(1, 3))
    grey = np.log1p(small)
    grey = ((grey - grey.min()) / np.ptp(grey) * 255).astype(np.uint8)
    picture = np.full((side + 160, side, 3), 255, np.uint8)
    picture[:side] = grey[:, :, None]
    heights = np.log1p(profile[np.linspace(0, len(profile) - 1, side).astype(int)])
    heights = ((heights - heights.min()) / np.ptp(heights) * 140).astype(int)
    for column, height in enumerate(heights):
        picture[side + 150 - height : side + 152, column] = (180, 200, 235)
        picture[side + 150 - height - 1 : side + 152 - height, column] = (20, 60, 140)
    return picture


def main(folder: Path, output: Path) -> None:
    image, geometry, centre, frames = load(folder)
    angle, profile = integrate(image, geometry, centre)
    peaks = find_peaks(angle, profile)
    lattice, spread, agreeing = fit_lattice(peaks, geometry["wavelength"])
    output.mkdir(parents=True, exist_ok=True)
    write_png(output / "result.png", draw(image, profile))
    numbers = {
        "frames": frames,
        "peaks": len(peaks),
        "peaks_indexed": agreeing,
        "lattice_parameter_m": lattice,
        "spread_m": spread,
    }
    (output / "result.json").write_text(json.dumps(numbers, indent=2) + "\n")
    print(json.dumps(numbers), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "."))
