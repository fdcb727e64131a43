// The form of a family's options, made of nothing but the table.

import { control } from './controls.js';
import { button, fill, h, uniqueId } from './dom.js';
import { optionLabel, plain } from './labels.js';
import { fallbackOf, optionsOf, table } from './table.js';

/**
 * @typedef {import('./table.js').Option} Option
 * @typedef {{set: (name: string, value: string | null) => void, clear: (names: string[]) => void}} Edits
 */

/** Groups that are open at first; the others open where something in them was chosen. */
const OPEN = ['ratings', 'badges'];

export class Form {
  /** @param {Edits} edits */
  constructor(edits) {
    this.edits = edits;
    this.element = h('div', { className: 'form' });
    this.family = '';
    /** @type {Map<string, {control: import('./controls.js').Control, field: HTMLElement, reset: HTMLElement, row: Option}>} */
    this.fields = new Map();
    /** @type {{name: string, count: HTMLElement, reset: HTMLElement, rows: Option[], details: HTMLDetailsElement}[]} */
    this.groups = [];
  }

  /**
   * @param {string} family
   * @param {Record<string, string>} options
   */
  show(family, options) {
    if (family !== this.family) this.build(family);
    for (const [name, { control: shown, field, reset, row }] of this.fields) {
      const value = options[name] ?? null;
      shown.show(value, fallbackOf(row, family, options));
      field.classList.toggle('changed', value !== null);
      reset.hidden = value === null;
    }
    for (const group of this.groups) {
      const changed = group.rows.filter((row) => row.name in options).length;
      group.count.textContent = changed ? String(changed) : '';
      group.count.setAttribute('aria-label', changed ? `${changed} chosen` : '');
      group.reset.hidden = changed === 0;
    }
  }

  /** @param {string} family */
  build(family) {
    const open = new Set(this.groups.filter((group) => group.details.open).map((group) => group.name));
    const isFirst = this.family === '';
    this.family = family;
    this.fields.clear();
    const rows = optionsOf(family);
    this.groups = table.groups.map((group) => {
      const own = rows.filter((row) => row.group === group.name);
      const count = h('span', { className: 'count' });
      const reset = button(`Reset ${group.title}`, () => this.edits.clear(own.map((row) => row.name)), { kind: 'small' });
      const details = h('details', { className: 'group', 'data-group': group.name, open: isFirst ? OPEN.includes(group.name) : open.has(group.name) },
        h('summary', null, h('span', { className: 'heading' }, group.title), count),
        h('p', { className: 'help' }, group.help, ' ', reset),
        own.map((row) => this.field(row)));
      return { name: group.name, count, reset, rows: own, details };
    }).filter((group) => group.rows.length > 0);
    fill(this.element, this.groups.map((group) => group.details));
  }

  /** @param {Option} row */
  field(row) {
    const helpId = uniqueId();
    const label = optionLabel(row.name);
    const own = control({ row, label, helpId, choose: (value) => this.edits.set(row.name, value) });
    const reset = button(`Reset ${label}`, () => this.edits.set(row.name, null), { icon: 'reset', quiet: true });
    const field = h('div', { className: `field of-${row.value.kind}`, 'data-option': row.name },
      h('div', { className: 'label' }, h('span', { className: 'text' }, label), h('code', null, row.name), reset),
      own.element,
      h('p', { className: 'help', id: helpId }, plain(row.help)));
    this.fields.set(row.name, { control: own, field, reset, row });
    return field;
  }

  /** Opens the group of an option and goes there. @param {string} name */
  reveal(name) {
    const found = this.fields.get(name);
    const group = this.groups.find(({ rows }) => rows.some((row) => row.name === name));
    if (!found || !group) return;
    group.details.open = true;
    found.field.scrollIntoView({ block: 'center' });
  }
}
