// What the owner sees of the server, and changes: behind the admin token.

import { admin, setToken, token } from './api.js';
import { button, fill, h } from './dom.js';
import { cachesPart, titlesPart } from './server-caches.js';
import { keysPart } from './server-keys.js';
import { profilesPart } from './server-profiles.js';
import { datasetsPart, providersPart, rendersPart, settingsPart } from './server-state.js';

/**
 * @typedef {(place: HTMLElement) => Promise<void>} Draw
 */

/** Sections by their word in the address. @type {Record<string, {title: string, draw: Draw}>} */
const SECTIONS = {
  keys: { title: 'Keys', draw: keysPart },
  profiles: { title: 'Profiles', draw: profilesPart },
  titles: { title: 'Titles', draw: titlesPart },
  caches: { title: 'Caches', draw: cachesPart },
  providers: { title: 'Providers', draw: providersPart },
  datasets: { title: 'Data sets', draw: datasetsPart },
  renders: { title: 'Renders', draw: rendersPart },
  settings: { title: 'Settings', draw: settingsPart },
};

/** @returns {{element: HTMLElement, show: () => void}} */
export function serverView() {
  const element = h('div', { className: 'page' });
  let drawn = '';
  const show = () => {
    const section = location.hash.slice(1).split('?')[0].split('/')[1] ?? 'keys';
    const word = section in SECTIONS ? section : 'keys';
    const state = token() ? word : 'locked';
    if (state === drawn && state === 'locked') return;
    drawn = state;
    if (token()) open(element, word);
    else fill(element, lock());
  };
  return { element, show };
}

/** The field for the token. */
function lock() {
  const field = h('input', { type: 'password', id: 'token', autocomplete: 'off', spellcheck: false, placeholder: 'Admin token' });
  const note = h('p', { className: 'warning', role: 'alert' });
  const enter = async () => {
    const text = field.value.trim();
    if (!text) return;
    setTokenQuietly(text);
    try {
      await admin('GET', 'settings');
      setToken(text);
    } catch (error) {
      setTokenQuietly('');
      note.textContent = error instanceof Error ? error.message : 'The token was refused.';
      field.select();
    }
  };
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter') void enter(); });
  return h('section', { className: 'card lock' }, h('h2', null, 'Server'),
    h('p', null, 'Keys, profiles, caches and the state of this server are shown with the admin token.'),
    h('p', { className: 'help' }, 'It was printed when the server first started, or is LAUREL_ADMIN_TOKEN. It stays in this tab, never in an address, and is forgotten when the tab is closed.'),
    h('div', { className: 'row' }, h('label', { className: 'grow' }, h('span', { className: 'away' }, 'Admin token'), field), button('Enter', enter, { kind: 'primary' })), note);
}

/** Without telling the page, which is told once the token is known to be good. @param {string} text */
function setTokenQuietly(text) {
  if (text) sessionStorage.setItem('laurel.token', text);
  else sessionStorage.removeItem('laurel.token');
}

/**
 * @param {HTMLElement} element
 * @param {string} word
 */
function open(element, word) {
  const place = h('div', { className: 'section' });
  const links = Object.entries(SECTIONS).map(([name, { title }]) => h('a', {
    href: `#server/${name}`, 'aria-current': name === word ? 'true' : null,
  }, title));
  fill(element,
    h('div', { className: 'section-head' }, h('h2', null, 'Server'), button('Forget the token', () => setToken(''), { kind: 'small' })),
    h('nav', { className: 'sections', 'aria-label': 'Sections' }, links), place);
  void draw(place, SECTIONS[word].draw);
}

/**
 * @param {HTMLElement} place
 * @param {Draw} run
 */
async function draw(place, run) {
  fill(place, h('p', { className: 'help' }, 'Loading …'));
  try {
    await run(place);
  } catch (error) {
    fill(place, h('p', { className: 'warning' }, error instanceof Error ? error.message : ''), button('Try again', () => draw(place, run)));
  }
}
