// What a visitor and an owner do, by mouse, by keyboard and on a phone.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launch, newPage, open, overflow, pickFamily, shown, violations } from './browser.mjs';
import { bytesOf, Server, TOKEN } from './server.mjs';

const server = new Server();
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  await server.start();
  browser = await launch();
  // The page is looked at, not the first render of an unoptimised server.
  const titles = Array.from({ length: 8 }, (_, index) => `${server.url}t0-free-rpdb/imdb/poster-default/tt990000${index + 1}.jpg`);
  for (const url of titles) await bytesOf(url);
});
after(async () => {
  await browser?.close();
  await server.close();
});

/** @param {import('playwright-core').Page} page */
async function enterToken(page) {
  await page.getByPlaceholder('Admin token').fill(TOKEN);
  await page.getByRole('button', { name: 'Enter', exact: true }).click();
  await page.locator('nav.sections').waitFor();
}

test('a newcomer makes a look and takes its address away', async () => {
  const { page, errors } = await newPage(browser);
  await open(page, server.url);
  await page.locator('.title', { hasText: 'Papaya Frequency' }).click();
  await pickFamily(page, 'poster');
  await page.locator('[data-option="badge_shape"] .choice', { hasText: 'Pill' }).click();
  const address = await shown(page);
  assert.equal(address, `${server.url}t0-free-rpdb/imdb/poster-default/tt9900008.jpg?badge_shape=p`);
  assert.equal((await fetch(address)).status, 200);
  await page.getByRole('link', { name: 'Use this look' }).click();
  const pattern = page.locator('[data-client="aiometadata"] .pattern code').first();
  assert.match(await pattern.textContent() ?? '', /t0-free-rpdb\/imdb\/poster-default\/\{imdb_id\}\.jpg\?badge_shape=p&v=\w+$/);
  assert.deepEqual(errors, []);
});

test('nothing is lost by reload, back, a second tab, or a server that restarts', async () => {
  const { page } = await newPage(browser);
  await open(page, server.url);
  await page.locator('.title', { hasText: 'The Salt Cartographer' }).click();
  await page.locator('[data-option="badge_size"] .choice', { hasText: /^L$/ }).click();
  const large = await shown(page);
  assert.match(large, /tt9900001\.jpg\?badge_size=l$/);
  await page.reload();
  assert.equal(await shown(page), large);

  await page.locator('[data-option="badge_size"] .choice', { hasText: 'XL' }).click();
  assert.match(await shown(page), /badge_size=xl$/);
  await page.goBack();
  assert.equal(await shown(page, /badge_size=l$/), large);

  // A second tab has its own design; the first keeps its one.
  const other = await page.context().newPage();
  await open(other, server.url);
  assert.equal(await shown(other), large);
  await other.locator('[data-option="badge_shape"] .choice', { hasText: 'Pill' }).click();
  assert.match(await shown(other), /badge_shape=p/);
  await page.reload();
  assert.equal(await shown(page), large);

  await server.stop();
  await page.locator('[data-option="badge_size"] .choice', { hasText: /^S$/ }).click();
  await page.locator('#offline').waitFor();
  await server.start();
  assert.match(await shown(page), /badge_size=s$/);
  await page.locator('#offline').waitFor({ state: 'hidden' });
});

test('steps are undone and redone, one control is set back, a group is reset', async () => {
  const { page, errors } = await newPage(browser);
  await open(page, `${server.url}#look?family=poster&title=imdb/tt9900004`);
  const plain = await shown(page);
  await page.locator('[data-option="badge_size"] .choice', { hasText: /^L$/ }).click();
  await page.locator('[data-option="badge_shape"] .choice', { hasText: 'Pill' }).click();
  const both = await shown(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.match(await shown(page), /\?badge_size=l$/);
  await page.keyboard.press('Control+z');
  assert.equal(await shown(page), plain);
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.keyboard.press('Control+Shift+z');
  assert.equal(await shown(page), both);
  await page.getByRole('button', { name: 'Reset Badge size' }).click();
  assert.match(await shown(page), /\?badge_shape=p$/);
  await page.getByRole('button', { name: 'Reset Badges' }).click();
  assert.equal(await shown(page), plain);
  assert.deepEqual(errors, []);
});

test('ratings are put into order by keyboard alone', async () => {
  const { page, errors } = await newPage(browser);
  await open(page, `${server.url}#look?family=poster&title=imdb/tt9900004`);
  await shown(page);
  const list = page.locator('[data-option="ratings_order"] .chosen');
  await list.locator('[data-word="imdb"] .grip').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  const words = await list.locator('li').evaluateAll((items) => items.map((item) => /** @type {HTMLElement} */ (item).dataset.word));
  assert.deepEqual(words.slice(0, 2), ['imdb', 'mal']);
  assert.match(await shown(page), /ratings_order=imdb,mal,/);
  await page.keyboard.press('Delete');
  assert.match(await shown(page), /ratings_order=mal,/);
  assert.deepEqual(errors, []);
});

test('an old address is taken over, and what has no counterpart is named', async () => {
  const { page, errors } = await newPage(browser);
  await open(page, server.url);
  await page.locator('details[data-group="import"] > summary').click();
  await page.locator('#old-address').fill('https://api.ratingposterdb.com/t2-mine/imdb/poster-rt/tt0903747.jpg?ratingBarPos=left-top&fontFamily=x');
  await page.getByRole('button', { name: 'Take over' }).click();
  await page.getByText('Without a counterpart here: fontFamily').waitFor();
  const address = new URL(await shown(page));
  assert.equal(address.searchParams.get('position'), 'tl');
  assert.equal(address.searchParams.get('ratings_order'), 'imdb,rt,rta');
  assert.ok(!address.href.includes('t2-mine'));
  assert.deepEqual(errors, []);
});

test('two looks are compared on the same title', async () => {
  const { page, errors } = await newPage(browser);
  await open(page, `${server.url}#look?family=poster&title=imdb/tt9900004`);
  await shown(page);
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.locator('[data-option="badge_size"] .choice', { hasText: 'XL' }).click();
  assert.match(await shown(page), /badge_size=xl/);
  const aside = page.locator('.aside .picture');
  assert.equal(await aside.getAttribute('data-shown'), 'imdb/poster-default/tt9900004.jpg');
  await page.getByRole('button', { name: 'Swap' }).click();
  assert.doesNotMatch(await shown(page), /badge_size/);
  await page.waitForFunction(() => /badge_size=xl/.test(/** @type {HTMLElement} */ (document.querySelector('.aside .picture')).dataset.shown ?? ''));
  assert.deepEqual(errors, []);
});

test('the owner makes a key and a profile, and both work', async () => {
  const { page } = await newPage(browser);
  await open(page, `${server.url}#look?family=poster&title=imdb/tt9900004&.badge_shape=p`);
  await page.getByRole('link', { name: 'Server', exact: true }).click();
  await page.getByPlaceholder('Admin token').fill('wrong-token-wrong-token-wrong-token');
  await page.getByRole('button', { name: 'Enter', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
  await enterToken(page);
  assert.ok(!page.url().includes(TOKEN));

  await page.getByText('Make a key').click();
  await page.getByLabel('Name').fill('Living room');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = await page.locator('.secrets code').first().textContent();
  const rated = `${server.url}${key}/imdb/poster-default/tt9900004.jpg`;
  assert.equal((await fetch(rated)).status, 200);
  await page.getByRole('rowheader', { name: /Living room/ }).waitFor();

  await page.getByRole('link', { name: 'Profiles' }).click();
  await page.getByLabel('Name').first().fill('my-look');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.getByRole('rowheader', { name: 'my-look' }).waitFor();
  const named = await bytesOf(`${server.url}${key}/imdb/poster-my-look/tt9900004.jpg`);
  assert.ok(named.equals(await bytesOf(`${rated}?badge_shape=p`)));

  page.on('dialog', (dialog) => void dialog.accept());
  await page.getByRole('link', { name: 'Caches' }).click();
  await page.getByRole('button', { name: 'Everything' }).click();
  await page.getByText(/removed/i).first().waitFor();
});

test('a token that ends is asked for again, and the design stays', async () => {
  const { page } = await newPage(browser);
  await open(page, `${server.url}#server?family=poster&title=imdb/tt9900004&.badge_shape=p`);
  await enterToken(page);
  await page.evaluate(() => sessionStorage.setItem('laurel.token', 'expired-expired-expired-expired-1'));
  await page.getByRole('link', { name: 'Providers' }).click();
  await page.getByText('not valid any more').waitFor();
  await page.getByPlaceholder('Admin token').waitFor();
  await page.getByRole('link', { name: 'Look', exact: true }).click();
  assert.match(await shown(page), /badge_shape=p/);
});

const VIEWS = ['look', 'sheet', 'use', 'server', 'server/keys', 'server/profiles', 'server/titles', 'server/caches', 'server/providers', 'server/datasets', 'server/renders', 'server/settings'];

for (const [width, height] of [[1440, 900], [390, 844]]) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`everybody can use it at ${width} px in ${colorScheme}`, async () => {
      const { page, errors } = await newPage(browser, { viewport: { width, height }, colorScheme, hasTouch: width < 500, bypassCSP: true });
      for (const view of VIEWS) {
        await open(page, server.url);
        const locked = view === 'server';
        await page.evaluate((token) => (token ? sessionStorage.setItem('laurel.token', token) : sessionStorage.clear()), locked ? '' : TOKEN);
        await open(page, `${server.url}?${view}#${view}?family=poster&title=imdb/tt9900001&.imageSize=small`);
        await page.waitForLoadState('networkidle');
        await page.locator('.picture[aria-busy=true]').waitFor({ state: 'detached' });
        if (view === 'look') await page.locator('details.group').evaluateAll((all) => all.forEach((details) => { /** @type {HTMLDetailsElement} */ (details).open = true; }));
        assert.deepEqual(await violations(page), [], `${view} at ${width} in ${colorScheme}`);
        assert.ok(await overflow(page) <= 0, `${view} is wider than ${width} px`);
        if (process.env.SHOTS) {
          mkdirSync(process.env.SHOTS, { recursive: true });
          await page.screenshot({ path: `${process.env.SHOTS}/${view.replace('/', '-')}-${width}-${colorScheme}.png`, fullPage: view !== 'look' });
        }
      }
      assert.deepEqual(errors, []);
    });
  }
}

test('a first visit is small, fast, and asks nobody else', async () => {
  const { page, errors } = await newPage(browser);
  let received = 0;
  /** @type {string[]} */
  const hosts = [];
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.loadingFinished', (event) => { received += event.encodedDataLength; });
  page.on('request', (request) => { if (!request.url().startsWith('blob:') && !request.url().startsWith('data:')) hosts.push(new URL(request.url()).host); });
  // Pictures are what the page is about; they are not part of it.
  await page.route('**/*.jpg*', (route) => route.abort());
  await page.route('**/api/admin/preview', (route) => route.abort());
  await open(page, server.url);
  const ready = await page.evaluate(() => performance.now());
  assert.ok(received > 10_000 && received < 120 * 1024, `${received} bytes`);
  assert.ok(ready < 3000, `${ready} ms until the page could be used`);
  assert.deepEqual([...new Set(hosts)], [new URL(server.url).host]);
  assert.deepEqual(errors.filter((error) => !error.includes('ERR_FAILED')), []);
  console.log(`# first load: ${received} bytes, usable after ${Math.round(ready)} ms`);
});
