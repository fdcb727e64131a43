// The installed Chromium, and the ways in which tests use the page.

import { readFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const NAMES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * @typedef {import('playwright-core').Page} Page
 * @typedef {import('../../assets/page/table.js').Option} Option
 */

export function launch() {
  const executablePath = process.env.CHROMIUM ?? NAMES.find((name) => existsSync(name));
  if (!executablePath) throw new Error('there is no chromium');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/**
 * A page that notes what goes wrong in it.
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  // An unoptimised server on a busy machine.
  page.setDefaultTimeout(120_000);
  /** @type {string[]} */
  const errors = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => errors.push(error.message));
  return { page, errors };
}

/** @param {Page} page @param {string} url */
export async function open(page, url) {
  await page.goto(url);
  await page.waitForSelector('html[data-ready]', { state: 'attached' });
}

/**
 * Waits until the picture of the address in the page is the one that is shown, and gives the address.
 * @param {Page} page
 * @param {RegExp} [like] what the address has to be, where the page needs a moment to come to it
 * @returns {Promise<string>}
 */
export async function shown(page, like = /^/) {
  const handle = await page.waitForFunction((source) => {
    const address = document.querySelector('.address code')?.textContent ?? '';
    const picture = /** @type {HTMLElement | null} */ (document.querySelector('.stage .pictures > .picture'));
    const [, , ...path] = address.slice(document.baseURI.split('#')[0].length - 1).split('/');
    const image = picture?.querySelector('img');
    const same = picture?.dataset.shown === path.join('/') && picture.getAttribute('aria-busy') === 'false';
    return new RegExp(source).test(address) && same && image && !image.hidden && image.complete && image.naturalWidth > 0 ? address : false;
  }, like.source, { timeout: 120_000 });
  return String(await handle.jsonValue());
}

/**
 * The bytes of the picture in the page. The page's policy forbids to read them: the context has to bypass it.
 * @param {Page} page
 */
export async function pictureBytes(page) {
  const numbers = await page.evaluate(async () => {
    const image = /** @type {HTMLImageElement} */ (document.querySelector('.stage .pictures > .picture img'));
    return [...new Uint8Array(await (await fetch(image.src)).arrayBuffer())];
  });
  return Buffer.from(numbers);
}

/** @param {Page} page @param {string} family */
export async function pickFamily(page, family) {
  await page.locator(`.tab input[value="${family}"]`).check({ force: true });
}

/**
 * Chooses a value as a person does, in the control of that option.
 * @param {Page} page
 * @param {Option} row
 * @param {string} value
 */
export async function choose(page, row, value) {
  const field = page.locator(`[data-option="${row.name}"]`);
  const group = page.locator(`details.group[data-group="${row.group}"]`);
  if (!(await group.evaluate((details) => /** @type {HTMLDetailsElement} */ (details).open))) await group.locator('> summary').click();
  switch (row.value.kind) {
    case 'word': {
      const select = field.locator('select');
      if (await select.count()) await select.selectOption(value);
      else await field.locator(`input[value="${value}"]`).check({ force: true });
      break;
    }
    case 'boolean':
      await field.locator('input').setChecked(value === 'true', { force: true });
      break;
    case 'list':
    case 'weights':
      await chooseList(field, value);
      break;
    case 'colours': {
      const parts = value.split(',');
      for (const [index, part] of parts.entries()) await type(field.locator('input.hex').nth(index), part);
      break;
    }
    case 'numbers': {
      // From the top, so that they rise at every moment.
      const parts = value.split(',');
      for (let index = parts.length - 1; index >= 0; index -= 1) await type(field.locator('input').nth(index), parts[index]);
      break;
    }
    case 'number':
      await type(field.locator('input[type=number]'), value);
      break;
    default:
      await type(field.locator('input'), value);
  }
}

/** @param {import('playwright-core').Locator} field @param {string} text */
async function type(field, text) {
  await field.fill(text);
  await field.blur();
}

/**
 * @param {import('playwright-core').Locator} field
 * @param {string} value
 */
async function chooseList(field, value) {
  const wanted = value.split(',').filter(Boolean).map((part) => part.split(':'));
  const members = () => field.locator('.chosen li').evaluateAll((items) => items.map((item) => /** @type {HTMLElement} */ (item).dataset.word ?? ''));
  for (const [word] of wanted) {
    if (!(await members()).includes(word)) await field.locator(`.others [data-word="${word}"]`).click();
  }
  for (const word of await members()) {
    if (!wanted.some(([own]) => own === word)) await field.locator(`.chosen [data-word="${word}"] .button`).click();
  }
  for (const [index, [word, weight]] of wanted.entries()) {
    for (let at = (await members()).indexOf(word); at > index; at -= 1) await field.locator(`.chosen [data-word="${word}"] .grip`).press('ArrowUp');
    if (weight) await type(field.locator(`.chosen [data-word="${word}"] input`), weight);
  }
}

/**
 * Violations of accessibility, one line each.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => /** @type {any} */ (window).axe.run());
  return found.violations.map((/** @type {any} */ rule) => `${rule.id}: ${rule.nodes.map((/** @type {any} */ node) => node.target.join(' ')).slice(0, 4).join(', ')}`);
}

/** How far the page is wider than the screen. @param {Page} page */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
