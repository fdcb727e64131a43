// Reads an address of before: of another service, or of this one.

import { admin, ApiFailure, token } from './api.js';
import { store } from './design.js';
import { button, fill, h, say } from './dom.js';
import { facts, family, option, table } from './table.js';

/**
 * An address of our own form, read here; others are read by the server, which knows their words.
 * @param {string} text
 * @returns {{family: string, options: Record<string, string>, unknown: string[]} | null}
 */
export function readOwn(text) {
  /** @type {URL} */
  let url;
  try {
    url = new URL(text.trim(), document.baseURI);
  } catch {
    return null;
  }
  const segments = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const styleAt = segments.findIndex((segment, index) => index > 0 && table.id_types.includes(segments[index - 1])
    && table.families.some((row) => row.words.includes(segment.split('-')[0])));
  if (styleAt < 0) return null;
  const [word, variant = 'default'] = segments[styleAt].split('-');
  const found = table.families.find((row) => row.words.includes(word)) ?? family('poster');
  /** @type {Record<string, string>} */
  const options = word === 'textless' ? { textless: 'true' } : {};
  if (option('look')?.value.words?.includes(variant)) options.look = variant;
  if (variant === 'rt') Object.assign(options, { ratings_order: 'imdb,rt,rta', ratings_limit: '3' });
  if (variant === 'mc') Object.assign(options, { ratings_order: 'imdb,mc', ratings_limit: '2' });
  const unknown = [];
  for (const [name, value] of url.searchParams) {
    const row = table.options.find((known) => [known.name, ...known.aliases].some((own) => own.toLowerCase() === name.toLowerCase()));
    if (!row || !row.families.includes(found.name)) unknown.push(name);
    else if (value) options[row.name] = ours(row.name, value);
  }
  return { family: found.name, options, unknown };
}

/** @param {string} text */
const sameHost = (text) => URL.canParse(text.trim()) && new URL(text.trim()).host === location.host;

/** RPDB's words for places. @type {Record<string, string>} */
const PLACES = {
  bottom: 'bc', top: 'tc', left: 'l', 'left-center': 'l', right: 'r', 'right-center': 'r',
  'left-top': 'tl', 'right-top': 'tr', 'left-bottom': 'bl', 'right-bottom': 'br',
};

/**
 * A value by the word that the form has for it.
 * @param {string} name
 * @param {any} value
 */
function ours(name, value) {
  const text = String(value);
  const { words = [] } = option(name)?.value ?? {};
  return words.includes(PLACES[text]) && !words.includes(text) ? PLACES[text] : text;
}

/** @param {string} text */
async function readAddress(text) {
  if (token() || facts.demo) {
    const own = readOwn(text);
    if (own && sameHost(text)) return { ...own, service: '' };
    const read = await admin('POST', 'import', { address: text.trim() });
    const options = Object.fromEntries(Object.entries(read.options).map(([name, value]) => [name, ours(name, value)]));
    return { family: read.family, options, unknown: read.without_counterpart, service: read.service };
  }
  const own = readOwn(text);
  return own && { ...own, service: '' };
}

export function importer() {
  const field = h('input', { type: 'url', placeholder: 'https://…', autocomplete: 'off', spellcheck: false, id: 'old-address' });
  const note = h('p', { className: 'help', role: 'status' });
  const take = async () => {
    if (!field.value.trim()) return;
    try {
      const read = await readAddress(field.value);
      if (!read) {
        fill(note, 'That is no address of a picture. The form is …/imdb/poster-default/tt0903747.jpg?…');
        return;
      }
      store.change((design) => {
        design.family = read.family;
        design.options = read.options;
      });
      field.value = '';
      const lost = read.unknown.length ? ` Without a counterpart here: ${read.unknown.join(', ')}.` : '';
      fill(note, `Taken over.${lost}`);
      say('The address was taken over.');
    } catch (error) {
      const fields = error instanceof ApiFailure ? error.fields.map((wrong) => wrong.message).join('; ') : '';
      fill(note, fields || (error instanceof Error ? error.message : ''));
    }
  };
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter') void take(); });
  return h('details', { className: 'group', 'data-group': 'import' },
    h('summary', null, h('span', { className: 'heading' }, 'Take over an old address')),
    h('p', { className: 'help' }, 'Paste an address of RPDB, AIO Ratings, OpenPosterDB or this server. Keys in it are forgotten.'),
    h('div', { className: 'row' }, h('label', { className: 'grow' }, h('span', { className: 'away' }, 'Old address'), field), button('Take over', take)), note);
}
