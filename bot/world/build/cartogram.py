"""Moves boundaries until every constituency has the same area, and what were neighbours still are.

The method of Gastner, Seguy and More ("Fast flow-based algorithm for creating density-equalizing map projections", PNAS
115, 2018): people flow from where they are dense to where they are not, as water would level out, and carry the
boundaries with them. The sea has the mean density, so that it keeps its shape and islands keep their distance.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

GRID_STEP: Final = 2000.0  # metres between the points where the flow is computed
MARGIN: Final = 0.25  # sea on each side, as part of the land's extent: the flow is computed as if it went round
# How far densities are smoothed in each round, in grid steps: a coarse levelling first, finer ones then.
SMOOTHING: Final = (4.0, 2.0, 1.5, 1.0, 1.0, 1.0)
_MOMENTS: Final = 60  # in which one round of flow is followed


def equal_areas(areas: Geometries) -> Geometries:
    """The same areas (polygons, coordinates in metres), all of about one size. Within some hundredths, most of them."""
    for smoothing in SMOOTHING:
        areas = _Flow(areas, smoothing).carry(areas)
    return areas


class _Flow:
    """One round: the flow that levels the densities of these areas."""

    def __init__(self, areas: Geometries, smoothing: float) -> None:
        west, south, east, north = shapely.total_bounds(areas)
        self._west = west - MARGIN * (east - west)
        self._south = south - MARGIN * (north - south)
        columns = int(np.ceil((east - west) * (1 + 2 * MARGIN) / GRID_STEP))
        rows = int(np.ceil((north - south) * (1 + 2 * MARGIN) / GRID_STEP))
        owner = self._owners(areas, rows, columns)
        sizes = shapely.area(areas)
        density = np.where(owner >= 0, 1 / sizes[owner], len(areas) / sizes.sum())
        waves_y = 2 * np.pi * np.fft.fftfreq(rows)[:, None]
        waves_x = 2 * np.pi * np.fft.rfftfreq(columns)[None, :]
        squares = waves_y**2 + waves_x**2
        spectrum = np.fft.rfft2(density) * np.exp(-squares * smoothing**2 / 2)
        self._density = np.fft.irfft2(spectrum, s=density.shape)
        self._mean = float(self._density.mean())
        # The flow J starts where density is above the mean: div J = density - mean, without whirls. So it is the
        # gradient of what solves Poisson's equation, and on waves that is a division.
        spectrum[0, 0], squares[0, 0] = 0, 1
        potential = -spectrum / squares
        self._flow_x = np.fft.irfft2(1j * waves_x * potential, s=density.shape)
        self._flow_y = np.fft.irfft2(1j * waves_y * potential, s=density.shape)

    def carry(self, areas: Geometries) -> Geometries:
        """Where the flow takes the areas."""
        return np.asarray(shapely.transform(areas, self._carried))

    def _owners(self, areas: Geometries, rows: int, columns: int) -> npt.NDArray[np.int64]:
        """Which area each grid point lies in; -1 at sea."""
        x = self._west + (np.arange(columns) + 0.5) * GRID_STEP
        y = self._south + (np.arange(rows) + 0.5) * GRID_STEP
        points = shapely.points(*(axis.ravel() for axis in np.meshgrid(x, y)))
        point, area = shapely.STRtree(areas).query(points, predicate="intersects")
        owner = np.full(rows * columns, -1)
        owner[point] = area
        return owner.reshape(rows, columns)

    def _carried(self, corners: Floats) -> Floats:
        """Follows corners through the round, from each moment to the middle of the next step and on (midpoint rule)."""
        u = (corners[:, 0] - self._west) / GRID_STEP - 0.5
        v = (corners[:, 1] - self._south) / GRID_STEP - 0.5
        step = 1 / _MOMENTS
        for moment in range(_MOMENTS):
            half_u, half_v = self._speed(u, v, moment * step)
            whole_u, whole_v = self._speed(u + half_u * step / 2, v + half_v * step / 2, (moment + 0.5) * step)
            u, v = u + whole_u * step, v + whole_v * step
        return np.column_stack([(u + 0.5) * GRID_STEP + self._west, (v + 0.5) * GRID_STEP + self._south])

    def _speed(self, u: Floats, v: Floats, time: float) -> tuple[Floats, Floats]:
        """At time 0 densities are as they were, at time 1 all are the mean; they go evenly from one to the other."""
        i = np.clip(np.floor(v).astype(int), 0, self._density.shape[0] - 2)
        j = np.clip(np.floor(u).astype(int), 0, self._density.shape[1] - 2)
        down, right = v - i, u - j

        def at(grid: Floats) -> Any:
            upper = grid[i, j] * (1 - right) + grid[i, j + 1] * right
            lower = grid[i + 1, j] * (1 - right) + grid[i + 1, j + 1] * right
            return upper * (1 - down) + lower * down

        density = (1 - time) * at(self._density) + time * self._mean
        return at(self._flow_x) / density, at(self._flow_y) / density
