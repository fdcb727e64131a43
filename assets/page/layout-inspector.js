// The fields of one element, made of the server's description of them.

import { fill, h, uniqueId } from './dom.js';
import { spaced, valueLabel } from './labels.js';
import { labelled } from './parts.js';

/**
 * @typedef {import('./layout-model.js').Element} Element
 * @typedef {import('./layout-model.js').Kind} Kind
 * @typedef {(name: string, value: any) => void} Set
 */

/**
 * @param {HTMLElement} place
 * @param {Element | undefined} element
 * @param {Kind | undefined} kind
 * @param {Set} set
 */
export function inspect(place, element, kind, set) {
  if (!element || !kind) {
    fill(place, h('p', { className: 'help' }, 'Choose an element to see its fields.'));
    return;
  }
  fill(place, h('h2', null, `${spaced(element.kind)} ${element.id}`), kind.help && h('p', { className: 'help' }, kind.help),
    h('div', { className: 'inspector' }, kind.fields.map(({ name, schema }) => field(name, schema, element[name], (value) => set(name, value)))));
}

/**
 * @param {string} name
 * @param {any} schema
 * @param {any} value
 * @param {(value: any) => void} put
 * @returns {HTMLElement}
 */
function field(name, schema, value, put) {
  const own = control(name, schema, value, put);
  const help = schema.description ? h('p', { className: 'help' }, schema.description) : null;
  return h('div', { className: 'field', 'data-field': name }, own, help);
}

/**
 * @param {string} name
 * @param {any} schema
 * @param {any} value
 * @param {(value: any) => void} put
 * @returns {HTMLElement}
 */
function control(name, schema, value, put) {
  const label = spaced(name);
  if (schema.enum) {
    const select = h('select', { onchange: () => put(select.value || undefined) }, h('option', { value: '' }, 'Default'),
      schema.enum.map((/** @type {string} */ word) => h('option', { value: word, selected: word === value }, valueLabel(name, word))));
    return labelled(label, select);
  }
  if (schema.type === 'number' || schema.type === 'integer') return number(label, schema, value, put);
  if (schema.type === 'boolean') {
    const box = h('input', { type: 'checkbox', checked: value ?? schema.default === true, onchange: () => put(box.checked) });
    return h('label', { className: 'check' }, box, label);
  }
  if (schema.type === 'array' && schema.items?.enum) return words(label, name, schema.items.enum, value ?? [], put);
  if (schema.type === 'object') return condition(label, schema, value, put);
  if (schema.pattern?.includes('fA-F')) return colour(label, value, put);
  const text = h('input', { type: 'text', maxLength: schema.maxLength ?? 120, value: value ?? '', onchange: () => put(text.value || undefined) });
  return labelled(label, text);
}

/** @param {string} label @param {any} schema @param {number | undefined} value @param {(value: any) => void} put */
function number(label, schema, value, put) {
  const whole = schema.type === 'integer';
  const input = h('input', {
    type: 'number', min: schema.minimum, max: schema.maximum, step: whole ? '1' : 'any', value: value === undefined ? '' : String(value),
    placeholder: schema.default === undefined ? '' : String(schema.default),
    onchange: () => put(input.value === '' || !input.checkValidity() ? undefined : Number(input.value)),
  });
  return labelled(label, input);
}

/** @param {string} label @param {string | undefined} value @param {(value: any) => void} put */
function colour(label, value, put) {
  const picker = h('input', { type: 'color', value: `#${(value ?? '808080').replace('#', '')}`, 'aria-label': `${label}, to pick`, onchange: () => put(picker.value.slice(1)) });
  const hex = h('input', { type: 'text', className: 'hex', maxLength: 7, value: value ?? '', placeholder: 'rrggbb', onchange: () => put(/^#?[0-9a-f]{6}$/i.test(hex.value) ? hex.value.replace('#', '') : undefined) });
  return h('div', { className: 'row' }, labelled(label, hex), h('span', { className: 'colour' }, picker));
}

/** @param {string} label @param {string} name @param {string[]} all @param {string[]} chosen @param {(value: any) => void} put */
function words(label, name, all, chosen, put) {
  const boxes = all.map((word) => h('input', {
    type: 'checkbox', value: word, checked: chosen.includes(word),
    onchange: () => {
      // Those that were there keep their order; a new one is the last.
      const kept = chosen.filter((own) => boxes.some((box) => box.value === own && box.checked));
      const added = boxes.filter((box) => box.checked && !kept.includes(box.value)).map((box) => box.value);
      put([...kept, ...added]);
    },
  }));
  return h('fieldset', null, h('legend', null, label), boxes.map((box) => h('label', { className: 'check' }, box, valueLabel(name, box.value))));
}

/**
 * What has to hold for an element to be drawn. Alternatives and negations are written as JSON.
 * @param {string} label
 * @param {any} schema
 * @param {any} value
 * @param {(value: any) => void} put
 */
function condition(label, schema, value, put) {
  const note = h('p', { className: 'warning', role: 'status' });
  const set = (/** @type {string} */ name, /** @type {any} */ part) => {
    const next = { ...value };
    if (part === undefined) delete next[name];
    else next[name] = part;
    put(Object.keys(next).length ? next : undefined);
  };
  const simple = Object.entries(schema.properties ?? {}).filter(([, /** @type {any} */ own]) => !own.$ref && !['array', 'object'].includes(own.type));
  const json = h('textarea', {
    id: uniqueId(), rows: 3, spellcheck: false, value: value ? JSON.stringify(value) : '',
    onchange: () => {
      try {
        put(json.value.trim() ? JSON.parse(json.value) : undefined);
      } catch {
        fill(note, 'That is no JSON.');
      }
    },
  });
  return h('details', { className: 'condition', open: Boolean(value) }, h('summary', null, label === 'When' ? 'Only when' : label),
    simple.map(([name, own]) => control(name, own, value?.[name], (part) => set(name, part))), labelled('As JSON', json), note);
}
