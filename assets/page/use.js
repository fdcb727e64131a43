// The finish: lines to copy into every client, from the server's own table of clients.

import { admin, at, read, token } from './api.js';
import { queryOf, said, store } from './design.js';
import { button, copyLine, fill, h, say } from './dom.js';
import { plain } from './labels.js';
import { attempt, labelled } from './parts.js';
import { facts, table } from './table.js';

/** Stays in this tab: a key is half a secret. */
const KEY = 'laurel.key';

const key = () => sessionStorage.getItem(KEY) ?? facts.public_key ?? '';

/**
 * @typedef {{id: string, name: string, recipe: string, works: string, limits: string, lines: {field: string, text: string}[]}} Client
 */

/**
 * A line of the server's table with this key and this look in it.
 * @param {string} text
 */
export function withLook(text) {
  const keyed = text.replaceAll('/KEY/', `/${key() || 'KEY'}/`).replace(/^KEY$/, key() || 'KEY');
  const families = table.families.map((row) => row.name).join('|');
  const found = new RegExp(`/(${families})-default/[^?\\s]+`).exec(keyed);
  if (found) {
    const own = queryOf({ ...store.design, family: found[1] });
    const end = found.index + found[0].length;
    const rest = keyed.slice(end);
    const query = `?${own}${rest.replace(/^\?/, '&')}`;
    // Within XML an ampersand is written in full.
    return own ? keyed.slice(0, end) + (keyed.startsWith('<') ? query.replaceAll('&', '&amp;') : query) : keyed;
  }
  const own = queryOf({ ...store.design, family: 'poster' });
  // A line of parameters alone is an example of a look.
  if (own && /^\w+=[^/]*$/.test(keyed)) return own;
  return /\/plex\/[^/]+\/(movie|tv)$/.test(keyed) && own ? `${keyed}~${own}` : keyed;
}

/** @returns {{element: HTMLElement, show: () => void}} */
export function useView() {
  const keyPlace = h('section', { className: 'card' });
  const stremio = h('section', { className: 'card' });
  const clients = h('div', { className: 'cards' });
  let drawn = 'none';
  const show = () => {
    const state = `${key()} ${token()}`;
    if (state !== drawn) {
      drawn = state;
      drawKey(keyPlace, show);
      drawStremio(stremio);
    }
    void drawClients(clients);
  };
  return { element: h('div', { className: 'page narrow' }, h('h2', null, 'Use this look'), keyPlace, clients, stremio), show };
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
  const make = button('Make a key', () => attempt(async () => {
    const made = await admin('POST', 'keys', { name: `Made on the page ${new Date().toISOString().slice(0, 19)}`, scopes: ['plex', 'stremio'] });
    sessionStorage.setItem(KEY, made.key);
    changed();
    return 'A key was made. It is shown this once.';
  }), { kind: 'primary' });
  const free = key() === facts.public_key && facts.public_key;
  fill(place, h('h3', null, 'Your key'),
    h('p', { className: 'help' }, 'It stands in every address below. It stays in this tab and is kept nowhere.'),
    h('div', { className: 'row' }, h('label', { className: 'grow' }, h('span', { className: 'away' }, 'Key'), field), token() ? make : null),
    free && h('p', { className: 'help' }, 'This is the demo’s key, which everybody has.'),
    !token() && h('p', { className: 'help' }, 'One was printed when the server first started; ', h('code', null, 'laurel keys create'), ' makes another, and so does this page with the ',
      h('a', { href: '#server' }, 'admin token'), '.'));
}

/** @type {Client[]} */
let known = [];

/** @param {HTMLElement} place */
async function drawClients(place) {
  try {
    if (known.length === 0) known = (await read('api/clients')).clients;
  } catch (error) {
    say(error instanceof Error ? error.message : '', 'bad');
  }
  // What is being filled in stays.
  const open = document.activeElement instanceof HTMLInputElement && place.contains(document.activeElement);
  if (open) return;
  fill(place, known.map((client) => h('section', { className: 'card', 'data-client': client.id }, h('h3', null, client.name),
    h('p', { className: 'help' }, plain(client.recipe)),
    client.lines.map(({ field, text }) => h('div', { className: 'pattern' }, h('span', { className: 'label' }, field),
      copyLine(withLook(text), `${field} for ${client.name}`))),
    client.id === 'aiometadata' && token() && oneClick(),
    h('p', { className: 'help' }, h('b', null, 'Works: '), plain(client.works)),
    client.limits && h('p', { className: 'help' }, h('b', null, 'Does not: '), plain(client.limits)))));
}

/** AIOMetadata takes its patterns by its own API: what would change is shown first. */
function oneClick() {
  const url = h('input', { type: 'url', placeholder: 'https://…', autocomplete: 'off' });
  const uuid = h('input', { type: 'text', autocomplete: 'off', spellcheck: false });
  const password = h('input', { type: 'password', autocomplete: 'off' });
  const changes = h('pre', { tabIndex: 0, role: 'region', 'aria-label': 'What changes', hidden: true });
  const send = (/** @type {boolean} */ apply) => attempt(async () => {
    const told = await admin('POST', 'clients/aiometadata', { url: url.value.trim(), uuid: uuid.value.trim(), password: password.value, key: key(), apply });
    changes.hidden = false;
    fill(changes, JSON.stringify(told.changes, null, 2));
    return apply ? 'AIOMetadata is set up.' : 'Nothing was changed yet: see what would be.';
  });
  return h('details', null, h('summary', null, 'Set it up from here'),
    h('p', { className: 'help' }, 'The default patterns are entered; for a look of your own give the key a profile. The password is kept nowhere.'),
    h('div', { className: 'fields' }, labelled('Address of AIOMetadata', url), labelled('UUID of the configuration', uuid), labelled('Its password', password)),
    h('div', { className: 'row' }, button('Show what changes', () => send(false)), button('Set up', () => send(true), { kind: 'primary' })), changes);
}

/** Wraps an add-on. @param {HTMLElement} place */
function drawStremio(place) {
  const head = [h('h3', null, 'Wrap an add-on of Stremio'),
    h('p', { className: 'help' }, 'Its catalogue comes with these pictures. Streams go past this server. The key has to have the scope “stremio”.')];
  if (!token()) {
    fill(place, head, h('p', { className: 'help' }, 'Needs the ', h('a', { href: '#server' }, 'admin token'), '.'));
    return;
  }
  const name = h('input', { type: 'text', maxLength: 40, autocomplete: 'off' });
  const url = h('input', { type: 'url', placeholder: 'https://…/manifest.json', autocomplete: 'off', spellcheck: false });
  const made = h('div', { role: 'status' });
  const wrap = button('Wrap', () => attempt(async () => {
    const options = Object.fromEntries(said({ ...store.design, family: 'poster' }));
    const answer = await admin('POST', 'stremio', { name: name.value.trim(), url: url.value.trim(), options });
    fill(made, copyLine(answer.manifest_url.replace('{key}', key() || 'KEY'), 'the wrapped add-on'));
    return 'The add-on is wrapped: install the address below.';
  }), { kind: 'primary' });
  fill(place, head, h('div', { className: 'fields' }, labelled('Name', name), labelled('Address of its manifest', url)), h('p', null), wrap, made);
}
