// Where a dragged rectangle comes to rest: at the frame's edges and middle, in the safe area, in line with others.
// All lengths are fractions of the frame.

/**
 * @typedef {{x: number, y: number, width: number, height: number}} Rect
 * @typedef {{axis: 'x' | 'y', at: number}} Guide
 * @typedef {{x: number, y: number, guides: Guide[]}} Snapped
 */

/** What televisions and rounded corners leave free, on each side. */
export const SAFE = 0.04;

/**
 * The lines of one axis that attract.
 * @param {Rect[]} others
 * @param {'x' | 'y'} axis
 */
function lines(others, axis) {
  const size = axis === 'x' ? 'width' : 'height';
  const own = others.flatMap((other) => [other[axis], other[axis] + other[size] / 2, other[axis] + other[size]]);
  return [0, SAFE, 0.5, 1 - SAFE, 1, ...own];
}

/**
 * The shift to the nearest line, and the line.
 * @param {number} start
 * @param {number} length
 * @param {number[]} targets
 * @param {number} reach
 */
function nearest(start, length, targets, reach) {
  let best = { shift: 0, at: Number.NaN, distance: reach };
  for (const target of targets) {
    for (const point of [start, start + length / 2, start + length]) {
      const distance = Math.abs(target - point);
      if (distance < best.distance) best = { shift: target - point, at: target, distance };
    }
  }
  return best;
}

/**
 * @param {Rect} rect
 * @param {Rect[]} others
 * @param {{x: number, y: number}} reach
 * @returns {Snapped}
 */
export function snap(rect, others, reach) {
  const x = nearest(rect.x, rect.width, lines(others, 'x'), reach.x);
  const y = nearest(rect.y, rect.height, lines(others, 'y'), reach.y);
  /** @type {Guide[]} */
  const guides = [];
  if (!Number.isNaN(x.at)) guides.push({ axis: 'x', at: x.at });
  if (!Number.isNaN(y.at)) guides.push({ axis: 'y', at: y.at });
  return { x: rect.x + x.shift, y: rect.y + y.shift, guides };
}

/** Within the frame as far as it fits, rounded to what can be seen. @param {number} value */
export const rounded = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;

/**
 * The part of a frame that a client with another ratio shows: the middle of it.
 * @param {number} frame width over height
 * @param {number} client width over height
 * @returns {Rect}
 */
export function crop(frame, client) {
  const width = Math.min(1, client / frame);
  const height = Math.min(1, frame / client);
  return { x: (1 - width) / 2, y: (1 - height) / 2, width, height };
}
