// The look in hand on all hard cases at once.

import { store, wantedOf } from './design.js';
import { fill, h } from './dom.js';
import { familyLabel, valueLabel } from './labels.js';
import { Preview } from './preview.js';
import { facts, family, table } from './table.js';

/** Real titles that show what is hard, for a server with keys. */
const REAL = [
  { id: 'imdb/tt0111161', name: 'The Shawshank Redemption', shows: 'many votes', type: 'movie', episodes: [] },
  { id: 'imdb/tt6710474', name: 'Everything Everywhere All at Once', shows: 'an award', type: 'movie', episodes: [] },
  { id: 'imdb/tt0903747', name: 'Breaking Bad', shows: 'a series with Emmys', type: 'series', episodes: ['1:1'] },
  { id: 'imdb/tt2560140', name: 'Attack on Titan', shows: 'anime', type: 'series', episodes: ['1:1'] },
  { id: 'imdb/tt0114709', name: 'Toy Story', shows: '100 % from the critics, bright', type: 'movie', episodes: [] },
  { id: 'imdb/tt1375666', name: 'Inception', shows: 'dark', type: 'movie', episodes: [] },
];
/** Pictures that are asked for at once. */
const AT_ONCE = 3;

export function sheetView() {
  const grid = h('div', { className: 'sheet' });
  const families = h('div', { className: 'sheet families' });
  const sizes = h('div', { className: 'sheet' });
  let shown = '';
  let round = 0;
  const show = async () => {
    const key = JSON.stringify(store.design);
    if (key === shown) return;
    shown = key;
    round += 1;
    const mine = round;
    const cases = [...titleCells(grid), ...familyCells(families), ...sizeCells(sizes)];
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let next = cases.shift(); next && mine === round; next = cases.shift()) await next();
    });
    await Promise.all(workers);
  };
  return {
    element: h('div', { className: 'page' },
      h('h2', null, 'This look on hard cases'),
      h('p', { className: 'help' }, 'Every picture is the server’s own. ', h('a', { href: '#look' }, 'Back to the look')),
      grid, h('h2', null, 'All families'), families, h('h2', null, 'All sizes'), sizes),
    show,
  };
}

/**
 * @param {import('./design.js').Design} design
 * @param {string} name
 * @param {string} shows
 */
function cell(design, name, shows) {
  const preview = new Preview();
  const element = h('figure', { className: 'case', 'data-family': design.family }, preview.figure, h('figcaption', null, h('b', null, name), h('span', null, shows)));
  return { element, run: () => preview.show(wantedOf(design), `${name}: ${shows}`) };
}

/** @param {HTMLElement} place */
function titleCells(place) {
  const episodic = store.design.family === 'episode' || store.design.family === 'season';
  const titles = (facts.demo ? facts.titles : REAL).filter((title) => !episodic || title.episodes.length > 0);
  const cells = titles.map((title) => cell({ ...store.design, title: title.id, episode: title.episodes[0] ?? '1:1' }, title.name, title.shows));
  fill(place, cells.map(({ element }) => element));
  return cells.map(({ run }) => run);
}

/** @param {HTMLElement} place */
function familyCells(place) {
  const titles = facts.demo ? facts.titles : REAL;
  const series = titles.find((title) => title.episodes.length > 0) ?? titles[0];
  const cells = table.families.map((row) => {
    const episodic = row.name === 'episode' || row.name === 'season';
    const title = episodic ? series.id : store.design.title;
    return cell({ ...store.design, family: row.name, format: '', title, episode: '1:1' }, familyLabel(row.name), row.words.slice(1).join(', '));
  });
  fill(place, cells.map(({ element }) => element));
  return cells.map(({ run }) => run);
}

/** @param {HTMLElement} place */
function sizeCells(place) {
  const { sizes } = family(store.design.family);
  // The largest is many megabytes; three show how the look grows.
  const cells = sizes.slice(0, 3).map(({ name, width, height }) => {
    const options = { ...store.design.options, imageSize: name };
    return cell({ ...store.design, options }, valueLabel('imageSize', name), `${width} × ${height}`);
  });
  fill(place, cells.map(({ element }) => element));
  return cells.map(({ run }) => run);
}
