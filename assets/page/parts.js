// Small pieces that the sections of the server share.

import { h, say } from './dom.js';

/**
 * A table that may be wider than the screen.
 * @param {string} caption
 * @param {string[]} head
 * @param {import('./dom.js').Child[][]} rows
 */
export function grid(caption, head, rows) {
  if (rows.length === 0) return h('p', { className: 'help' }, `${caption}: none.`);
  const cells = (/** @type {import('./dom.js').Child[]} */ row) => row.map((cell, index) => (index === 0 ? h('th', { scope: 'row' }, cell) : h('td', null, cell)));
  return h('div', { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': caption },
    h('table', null, h('caption', null, caption),
      h('thead', null, h('tr', null, head.map((text) => h('th', { scope: 'col' }, text || h('span', { className: 'away' }, 'Actions'))))),
      h('tbody', null, rows.map((row) => h('tr', null, cells(row))))));
}

/**
 * A moment, from seconds since 1970 or from RFC 3339, in the reader's own way.
 * @param {number | string | null | undefined} moment
 */
export function when(moment) {
  if (moment === null || moment === undefined) return '–';
  const date = new Date(typeof moment === 'number' ? moment * 1000 : moment);
  return h('time', { dateTime: date.toISOString() }, date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }));
}

/** @param {number | null | undefined} number */
export const count = (number) => (number === null || number === undefined ? '–' : number.toLocaleString());

/**
 * Does something and says how it went; mistakes of fields are told by their paths.
 * @param {() => Promise<string>} run gives the sentence of success
 */
export async function attempt(run) {
  try {
    say(await run());
  } catch (error) {
    const fields = /** @type {any} */ (error).fields ?? [];
    const told = fields.map((/** @type {any} */ wrong) => (wrong.path ? `${wrong.path}: ${wrong.message}` : wrong.message)).join('; ');
    say(told || (error instanceof Error ? error.message : 'That failed.'), 'bad');
  }
}

/**
 * A label above a field.
 * @param {string} text
 * @param {HTMLElement} field
 */
export const labelled = (text, field) => h('label', { className: 'labelled' }, h('span', null, text), field);
