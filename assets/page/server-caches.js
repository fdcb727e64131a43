// Caches by tier and their purges; single titles with their artwork.

import { admin, explain } from './api.js';
import { pathOf, store } from './design.js';
import { button, fill, h } from './dom.js';
import { familyLabel } from './labels.js';
import { attempt, count, grid, labelled } from './parts.js';
import { size } from './preview.js';
import { table } from './table.js';
import { titleName } from './titles.js';

/** @param {any} scope @param {string} what @param {() => Promise<void>} again */
function purge(scope, what, again) {
  if (!confirm(`Remove ${what} from the caches? It is made anew when it is asked for.`)) return;
  void attempt(async () => {
    const { removed } = await admin('POST', 'purge', scope);
    await again();
    return typeof removed === 'number' ? `${count(removed)} entries were removed.` : 'Removed.';
  });
}

/** @param {HTMLElement} place */
export async function cachesPart(place) {
  const caches = await admin('GET', 'caches');
  const again = () => cachesPart(place);
  const bar = (/** @type {number} */ used, /** @type {number} */ limit, /** @type {string} */ label) => h('p', { className: 'gauge' },
    h('span', null, `${label}: ${size(used)} of ${size(limit)}`), h('meter', { min: 0, max: Math.max(1, limit), value: used, 'aria-label': label }));
  const memory = caches.memory.reduce((/** @type {number} */ sum, /** @type {any} */ row) => sum + row.bytes, 0);
  fill(place, bar(memory, caches.memory_limit_bytes, 'Memory'), bar(caches.disk_bytes, caches.disk_limit_bytes, 'Disk'),
    grid('In memory', ['Tier', 'Size', 'Entries'], caches.memory.map((/** @type {any} */ row) => [row.tier, size(row.bytes), count(row.entries)])),
    grid('On disk', ['Tier', 'Size', 'Entries', ''], caches.disk.map((/** @type {any} */ row) => [row.tier, size(row.bytes), count(row.entries),
      button(`Purge ${row.tier}`, () => purge({ tier: row.tier }, `the tier “${row.tier}”`, again), { kind: 'small' })])),
    h('section', { className: 'card' }, h('h3', null, 'Purge'),
      h('div', { className: 'row wrap' }, table.families.map((family) => button(familyLabel(family.name), () => purge({ family: family.name }, `every ${familyLabel(family.name).toLowerCase()}`, again))),
        button('Everything', () => purge({ all: true }, 'everything', again), { kind: 'danger' }))));
}

/** @param {HTMLElement} place */
export async function titlesPart(place) {
  const field = h('input', { type: 'text', value: store.design.title.split('/')[1], autocomplete: 'off', spellcheck: false, maxLength: 64 });
  const told = h('div');
  const again = async () => undefined;
  fill(place, h('section', { className: 'card' }, h('h3', null, 'One title'),
    h('p', { className: 'help' }, `An id as addresses have it; in hand is ${titleName(store.design.title)}.`),
    h('div', { className: 'row wrap' }, labelled('Id', field),
      button('Purge', () => purge({ title: field.value.trim() }, field.value.trim(), again)),
      button('Show its artwork', () => attempt(() => artwork(told)), { kind: 'primary' }))), told);
}

/** The artwork there is of the title in hand, and which is chosen. @param {HTMLElement} place */
async function artwork(place) {
  const answer = await explain({ path: pathOf(store.design).replace(/\.\w+$/, ''), query: '' });
  const candidates = answer.artwork?.candidates ?? [];
  const { path, source, width, height, chosen } = answer.artwork ?? {};
  const id = overrideId(answer);
  fill(place, h('h3', null, answer.title?.name ?? ''),
    h('p', null, `Shown: ${source ?? ''} ${path ?? ''}, ${width} × ${height}${chosen ? `: ${typeof chosen === 'string' ? chosen : JSON.stringify(chosen)}` : ''}`),
    candidates.length === 0 ? h('p', { className: 'help' }, 'The server names no other artwork of this title.')
      : grid('Artwork', ['Path', 'From', 'Language', 'Size', 'Votes', ''], candidates.map((/** @type {any} */ row) => [
        row.path, row.source ?? '', row.language ?? '–', `${row.width ?? '?'} × ${row.height ?? '?'}`, count(row.votes), row.chosen ? 'shown'
          : CHOSEN.includes(store.design.family) && button('Use', () => attempt(async () => {
            await chooseArtwork(id, row.path);
            await artwork(place);
            return 'It is used from the next request on.';
          }), { kind: 'small' })])),
    answer.artwork?.override && button('Back to the server’s choice', () => attempt(async () => {
      await admin('DELETE', `overrides/${encodeURIComponent(id)}`);
      await artwork(place);
      return 'The server chooses again.';
    }), { kind: 'small' }));
  return 'Artwork read.';
}

/** Families whose artwork can be chosen for a title. */
const CHOSEN = ['poster', 'backdrop', 'logo'];

/**
 * Chooses a picture for the family in hand; what was chosen for the others stays.
 * @param {string} id
 * @param {string} path
 */
async function chooseArtwork(id, path) {
  const known = await admin('GET', 'overrides');
  const isIt = (/** @type {any} */ row) => row.id.split('-')[1] === id.split('-')[1] && row.id.startsWith('movie') === id.startsWith('movie');
  const before = known.overrides.find(isIt)?.artwork ?? {};
  const kept = Object.fromEntries(CHOSEN.map((family) => [family, before[family] ?? null]));
  await admin('PUT', `overrides/${encodeURIComponent(id)}`, { ...kept, [store.design.family]: path });
}

/** @param {any} told */
function overrideId(told) {
  const ids = told.title?.ids ?? {};
  return `${told.title?.media === 'movie' ? 'movie' : 'tv'}-${ids.tmdb}`;
}

