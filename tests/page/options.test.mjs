// Every option of the table is in the form, and what the form says is what the address gives.

import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { choose, launch, newPage, open, pickFamily, pictureBytes, shown } from './browser.mjs';
import { bytesOf, Server } from './server.mjs';

/** @typedef {import('../../assets/page/table.js').Option} Option */

/** Options that mean something together with others only. @type {Record<string, string>} */
const WITH = {
  split: '.position=l',
  direction: '.position=l',
  info_style: '.info=year,genre',
  info_position: '.info=year,genre',
  badgeSize: '.info=year,genre',
  badgePos: '.info=year,genre',
  quality: '.info=quality',
  country: '.info=cert',
  score_sources: '.score=number',
  score_thresholds: '.score=number',
  score_colors: '.score=number',
  score_position: '.score=number',
  ratingBarOpacity: '.ratingBarColor=c00000',
};
/** Options that change the address and, with the demo's titles, no pixel. @type {Record<string, string>} */
const SAME_PICTURE = {
  fit: 'the demo’s artwork has the ratios of the frames',
  image_source: 'the demo has artwork of TMDB only',
  lang: 'the demo has artwork in one language',
  country: 'the demo has certificates of one country',
  backdrop: 'the demo has one of each title',
  logo: 'the demo has one of each title',
  type: 'the id says what it is',
  fallback: 'there are ratings',
  v: 'it is for caches of others',
};

const server = new Server();
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {{options: Option[], families: {name: string}[]}} */
let table;

before(async () => {
  await server.start();
  browser = await launch();
  table = await (await fetch(`${server.url}api/options`)).json();
});
after(async () => {
  await browser?.close();
  await server.close();
});

/** @param {Option} row */
const familyOf = (row) => row.families[0];
/** The title with all ratings, or one with an award. @param {Option} row */
const titleOf = (row) => (['awards', 'sash'].includes(row.name) ? 'imdb/tt9900001' : 'imdb/tt9900004');

test('every option is in the form and changes the picture', async () => {
  const { page, errors } = await newPage(browser, { bypassCSP: true });
  /** @type {string[]} */
  const wrong = [];
  for (const row of table.options) {
    const others = WITH[row.name] ? `&${WITH[row.name]}` : '';
    await page.goto('about:blank');
    await open(page, `${server.url}#look?family=${familyOf(row)}&title=${titleOf(row)}&.imageSize=small${others}`);
    const before = await pictureBytesOf(page);
    let changed = false;
    let said = false;
    const samples = row.value.kind === 'path' ? await paths(row) : samplesOf(row);
    for (const sample of samples) {
      await choose(page, row, sample);
      const address = new URL(await shown(page));
      said ||= address.searchParams.has(row.name);
      changed ||= !(await pictureBytes(page)).equals(before);
      if (changed || (said && row.name in SAME_PICTURE)) break;
    }
    if (process.env.PROGRESS) appendFileSync(process.env.PROGRESS, `${row.name}: ${changed ? 'changed' : 'same'}, ${Math.round(performance.now() / 1000)} s
`);
    if (!said) wrong.push(`${row.name} never stood in the address`);
    else if (!changed && !(row.name in SAME_PICTURE)) wrong.push(`${row.name} changed nothing`);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(errors, []);
});

/**
 * The samples as the form has them: no second words for sources, and no words for whole lists.
 * @param {Option} row
 */
function samplesOf(row) {
  const isList = row.value.kind === 'list' || row.value.kind === 'weights';
  const known = (/** @type {string} */ sample) => sample.split(',').every((part) => row.value.words?.includes(part.split(':')[0]));
  return [...row.samples.filter((sample) => (isList ? known(sample) : !['original', 'zz'].includes(sample))), ...(row.value.none ? [''] : [])];
}

/** The artwork there is of a title, which alone a path may name. @param {Option} row */
async function paths(row) {
  const answer = await fetch(`${server.url}t0-free-rpdb/${titleOf(row).replace('/', `/${familyOf(row)}-default/`)}.json`);
  const { artwork } = await answer.json();
  return artwork.candidates.map((/** @type {{path: string}} */ candidate) => candidate.path);
}

/** @param {import('playwright-core').Page} page */
async function pictureBytesOf(page) {
  await shown(page);
  return pictureBytes(page);
}

/** A row of numbers that is the same in every run. @param {number} seed */
function numbers(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('fifty random designs are byte for byte what their addresses give', async () => {
  const { page, errors } = await newPage(browser, { bypassCSP: true });
  const random = numbers(7);
  const titles = ['tt9900001', 'tt9900002', 'tt9900004', 'tt9900005', 'tt9900008'];
  await open(page, `${server.url}#look?family=poster&title=imdb/tt9900002&.imageSize=small`);
  for (let design = 0; design < 50; design += 1) {
    const family = table.families[random(table.families.length)].name;
    const episodic = family === 'episode' || family === 'season';
    const title = episodic ? 'tt9900002' : titles[random(titles.length)];
    await page.getByRole('button', { name: 'Start again' }).click({ force: true });
    await page.locator(`.title input[value="imdb/${title}"]`).check({ force: true });
    await pickFamily(page, family);
    const size = table.options.find((row) => row.name === 'imageSize');
    if (size) await choose(page, size, 'small');
    const rows = table.options.filter((row) => row.families.includes(family) && row.value.kind !== 'path'
      && !['imageSize', 'ratings_order', 'score_sources', 'fallback', 'type', 'lang', 'v'].includes(row.name));
    for (let step = 0; step < 4; step += 1) {
      const row = rows[random(rows.length)];
      const samples = samplesOf(row);
      await choose(page, row, samples[random(samples.length)]);
    }
    const address = await shown(page);
    const [seen, given] = [await pictureBytes(page), await bytesOf(address)];
    assert.ok(seen.equals(given), `${address}: ${seen.length} and ${given.length} bytes`);
  }
  assert.deepEqual(errors, []);
});
