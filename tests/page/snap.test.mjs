// Where a dragged element comes to rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crop, rounded, SAFE, snap } from '../../assets/page/snap.js';

const REACH = { x: 0.02, y: 0.02 };

test('edges, middles and the safe area attract', () => {
  const rect = { x: 0.41, y: 0.03, width: 0.2, height: 0.1 };
  const rest = snap(rect, [], REACH);
  assert.ok(Math.abs(rest.x - 0.4) < 1e-9, 'its middle goes to the middle');
  assert.ok(Math.abs(rest.y - SAFE) < 1e-9, 'its top goes to the safe area');
  assert.deepEqual(rest.guides.map(({ axis }) => axis), ['x', 'y']);
});

test('other elements attract, the nearest most', () => {
  const other = { x: 0.3, y: 0.6, width: 0.1, height: 0.1 };
  const rest = snap({ x: 0.305, y: 0.2, width: 0.3, height: 0.033 }, [other], REACH);
  assert.ok(Math.abs(rest.x - 0.3) < 1e-9);
  assert.equal(rest.y, 0.2);
  assert.equal(rest.guides.length, 1);
});

test('what is far from everything stays', () => {
  const rect = { x: 0.2, y: 0.2, width: 0.15, height: 0.15 };
  assert.deepEqual(snap(rect, [], { x: 0.001, y: 0.001 }), { x: 0.2, y: 0.2, guides: [] });
});

test('clients cut the middle out of a picture', () => {
  assert.deepEqual(crop(2 / 3, 2 / 3), { x: 0, y: 0, width: 1, height: 1 });
  const square = crop(2 / 3, 1);
  assert.ok(Math.abs(square.height - 2 / 3) < 1e-9 && square.width === 1 && Math.abs(square.y - 1 / 6) < 1e-9);
  assert.equal(rounded(1.2), 1);
  assert.equal(rounded(0.123456), 0.1235);
});
