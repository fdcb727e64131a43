// The designer: elements are taken hold of on the server's picture, and a saved layout is what addresses give.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newPage, open, violations } from './browser.mjs';
import { bytesOf, Server, TOKEN } from './server.mjs';

const server = new Server();
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  await server.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server.close();
});

/** @param {import('playwright-core').Page} page @returns {Promise<any[]>} */
const kept = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('laurel.layout.poster') ?? '[]'));

test('an element is dragged, moved by keys, taken back, saved and served', async () => {
  const { page, errors } = await newPage(browser, { bypassCSP: true });
  await open(page, server.url);
  await page.evaluate((token) => sessionStorage.setItem('laurel.token', token), TOKEN);
  await open(page, `${server.url}?designer#layout?family=poster&title=imdb/tt9900001&.imageSize=small`);
  await page.getByRole('button', { name: 'Ring and award' }).click();
  const award = page.locator('.handle[data-element="award"]');
  await award.waitFor();
  const [before] = (await kept(page)).filter((element) => element.id === 'award');

  const box = await award.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x - 40, box.y + 160, { steps: 6 });
  await page.mouse.up();
  const moved = async () => (await kept(page)).find((element) => element.id === 'award');
  const dropped = await moved();
  assert.ok(dropped.x < before.x && dropped.y > before.y, JSON.stringify(dropped));

  await page.locator('.handle.selected[data-element="award"]').press('Shift+ArrowDown');
  assert.ok((await moved()).y > dropped.y);
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual(await moved(), dropped);

  await page.getByLabel('Profile').fill('designed');
  // Pictures of the steps before may still be on their way.
  const last = page.waitForResponse((answer) => answer.url().endsWith('preview') && (answer.request().postData() ?? '').includes('"height":0.3'));
  await page.locator('[data-field="height"] input').fill('0.3');
  await page.locator('[data-field="height"] input').blur();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('“designed” was saved.').waitFor();
  await last;
  await page.waitForTimeout(500);
  const seen = Buffer.from(await page.evaluate(async () => {
    const image = [...document.querySelectorAll('img')].find((one) => one.src.startsWith('blob:') && one.offsetParent);
    return [...new Uint8Array(await (await fetch(image?.src ?? '')).arrayBuffer())];
  }));
  const given = await bytesOf(`${server.url}t0-free-rpdb/imdb/poster-designed/tt9900001.jpg?imageSize=small`);
  assert.ok(seen.equals(given), 'the address gives what the designer showed');

  await page.reload();
  await award.waitFor();
  assert.equal((await moved()).height, 0.3);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
});
