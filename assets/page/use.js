// The finish: lines to copy into every client.

import { admin, at, token } from './api.js';
import { CLIENTS } from './clients.js';
import { formatOf, queryOf, store } from './design.js';
import { button, copyLine, fill, h, say } from './dom.js';
import { spaced } from './labels.js';
import { facts, table } from './table.js';

/** Stays in this tab: a key is half a secret. */
const KEY = 'laurel.key';

const key = () => sessionStorage.getItem(KEY) ?? facts.public_key ?? '';

/**
 * The address of this look in a family, for an id or a place for one.
 * @param {string} family
 * @param {string} id
 */
function pattern(family, id) {
  const design = { ...store.design, family };
  const own = queryOf(design);
  const format = family === store.design.family ? formatOf(design) : table.families.find((row) => row.name === family)?.format ?? 'jpg';
  return `${at('')}${key() || 'KEY'}/imdb/${family}-default/${id}.${format}${own ? `?${own}` : ''}`;
}

/** @returns {{element: HTMLElement, show: () => void}} */
export function useView() {
  const keyPlace = h('section', { className: 'card' });
  const clients = h('section', { className: 'cards' });
  const plex = h('section', { className: 'card' });
  const stremio = h('section', { className: 'card' });
  let drawnKey = 'none';
  const show = () => {
    const state = `${key()} ${token()}`;
    if (state !== drawnKey) {
      drawnKey = state;
      drawKey(keyPlace, show);
      void drawStremio(stremio);
    }
    drawClients(clients);
    // A server before these protocols has nothing to tell of them.
    plex.hidden = !facts.features.plex;
    stremio.hidden = !facts.features.stremio;
    if (facts.features.plex) drawPlex(plex);
  };
  return {
    element: h('div', { className: 'page narrow' }, h('h2', null, 'Use this look'), keyPlace, clients, plex, stremio),
    show,
  };
}

/**
 * @param {HTMLElement} place
 * @param {() => void} changed
 */
function drawKey(place, changed) {
  const field = h('input', {
    type: 'text', id: 'key', value: key(), maxLength: 64, pattern: '[A-Za-z0-9_.\\-]+', autocomplete: 'off', spellcheck: false,
    placeholder: 't3-…',
    onchange: () => {
      if (field.checkValidity() && field.value) sessionStorage.setItem(KEY, field.value);
      else sessionStorage.removeItem(KEY);
      changed();
    },
  });
  const make = button('Make a key', async () => {
    try {
      const made = await admin('POST', 'keys', { name: `Made on the page ${new Date().toISOString().slice(0, 16)}`, scopes: ['plex', 'stremio'] })
        .catch(() => admin('POST', 'keys', { name: `Made on the page ${new Date().toISOString().slice(0, 16)}` }));
      sessionStorage.setItem(KEY, made.key);
      say('A key was made. It is shown this once.');
      changed();
    } catch (error) {
      say(error instanceof Error ? error.message : 'No key was made.', 'bad');
    }
  }, { kind: 'primary' });
  const free = key() === facts.public_key && facts.public_key;
  fill(place, h('h3', null, 'Your key'),
    h('p', { className: 'help' }, 'It stands in every address below. It stays in this tab and is kept nowhere.'),
    h('div', { className: 'row' }, h('label', { className: 'grow' }, h('span', { className: 'away' }, 'Key'), field), token() ? make : null),
    free && h('p', { className: 'help' }, 'This is the demo’s key, which everybody has.'),
    !token() && h('p', { className: 'help' }, 'One was printed when the server first started; ', h('code', null, 'laurel keys create'), ' makes another, and so does this page with the ',
      h('a', { href: '#server' }, 'admin token'), '.'));
}

/** @param {HTMLElement} place */
function drawPlex(place) {
  const root = `${at('')}plex/${key() || 'KEY'}`;
  const own = queryOf({ ...store.design, family: 'poster' });
  const look = own ? `~${own}` : '';
  fill(place, h('h3', null, 'Plex'),
    h('p', { className: 'help' }, 'Plex Media Server 1.43 or later: Settings, Metadata Agents, Add Provider. One address for films, one for series. The key has to have the scope “plex”.'),
    copyLine(`${root}/movie${look}`, 'the provider of films'), copyLine(`${root}/tv${look}`, 'the provider of series'));
}

/** Saved wrappers, and a form for the next. @param {HTMLElement} place */
async function drawStremio(place) {
  const head = [h('h3', null, 'Stremio'),
    h('p', { className: 'help' }, 'Wraps an add-on, so that its catalogue comes with these pictures. Streams go past this server.')];
  if (!token()) {
    fill(place, head, h('p', { className: 'help' }, 'Needs the ', h('a', { href: '#server' }, 'admin token'), '.'));
    return;
  }
  const field = h('input', { type: 'url', placeholder: 'https://…/manifest.json', autocomplete: 'off', spellcheck: false });
  const made = h('div', { role: 'status' });
  const wrap = button('Wrap', async () => {
    try {
      const answer = await admin('POST', 'stremio', { manifest_url: field.value.trim(), key: key() });
      fill(made, copyLine(answer.manifest_url, 'the wrapped add-on'));
    } catch (error) {
      fill(made, h('p', { className: 'warning' }, error instanceof Error ? error.message : ''));
    }
  });
  fill(place, head, h('div', { className: 'row' }, h('label', { className: 'grow' }, h('span', { className: 'away' }, 'Address of the add-on’s manifest'), field), wrap), made);
}

/** @param {HTMLElement} place */
function drawClients(place) {
  const host = at('').replace(/\/$/, '');
  const own = { host, key: key() || 'KEY', root: `${host}/${key() || 'KEY'}`, pattern };
  fill(place, CLIENTS.map((client) => h('section', { className: 'card' }, h('h3', null, client.name), h('p', { className: 'help' }, client.recipe),
    client.lines(own).map(([label, line]) => h('div', { className: 'pattern' }, h('span', { className: 'label' }, spaced(label)), copyLine(line, `${label} for ${client.name}`))))));
}
