// Picks the title that is looked at: of the demo catalogue, by name, or by an id.

import { admin, at, token } from './api.js';
import { fill, h, settled, uniqueId } from './dom.js';
import { facts, table } from './table.js';

/**
 * @typedef {{id: string, name: string, shows: string}} Title
 * @typedef {import('./design.js').Design} Design
 */

/** Names of titles that were found, by their path, for this tab. */
const NAMES = 'laurel.names';

/** @returns {Record<string, string>} */
function names() {
  try {
    return JSON.parse(sessionStorage.getItem(NAMES) ?? '{}');
  } catch {
    return {};
  }
}

/** @param {string} id */
export const titleName = (id) => facts.titles.find((title) => title.id === id)?.name ?? names()[id] ?? id.split('/')[1];

/** @param {string} id @param {string} name */
function remember(id, name) {
  sessionStorage.setItem(NAMES, JSON.stringify({ ...names(), [id]: name }));
}

/**
 * An id as people have it, as the path it has in an address.
 * @param {string} text
 * @returns {string | null}
 */
export function readId(text) {
  const id = text.trim();
  if (/^tt\d{5,10}$/i.test(id)) return `imdb/${id.toLowerCase()}`;
  const found = /^(?:https?:\/\/[^ ]*?)?(imdb|tmdb|tvdb|mal|kitsu|anilist|anidb)[/:]([A-Za-z0-9-]{1,40})$/i.exec(id);
  if (found) return `${found[1].toLowerCase()}/${found[2]}`;
  const page = /(tt\d{5,10})/.exec(id) ?? /themoviedb\.org\/(movie|tv)\/(\d+)/.exec(id);
  if (page) return page[1].startsWith('tt') ? `imdb/${page[1]}` : `tmdb/${page[1]}-${page[2]}`;
  return null;
}

export class TitlePicker {
  /** @param {(edit: (design: Design) => void) => void} change */
  constructor(change) {
    this.change = change;
    this.list = h('div', { className: 'titles', role: 'radiogroup', 'aria-label': 'Title' });
    this.found = h('ul', { className: 'found', 'aria-label': 'Titles found' });
    this.episodes = h('div', { className: 'episode' });
    this.note = h('p', { className: 'help', role: 'status' });
    this.name = uniqueId();
    this.shownTitle = '';
    const search = settled(250, (/** @type {string} */ text) => this.search(text));
    const field = h('input', {
      type: 'search', id: 'title-search', autocomplete: 'off', spellcheck: false,
      placeholder: facts.demo ? 'tt… or tmdb:movie-603' : 'Name, tt… or tmdb:movie-603',
      oninput: () => search(field.value),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === 'Enter') this.search(field.value);
      },
    });
    const label = facts.demo ? 'Or an id' : 'Search by name or id';
    this.element = h('section', { className: 'title-picker', 'aria-label': 'Title' },
      facts.demo ? this.list : null, h('label', { className: 'search' }, label, field), this.note, this.found, this.episodes);
    if (facts.demo) this.build();
  }

  build() {
    const key = facts.public_key;
    fill(this.list, facts.titles.map((title) => {
      const radio = h('input', { type: 'radio', name: this.name, value: title.id, onchange: () => this.pick(title.id) });
      const source = key ? at(`${key}/${title.id.replace('/', '/poster-default/')}.jpg?imageSize=small&ratings_limit=0&awards=false`) : '';
      return h('label', { className: 'title', title: title.shows }, radio,
        h('img', { src: source, alt: '', width: 68, height: 102, loading: 'lazy' }), h('span', null, title.name));
    }));
  }

  /** @param {string} id */
  pick(id) {
    const known = facts.titles.find((title) => title.id === id);
    this.change((design) => {
      design.title = id;
      const has = known?.episodes ?? [];
      // A film of the demo has no episodes to show.
      if (known && has.length === 0 && ['episode', 'season'].includes(design.family)) design.family = table.families[0].name;
      if (has.length > 0 && !has.includes(design.episode)) design.episode = has[0];
    });
  }

  /** @param {Design} design */
  show(design) {
    for (const radio of this.list.querySelectorAll('input')) radio.checked = radio.value === design.title;
    // Sideways only: the page itself must not jump while options are turned.
    const chosen = this.list.querySelector('input:checked')?.closest('label');
    if (chosen && this.shownTitle !== design.title) this.list.scrollLeft = chosen.offsetLeft - this.list.offsetLeft - this.list.clientWidth / 2 + chosen.clientWidth / 2;
    this.shownTitle = design.title;
    this.showEpisode(design);
    if (!facts.demo) this.note.textContent = `Shown: ${titleName(design.title)}`;
  }

  /** @param {Design} design */
  showEpisode(design) {
    const wanted = design.family === 'episode' || design.family === 'season';
    this.episodes.hidden = !wanted;
    if (!wanted) return;
    const [season, episode] = design.episode.split(':');
    const known = facts.titles.find((title) => title.id === design.title);
    if (known && known.episodes.length === 0) {
      const series = facts.titles.filter((title) => title.episodes.length > 0);
      fill(this.episodes, h('p', { className: 'help' }, 'A film has no episodes. Series here: ',
        series.map((title, index) => [index > 0 && ', ',
          h('button', { type: 'button', className: 'link', onclick: () => this.pick(title.id) }, title.name)]), '.'));
      return;
    }
    const field = (/** @type {string} */ label, /** @type {string} */ value, /** @type {(value: string) => string} */ join) => h('label', null, label,
      h('input', {
        type: 'number', min: '0', max: '9999', value,
        onchange: (/** @type {Event} */ event) => {
          const number = String(Math.max(0, Math.round(Number(/** @type {HTMLInputElement} */ (event.target).value)) || 0));
          this.change((edited) => { edited.episode = join(number); });
        },
      }));
    fill(this.episodes, field('Season', season, (value) => `${value}:${episode}`),
      design.family === 'episode' && field('Episode', episode, (value) => `${season}:${value}`));
  }

  /** @param {string} text */
  async search(text) {
    const id = readId(text);
    if (id) {
      fill(this.found);
      this.note.textContent = '';
      this.pick(id);
      return;
    }
    if (text.trim().length < 2) {
      fill(this.found);
      this.note.textContent = '';
      return;
    }
    if (!token()) {
      this.note.textContent = facts.demo ? 'That is no id. The search by name needs the admin token (Server).' : 'The search by name needs the admin token (Server).';
      return;
    }
    this.searching?.abort();
    const searching = new AbortController();
    this.searching = searching;
    try {
      const { titles } = await admin('GET', `search?q=${encodeURIComponent(text.trim())}`, undefined, searching.signal);
      this.note.textContent = titles.length ? '' : 'No title of that name.';
      fill(this.found, titles.slice(0, 8).map((/** @type {any} */ title) => {
        const path = `tmdb/${title.id}`;
        const name = title.year ? `${title.name} (${title.year})` : title.name;
        return h('li', null, h('button', {
          type: 'button',
          onclick: () => {
            remember(path, name);
            fill(this.found);
            this.pick(path);
          },
        }, name, h('span', null, title.type === 'movie' ? ' film' : ' series')));
      }));
    } catch (error) {
      if (!searching.signal.aborted) this.note.textContent = error instanceof Error ? error.message : '';
    }
  }
}
