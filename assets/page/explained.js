// Why the picture is what it is, in the server's own words.

import { explain } from './api.js';
import { store, wantedOf } from './design.js';
import { fill, h, settled } from './dom.js';
import { isLocked } from './preview.js';

export function explanation() {
  const body = h('div', { className: 'explained' });
  const details = h('details', { className: 'group', 'data-group': 'why', ontoggle: () => ask() },
    h('summary', null, h('span', { className: 'heading' }, 'Why this picture')), body);
  let asked = '';
  const ask = async () => {
    if (!details.open || isLocked()) return;
    const wanted = wantedOf(store.design);
    const key = JSON.stringify(wanted);
    if (key === asked) return;
    asked = key;
    try {
      const told = await explain({ ...wanted, path: wanted.path.replace(/\.\w+$/, '') });
      if (asked === key) fill(body, summary(told));
    } catch (error) {
      asked = '';
      fill(body, h('p', { className: 'warning' }, error instanceof Error ? error.message : ''));
    }
  };
  return { element: details, show: settled(400, ask) };
}

/** @param {any} told */
function summary(told) {
  const rows = (told.ratings ?? []).map((/** @type {any} */ rating) => h('tr', { className: rating.shown_at ? '' : 'off' },
    h('th', { scope: 'row' }, rating.source), h('td', null, rating.text),
    h('td', null, rating.votes === null || rating.votes === undefined ? '' : `${rating.votes.toLocaleString('en')} votes`),
    h('td', null, rating.provider), h('td', null, rating.shown_at ? `badge ${rating.shown_at}` : 'not shown')));
  const facts = [
    ['Title', `${told.title?.name ?? '–'} (${told.title?.media ?? '?'})`],
    ['Artwork', `${told.artwork?.source ?? ''} ${told.artwork?.path ?? ''}, ${told.artwork?.width} × ${told.artwork?.height}`],
    ['Cache', `${told.cache?.state ?? ''}, next look at the data ${told.cache?.next_refresh ?? ''}`],
    ['Time', `${told.timing?.total_ms ?? 0} ms`],
  ];
  return [
    h('dl', null, facts.map(([name, text]) => [h('dt', null, name), h('dd', null, text)])),
    rows.length ? h('div', { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Ratings' },
      h('table', null, h('caption', null, 'Ratings'), h('tbody', null, rows))) : h('p', null, 'There are no ratings of this title.'),
    h('details', null, h('summary', null, 'The whole explanation'),
      h('pre', { tabIndex: 0, role: 'region', 'aria-label': 'The whole explanation' }, JSON.stringify(told, null, 2))),
  ];
}
