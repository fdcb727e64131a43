// What the server says of itself: providers, data sets, recent pictures, settings.

import { admin, explain } from './api.js';
import { button, fill, h } from './dom.js';
import { attempt, count, grid, when } from './parts.js';
import { size } from './preview.js';

/** @param {HTMLElement} place */
export async function providersPart(place) {
  const { providers } = await admin('GET', 'providers');
  fill(place, grid('Providers', ['Provider', 'State', 'Keys', 'Calls today', 'Left', 'Last answer', 'Last failure'], providers.map((/** @type {any} */ row) => [
    row.provider, h('span', { className: `state ${row.circuit}` }, row.paused_secs ? `${row.circuit}, rests ${row.paused_secs} s` : row.circuit),
    row.keys_resting ? `${row.keys}, ${row.keys_resting} resting` : count(row.keys),
    row.daily_calls ? `${count(row.calls_today)} of ${count(row.daily_calls)}` : count(row.calls_today),
    [count(row.calls_left), row.quota_resets_at ? [' until ', when(row.quota_resets_at)] : null], when(row.last_success), failed(row.last_failure),
  ])), button('Look again', () => providersPart(place), { kind: 'small' }));
}

/** @param {any} last */
function failed(last) {
  if (last === null || last === undefined) return '–';
  return typeof last === 'object' ? [last.reason ?? last.message ?? '', ' ', when(last.at ?? null)] : when(last);
}

/** @param {HTMLElement} place */
export async function datasetsPart(place) {
  const { datasets } = await admin('GET', 'datasets');
  fill(place, grid('Data sets', ['Data set', 'From', 'Rows', 'Size', 'Built', 'State'], datasets.map((/** @type {any} */ row) => [
    row.set, row.on ? row.source_host ?? '' : 'off', count(row.rows), size(row.size_bytes ?? 0), when(row.built_at),
    row.last_error ?? row.error ?? (row.rows ? 'ready' : '–'),
  ])));
}

/** @param {HTMLElement} place */
export async function rendersPart(place) {
  const { renders, errors } = await admin('GET', 'renders');
  const told = h('div', { role: 'status' });
  const why = (/** @type {any} */ row) => button('Why', () => attempt(async () => {
    const [path, query = ''] = row.address.split('?');
    const answer = await explain({ path: path.replace(/\.\w+$/, ''), query });
    fill(told, h('details', { open: true, className: 'card' }, h('summary', null, row.address),
      h('pre', { tabIndex: 0, role: 'region', 'aria-label': 'Explanation' }, JSON.stringify(answer, null, 2))));
    told.scrollIntoView({ block: 'nearest' });
    return 'The explanation is below the tables.';
  }), { kind: 'small' });
  const rows = (/** @type {any[]} */ list) => list.slice(0, 60).map((row) => [h('code', null, row.address), row.outcome, `${row.duration_ms} ms`, when(row.at), why(row)]);
  const head = ['Address', 'Outcome', 'Took', 'When', ''];
  fill(place, grid('Errors', head, rows(errors)), grid('Pictures that were made', head, rows(renders)), told);
}

/** @param {HTMLElement} place */
export async function settingsPart(place) {
  const { settings } = await admin('GET', 'settings');
  fill(place, h('p', { className: 'help' }, 'Settings are environment variables or flags of laurel serve; secrets are masked.'),
    grid('Settings in force', ['Setting', 'Value', 'From', 'Meaning'], settings.map((/** @type {any} */ row) => [
      h('code', null, row.name), h('code', null, row.value ?? '–'), row.is_set ? 'set' : 'default', row.help])));
}
