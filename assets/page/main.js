// Begins the page: reads the table, finds the design in the address, shows the part that is asked for.

import { store, written } from './design.js';
import { button, fill, h, say } from './dom.js';
import { layoutView } from './layout.js';
import { lookView } from './look.js';
import { serverView } from './server.js';
import { sheetView } from './sheet.js';
import { facts, loadTable } from './table.js';
import { useView } from './use.js';

/**
 * @typedef {{element: HTMLElement, show: () => void}} View
 */

/** Parts of the page by their word in the address. @type {Record<string, {title: string, make: () => View}>} */
const PARTS = {
  look: { title: 'Look', make: lookView },
  layout: { title: 'Designer', make: layoutView },
  sheet: { title: 'Hard cases', make: sheetView },
  use: { title: 'Use it', make: useView },
  server: { title: 'Server', make: serverView },
};

if (!facts.features.layouts) delete PARTS.layout;

/** @type {Record<string, View>} */
const views = {};
let shown = '';

const nav = /** @type {HTMLElement} */ (document.getElementById('nav'));
const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const offline = /** @type {HTMLElement} */ (document.getElementById('offline'));

/** The part that the address names; `server/keys` is within `server`. */
function part() {
  const word = location.hash.slice(1).split('?')[0].split('/')[0];
  return word in PARTS ? word : 'look';
}

function showPart() {
  const word = part();
  views[word] ??= PARTS[word].make();
  if (word !== shown) {
    fill(main, h('h1', { className: 'away' }, `Laurel: ${PARTS[word].title}`), views[word].element);
    document.title = `${PARTS[word].title} · Laurel`;
    if (shown) {
      main.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    shown = word;
  }
  for (const link of nav.querySelectorAll('a')) {
    const current = link.dataset.part === word;
    if (current) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  views[word].show();
}

/** Links between the parts take the design along. @param {MouseEvent} event */
function followLink(event) {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const hash = link?.getAttribute('href');
  if (!hash?.startsWith('#') || hash === '#main' || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const address = `${hash}?${written(store.design)}`;
  if (address !== location.hash) history.pushState(null, '', address);
  showPart();
}

/** @param {KeyboardEvent} event */
function shortcut(event) {
  const typing = event.target instanceof HTMLInputElement && ['text', 'search', 'url', 'number', 'password'].includes(event.target.type);
  if (!(event.ctrlKey || event.metaKey) || event.altKey || typing || event.target instanceof HTMLTextAreaElement) return;
  const key = event.key.toLowerCase();
  if (part() !== 'look' || (key !== 'z' && key !== 'y')) return;
  event.preventDefault();
  if (key === 'y' || event.shiftKey) store.redo();
  else store.undo();
}

function listen() {
  document.addEventListener('click', followLink);
  document.addEventListener('keydown', shortcut);
  document.addEventListener('laurel:reachable', (event) => {
    offline.hidden = /** @type {CustomEvent<boolean>} */ (event).detail;
  });
  document.addEventListener('laurel:expired', () => say('The admin token is not valid any more. Enter it again under Server.', 'bad'));
  document.addEventListener('laurel:token', () => views[shown]?.show());
  addEventListener('popstate', () => {
    store.restore();
    showPart();
  });
  store.addEventListener('changed', () => {
    if (shown) views[shown].show();
  });
}

async function begin() {
  fill(nav, Object.entries(PARTS).map(([word, { title }]) => h('a', { href: `#${word}`, 'data-part': word }, title)));
  try {
    await loadTable();
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    fill(main, h('h1', null, 'Laurel'), h('p', { className: 'note' }, text), button('Try again', () => location.reload()));
    return;
  }
  store.restore();
  listen();
  showPart();
  document.documentElement.dataset.ready = 'true';
}

void begin();
