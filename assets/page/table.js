// The table of options as the server has it: what can be asked, of which family, and what it is by default.

import { read } from './api.js';

/**
 * @typedef {object} Shape
 * @property {'path' | 'word' | 'list' | 'weights' | 'boolean' | 'number' | 'numbers' | 'colours' | 'text'} kind
 * @property {string[]} [words]
 * @property {string} [none] a word for the empty list
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step]
 * @property {number} [count]
 */

/**
 * @typedef {object} Option
 * @property {string} name
 * @property {string[]} aliases
 * @property {string} group
 * @property {string[]} families
 * @property {Shape} value
 * @property {Record<string, {text: string, value: string | null}>} default
 * @property {string} help
 * @property {string[]} samples
 */

/**
 * @typedef {object} Family
 * @property {string} name
 * @property {string[]} words
 * @property {number | null} ratio
 * @property {string} format
 * @property {{name: string, width: number, height: number}[]} sizes from small to large
 */

/**
 * @typedef {object} Table
 * @property {{name: string, title: string, help: string}[]} groups
 * @property {Option[]} options
 * @property {Family[]} families
 * @property {{key: string, name: string, label: string}[]} sources
 * @property {string[]} id_types
 * @property {{name: string, help: string, families: Record<string, Record<string, string>>}[]} [looks] what each look says, by family and option
 */

/**
 * What the page was told with its first byte.
 * @typedef {object} Facts
 * @property {string} version
 * @property {boolean} demo
 * @property {string | null} public_key
 * @property {string} sample
 * @property {{layouts?: boolean}} features what only some servers can
 * @property {{id: string, name: string, shows: string, type: string, episodes: string[]}[]} titles
 */

/** @type {Facts} */
export const facts = { features: {}, ...JSON.parse(document.getElementById('facts')?.textContent ?? '{}') };

/** @type {Table} */
export let table = { groups: [], options: [], families: [], sources: [], id_types: [] };

export async function loadTable() {
  table = await read('api/options');
}

/** @param {string} name */
export const option = (name) => table.options.find((row) => row.name === name);

/** @param {string} name */
export const family = (name) => table.families.find((row) => row.name === name) ?? table.families[0];

/**
 * Options that a family honours.
 * @param {string} of
 */
export const optionsOf = (of) => table.options.filter((row) => row.families.includes(of));

/** Options that take the value of another where they have none. @type {Record<string, string>} */
const FOLLOW = { edge_inset_x: 'edge_inset', edge_inset_y: 'edge_inset' };

/**
 * What an option is where nobody chose it: what the look in force says, else the family's default.
 * @param {Option} row
 * @param {string} of
 * @param {Record<string, string>} chosen
 * @returns {{text: string, value: string | null}}
 */
export function fallbackOf(row, of, chosen) {
  const look = table.looks?.find((known) => known.name === chosen.look);
  const own = look?.families[of]?.[row.name] ?? chosen[FOLLOW[row.name]];
  return own === undefined ? row.default[of] ?? { text: '', value: null } : { text: own, value: own };
}
