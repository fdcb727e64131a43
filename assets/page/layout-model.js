// A free layout in hand: elements in the order of painting, with steps back and forth, kept as it is made.

import { read } from './api.js';
import { rounded } from './snap.js';
import { Steps } from './steps.js';

/**
 * @typedef {Record<string, any> & {id: string, kind: string}} Element
 * @typedef {{name: string, schema: any, required: boolean}} Field
 * @typedef {{kind: string, help: string, fields: Field[]}} Kind
 */

/** Of letters and digits where an element names none. @type {Record<string, number>} */
const SIZES = { sash: 0.034, info: 0.032, any: 0.05 };

/** Kinds of elements and their fields, as the server describes a profile's layout. @returns {Promise<Kind[]>} */
export async function readKinds() {
  const document = await read('api/openapi.json');
  const resolve = (/** @type {any} */ schema) => {
    let found = schema;
    while (found?.$ref) found = found.$ref.slice(2).split('/').reduce((/** @type {any} */ at, /** @type {string} */ name) => at?.[name.replaceAll('~1', '/')], document);
    return found ?? {};
  };
  const layout = layoutSchema(document.components?.schemas ?? {}, resolve);
  const items = resolve(layout?.items);
  const variants = (items.oneOf ?? items.anyOf ?? [items]).map(resolve);
  return variants.map((/** @type {any} */ variant) => {
    const kind = resolve(variant.properties?.kind);
    const required = variant.required ?? [];
    const fields = Object.entries(variant.properties ?? {}).filter(([name]) => name !== 'kind' && name !== 'id')
      .map(([name, schema]) => ({ name, schema: { ...resolve(schema), .../** @type {any} */ (schema) }, required: required.includes(name) }));
    return { kind: kind.const ?? kind.enum?.[0] ?? '', help: variant.description ?? '', fields };
  }).filter((/** @type {Kind} */ row) => row.kind !== '');
}

/**
 * The schema of a layout: the list that stands beside a family's options in a profile.
 * @param {Record<string, any>} schemas
 * @param {(schema: any) => any} resolve
 */
function layoutSchema(schemas, resolve) {
  for (const schema of Object.values(schemas)) {
    const own = resolve(schema.properties?.layout);
    if (own?.type === 'array') return own;
  }
  return resolve(schemas.Layout);
}

/** Layouts to begin with. @type {Record<string, Element[]>} */
export const STARTS = {
  'Ratings below': [{ id: 'ratings', kind: 'strip', x: 0.5, y: 0.97, anchor: 'bc' }],
  'Ring and award': [
    { id: 'shade', kind: 'gradient', x: 0, y: 0, width: 1, height: 0.5, to: 'top', opacity: 0.6 },
    { id: 'mean', kind: 'score', style: 'ring', x: 0.05, y: 0.035, size: 0.06 },
    { id: 'award', kind: 'statuette', x: 0.95, y: 0.03, anchor: 'tr' },
  ],
  'Title card': [
    { id: 'shade', kind: 'gradient', x: 0, y: 1, anchor: 'bl', width: 1, height: 0.8, opacity: 0.9 },
    { id: 'title', kind: 'text', text: '{title}', x: 0.05, y: 0.84, anchor: 'bl', size: 0.06, width: 0.9 },
    { id: 'year', kind: 'text', text: '{year}', x: 0.05, y: 0.88, anchor: 'bl', size: 0.035, color: 'd8d2c4' },
    { id: 'ratings', kind: 'strip', x: 0.05, y: 0.97, anchor: 'bl', width: 0.9, size: 0.04, badge_background: 'n' },
  ],
};

/**
 * What the built-in look drew, as a layout to go on from.
 * @param {(import('./snap.js').Rect & {id: string, kind: string})[]} drawn
 * @param {Kind[]} kinds
 * @param {number} ratio height of the frame over its width
 * @returns {Element[]}
 */
export function fromDrawn(drawn, kinds, ratio) {
  /** @type {Record<string, string>} */
  const words = { 'info-strip': 'info' };
  return drawn.flatMap(({ id, kind, x, y, width, height }) => {
    const row = kinds.find((known) => known.kind === (words[kind] ?? kind));
    // Badges and facts are parts of their strips.
    if (!row || kind === 'info') return [];
    /** @type {Element} */
    const element = { id: id.replace(/[^a-z0-9_.-]/g, '-'), kind: row.kind, x: rounded(x), y: rounded(y) };
    for (const { name, schema, required } of row.fields) if (required && !(name in element)) element[name] = first(name, schema);
    if (row.fields.some(({ name }) => name === 'width')) element.width = Math.round(width * 1e4) / 1e4;
    if (row.fields.some(({ name }) => name === 'height')) element.height = Math.round(height * ratio * 1e4) / 1e4;
    return [element];
  });
}

export class LayoutStore extends EventTarget {
  constructor() {
    super();
    this.family = '';
    /** @type {Element[]} */
    this.elements = [];
    this.steps = new Steps();
    /** What was saved on the server, as text. */
    this.saved = '[]';
  }

  /** @param {string} family */
  open(family) {
    if (family === this.family) return;
    this.family = family;
    this.steps = new Steps();
    this.elements = parse(localStorage.getItem(`laurel.layout.${family}`) ?? '[]');
    this.saved = JSON.stringify(this.elements);
    this.tell();
  }

  /** @param {(elements: Element[]) => Element[] | void} edit @param {string} [name] */
  change(edit, name = '') {
    const before = JSON.stringify(this.elements);
    this.elements = edit(this.elements) ?? this.elements;
    if (JSON.stringify(this.elements) === before) return;
    this.steps.add(before, name);
    this.keep();
  }

  undo() {
    this.put(this.steps.undo(JSON.stringify(this.elements)));
  }

  redo() {
    this.put(this.steps.redo(JSON.stringify(this.elements)));
  }

  /** @param {string | undefined} text */
  put(text) {
    if (text === undefined) return;
    this.elements = parse(text);
    this.keep();
  }

  /** Back to what was opened or saved last. */
  revert() {
    this.change(() => parse(this.saved));
  }

  /** @param {any[]} elements as a profile has them */
  load(elements) {
    this.saved = JSON.stringify(elements);
    this.change(() => parse(this.saved));
  }

  keep() {
    try {
      localStorage.setItem(`laurel.layout.${this.family}`, JSON.stringify(this.elements));
    } catch {
      // Without room the layout lives as long as the tab.
    }
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event('changed'));
  }

  /** @param {string} id */
  find(id) {
    return this.elements.find((element) => element.id === id);
  }

  /** @param {string} id @param {string} name @param {any} value `undefined`: the default */
  set(id, name, value) {
    this.change((elements) => {
      const element = elements.find((one) => one.id === id);
      if (!element) return;
      if (value === undefined) delete element[name];
      else element[name] = value;
    }, `${id}.${name}`);
  }

  /**
   * Presses of arrow keys in a row are one step to take back; every drag is one of its own.
   * @param {string} id
   * @param {{x: number, y: number}} by
   * @param {boolean} byKey
   */
  move(id, by, byKey) {
    this.change((elements) => {
      const element = elements.find((one) => one.id === id);
      if (!element) return;
      element.x = rounded((element.x ?? 0) + by.x);
      element.y = rounded((element.y ?? 0) + by.y);
    }, byKey ? `${id}.move` : '');
  }

  /**
   * Numbers that say how large an element is; sizes are fractions of the width.
   * @param {string} id
   * @param {{x: number, y: number}} factor
   * @param {{width: number, height: number}} drawn
   * @param {Kind | undefined} kind
   * @param {number} ratio height of the frame over its width
   */
  resize(id, factor, drawn, kind, ratio) {
    this.change((elements) => {
      const element = elements.find((one) => one.id === id);
      if (!element) return;
      for (const { name, schema } of kind?.fields ?? []) {
        const by = { width: factor.x, height: factor.y, size: Math.max(factor.x, factor.y), font_size: Math.max(factor.x, factor.y), scale: Math.max(factor.x, factor.y) }[name];
        if (by === undefined || schema.type !== 'number') continue;
        const start = element[name] ?? { width: drawn.width, height: drawn.height * ratio }[name] ?? SIZES[element.kind] ?? SIZES.any;
        element[name] = Math.round(Math.min(schema.maximum ?? 1, Math.max(schema.minimum ?? 0, start * by)) * 1e4) / 1e4;
      }
    }, `${id}.resize`);
  }

  /** @param {Kind} kind @returns {string} its id */
  add(kind) {
    let number = 1;
    while (this.find(`${kind.kind}-${number}`)) number += 1;
    const id = `${kind.kind}-${number}`;
    /** @type {Element} */
    const element = { id, kind: kind.kind };
    for (const { name, schema, required } of kind.fields) if (required) element[name] = first(name, schema);
    // In the middle, by its middle.
    if (kind.fields.some(({ name }) => name === 'anchor')) element.anchor = 'c';
    element.x = 0.5;
    element.y = 0.5;
    this.change((elements) => [...elements, element]);
    return id;
  }
}

/** A value to begin with, where one is required. @param {string} name @param {any} schema */
function first(name, schema) {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (name === 'text') return '{title}';
  if (name === 'x' || name === 'y') return 0.5;
  if (schema.type === 'number') return Math.min(schema.maximum ?? 1, Math.max(schema.minimum ?? 0, 0.2));
  if (schema.type === 'integer') return schema.minimum ?? 1;
  if (schema.type === 'boolean') return true;
  if (schema.type === 'array') return schema.items?.enum ? [schema.items.enum[0]] : [];
  return schema.pattern?.includes('fA-F') ? '000000' : '';
}

/** @param {string} text @returns {Element[]} */
function parse(text) {
  try {
    const elements = JSON.parse(text);
    return Array.isArray(elements) ? elements.filter((element) => typeof element?.kind === 'string').map((element, index) => ({ ...element, id: element.id ?? `${element.kind}-${index + 1}` })) : [];
  } catch {
    return [];
  }
}
