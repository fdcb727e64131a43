// The design in hand: a family, a title and what is asked of the picture. It lives in the page's address, so that a
// reload, the back button and a second tab all find it; the last one is kept for the next visit, too.

import { Steps } from './steps.js';
import { facts, fallbackOf, family, option, optionsOf, table } from './table.js';

/**
 * @typedef {object} Design
 * @property {string} family
 * @property {string} title `imdb/tt0903747`
 * @property {string} episode `1:2`: season and episode
 * @property {string} format
 * @property {Record<string, string>} options as an address writes them
 */

const LAST = 'laurel.design';

/** @returns {Design} */
function fresh() {
  const title = facts.titles[3]?.id ?? facts.titles[0]?.id ?? `imdb/${facts.sample}`;
  return { family: table.families[0]?.name ?? 'poster', title, episode: '1:1', format: '', options: {} };
}

/**
 * @param {Design} design
 * @returns {string}
 */
export function written(design) {
  const query = new URLSearchParams({ family: design.family, title: design.title });
  if (design.episode !== '1:1') query.set('episode', design.episode);
  if (design.format) query.set('format', design.format);
  for (const [name, value] of Object.entries(design.options)) query.set(`.${name}`, value);
  return query.toString().replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%3A', ':');
}

/**
 * What an address of this page says; anything odd in it is passed over.
 * @param {string} text
 * @returns {Design | null}
 */
export function readDesign(text) {
  const query = new URLSearchParams(text);
  if (!query.get('family')) return null;
  const design = fresh();
  const known = table.families.some((row) => row.name === query.get('family'));
  if (known) design.family = query.get('family') ?? design.family;
  const title = query.get('title') ?? '';
  if (/^[a-z]{3,8}\/[A-Za-z0-9:_-]{1,80}$/.test(title)) design.title = title;
  const episode = query.get('episode') ?? '';
  if (/^\d{1,5}:\d{1,5}$/.test(episode)) design.episode = episode;
  const format = query.get('format') ?? '';
  if (/^(jpg|png|webp|avif)$/.test(format)) design.format = format;
  for (const [name, value] of query) {
    if (name.startsWith('.') && option(name.slice(1)) && value.length <= 300) design.options[name.slice(1)] = value;
  }
  return design;
}

/**
 * The options that say something: not the default, and of the family.
 * @param {Design} design
 * @returns {[string, string][]}
 */
export function said(design) {
  return optionsOf(design.family)
    .filter((row) => row.name in design.options && design.options[row.name] !== fallbackOf(row, design.family, design.options).value)
    .map((row) => [row.name, design.options[row.name]]);
}

/**
 * The shortest query that says it.
 * @param {Design} design
 */
export function queryOf(design) {
  const query = new URLSearchParams(said(design));
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/** The extension an address has. @param {Design} design */
export const formatOf = (design) => design.format || family(design.family).format;

/**
 * `imdb/poster-default/tt0903747.jpg`; `id` stands in for the title's where a pattern is wanted.
 * @param {Design} design
 * @param {string} [style]
 */
export function pathOf(design, style = 'default') {
  const [type, id] = design.title.split('/');
  const [season] = design.episode.split(':');
  let whole = id;
  if (design.family === 'episode') whole = `${id}:${design.episode}`;
  if (design.family === 'season') whole = `${id}-S${season}`;
  return `${type}/${design.family}-${style}/${whole}.${formatOf(design)}`;
}

/**
 * What the preview is asked for.
 * @param {Design} design
 * @returns {import('./api.js').Wanted}
 */
export const wantedOf = (design) => ({ path: pathOf(design), query: queryOf(design) });

/** One design with its history; tells `changed` listeners. */
export class Store extends EventTarget {
  constructor() {
    super();
    /** @type {Design} */
    this.design = fresh();
    this.steps = new Steps();
  }

  /** From the address, else as it was last left. */
  restore() {
    const fromAddress = readDesign(location.hash.split('?')[1] ?? '');
    const kept = readDesign(localStorage.getItem(LAST) ?? '');
    const titleIsHere = (/** @type {Design} */ of) => !facts.demo || facts.titles.some((title) => title.id === of.title);
    this.design = fromAddress ?? (kept && titleIsHere(kept) ? kept : fresh());
    this.keep();
    this.tell();
  }

  /**
   * @param {(design: Design) => void} edit
   * @param {string} [name] of the option, so that dragging a slider is one step
   */
  change(edit, name = '') {
    const before = written(this.design);
    edit(this.design);
    if (written(this.design) === before) return;
    this.save(this.steps.add(before, name));
    this.tell();
  }

  /**
   * @param {string} name
   * @param {string | null} value `null`: the default
   */
  set(name, value) {
    // Sliders and colours pass through many values on their way to one.
    const glides = ['number', 'colours'].includes(option(name)?.value.kind ?? '');
    this.change((design) => {
      if (value === null || value === '') delete design.options[name];
      else design.options[name] = value;
    }, glides ? name : '');
  }

  undo() {
    this.put(this.steps.undo(written(this.design)));
  }

  redo() {
    this.put(this.steps.redo(written(this.design)));
  }

  /** @param {string | undefined} text */
  put(text) {
    const design = text === undefined ? null : readDesign(text);
    if (!design) return;
    this.design = design;
    this.save(true);
    this.tell();
  }

  /** @param {boolean} asStep whether the back button comes back here */
  save(asStep) {
    this.keep();
    const text = written(this.design);
    const view = location.hash.split('?')[0] || '#look';
    const address = `${view}?${text}`;
    if (asStep) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  }

  /** For the next visit. */
  keep() {
    try {
      localStorage.setItem(LAST, written(this.design));
    } catch {
      // A full or forbidden store costs only the next visit.
    }
  }

  tell() {
    this.dispatchEvent(new Event('changed'));
  }
}

export const store = new Store();
