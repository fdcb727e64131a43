// One control per shape of value. A control shows a value or, where nothing was chosen, the default; it tells `choose`
// what an address would write, or `null` for the default.

import { h, uniqueId } from './dom.js';
import { valueLabel } from './labels.js';
import { orderedList } from './list.js';

/**
 * @typedef {import('./table.js').Option} Option
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {(value: string | null, fallback: {text: string, value: string | null}) => void} show
 */

/**
 * @typedef {(value: string | null) => void} Choose
 * @typedef {{row: Option, choose: Choose, label: string, helpId: string}} Needs
 */

/** The eight places around a picture, as a grid of three by three. */
const PLACES = ['tl', 'tc', 'tr', 'l', '', 'r', 'bl', 'bc', 'br'];

/**
 * @param {Needs} needs
 * @returns {Control}
 */
export function control(needs) {
  const { kind, words = [] } = needs.row.value;
  switch (kind) {
    case 'word': return words.length > 6 && !isPlaces(words) ? select(needs) : choices(needs);
    case 'boolean': return toggle(needs);
    case 'number': return number(needs);
    case 'list': return orderedList(needs, false);
    case 'weights': return orderedList(needs, true);
    case 'numbers': return numbers(needs);
    case 'colours': return colours(needs);
    default: return text(needs);
  }
}

/** @param {string[]} words */
const isPlaces = (words) => PLACES.every((place) => place === '' || words.includes(place));

/**
 * Words side by side, one of them chosen.
 * @param {Needs} needs
 * @returns {Control}
 */
function choices({ row, choose, label, helpId }) {
  const words = row.value.words ?? [];
  const name = uniqueId();
  const places = isPlaces(words);
  // A default that is no word of the list is a choice, too.
  const none = h('input', { type: 'radio', name, value: '', onchange: () => choose(null) });
  const noneText = h('span');
  const noneLabel = h('label', { className: 'choice none' }, none, noneText);
  /** @type {Record<string, string>} */
  let defaults = {};
  const radios = words.map((word) => h('input', {
    type: 'radio', name, value: word, onchange: () => choose(defaults.value === word ? null : word),
  }));
  const labels = words.map((word, index) => {
    const text = valueLabel(row.name, word);
    const inside = places && PLACES.includes(word)
      ? [radios[index], h('span', { className: 'dot' }), h('span', { className: 'away' }, text)]
      : [radios[index], h('span', null, text)];
    return h('label', { className: 'choice', title: text }, inside);
  });
  const grid = places ? PLACES.map((place) => labels[words.indexOf(place)] ?? h('span', { 'aria-hidden': 'true' })) : [];
  const rest = places ? labels.filter((_, index) => !PLACES.includes(words[index])) : labels;
  const element = h('div', { className: 'choices', role: 'radiogroup', 'aria-label': label, 'aria-describedby': helpId },
    noneLabel, places ? h('div', { className: 'places' }, grid) : null, rest);
  return {
    element,
    show(value, fallback) {
      defaults = { value: fallback.value ?? '' };
      noneLabel.hidden = fallback.value !== null;
      noneText.textContent = fallback.text.length > 14 ? 'Default' : valueLabel(row.name, fallback.text);
      const shown = value ?? fallback.value ?? '';
      for (const radio of [none, ...radios]) radio.checked = radio.value === shown;
    },
  };
}

/**
 * @param {Needs} needs
 * @returns {Control}
 */
function select({ row, choose, label, helpId }) {
  const first = h('option', { value: '' });
  const words = (row.value.words ?? []).map((word) => h('option', { value: word }, valueLabel(row.name, word)));
  const element = h('select', {
    'aria-label': label, 'aria-describedby': helpId, onchange: () => choose(element.value || null),
  }, first, words);
  return {
    element,
    show(value, fallback) {
      const text = fallback.value === null ? fallback.text : valueLabel(row.name, fallback.value);
      first.textContent = `Default: ${text}`;
      element.value = value ?? '';
    },
  };
}

/**
 * @param {Needs} needs
 * @returns {Control}
 */
function toggle({ choose, label, helpId }) {
  let standard = 'false';
  const box = h('input', {
    type: 'checkbox', role: 'switch', 'aria-label': label, 'aria-describedby': helpId,
    onchange: () => choose(String(box.checked) === standard ? null : String(box.checked)),
  });
  return {
    element: h('span', { className: 'switch' }, box, h('span', { className: 'track', 'aria-hidden': 'true' })),
    show(value, fallback) {
      standard = fallback.value ?? 'false';
      box.checked = (value ?? standard) === 'true';
    },
  };
}

/**
 * A slider and the number itself.
 * @param {Needs} needs
 * @returns {Control}
 */
function number({ row, choose, label, helpId }) {
  const { min = 0, max = 100, step = 1 } = row.value;
  let standard = '';
  const tell = (/** @type {string} */ value) => {
    const bounded = value === '' ? '' : String(Math.min(max, Math.max(min, Number(value))));
    choose(bounded === '' || bounded === standard ? null : bounded);
  };
  const range = h('input', {
    type: 'range', min: String(min), max: String(max), step: String(step), 'aria-label': `${label}, as a slider`,
    oninput: () => { exact.value = range.value; tell(range.value); },
  });
  const exact = h('input', {
    type: 'number', min: String(min), max: String(max), step: String(step), inputMode: 'decimal',
    'aria-label': label, 'aria-describedby': helpId, onchange: () => tell(exact.value),
  });
  return {
    element: h('span', { className: 'number' }, range, exact),
    show(value, fallback) {
      standard = fallback.value ?? '';
      const shown = value ?? standard;
      exact.value = shown;
      exact.placeholder = fallback.value === null ? '–' : '';
      range.value = shown === '' ? String(max) : shown;
      range.classList.toggle('unset', shown === '');
    },
  };
}

/**
 * Rising numbers.
 * @param {Needs} needs
 * @returns {Control}
 */
function numbers({ row, choose, label, helpId }) {
  const { min = 0, max = 100, count = 1 } = row.value;
  let standard = '';
  const tell = () => {
    const values = fields.map((field) => Number(field.value));
    const rising = values.every((value, index) => value >= min && value <= max && (index === 0 || value > values[index - 1]));
    for (const field of fields) field.setCustomValidity(rising ? '' : 'The numbers have to rise.');
    fields[0].reportValidity();
    if (rising) choose(values.join(',') === standard ? null : values.join(','));
  };
  const fields = Array.from({ length: count }, (_, index) => h('input', {
    type: 'number', min: String(min), max: String(max), 'aria-label': `${label}, ${index + 1} of ${count}`,
    'aria-describedby': helpId, onchange: tell,
  }));
  return {
    element: h('span', { className: 'numbers' }, fields),
    show(value, fallback) {
      standard = fallback.value ?? '';
      const parts = (value ?? standard).split(',');
      fields.forEach((field, index) => { field.value = parts[index] ?? ''; });
    },
  };
}

/**
 * @param {Needs} needs
 * @returns {Control}
 */
function colours({ row, choose, label, helpId }) {
  const { count = 1 } = row.value;
  let standard = '';
  const tell = () => {
    const value = fields.map((field) => field.value.replace('#', '')).join(',');
    choose(value === standard ? null : value);
  };
  const fields = Array.from({ length: count }, (_, index) => h('input', {
    type: 'color', 'aria-label': count === 1 ? label : `${label}, ${index + 1} of ${count}`, 'aria-describedby': helpId, oninput: tell,
  }));
  const texts = fields.map((field, index) => h('input', {
    type: 'text', maxLength: 7, spellcheck: false, autocomplete: 'off', className: 'hex',
    'aria-label': `${count === 1 ? label : `${label}, ${index + 1} of ${count}`}, as rrggbb`,
    onchange: () => {
      const hex = /** @type {HTMLInputElement} */ (texts[index]).value.replace('#', '').toLowerCase();
      const fits = /^[0-9a-f]{6}$/.test(hex);
      texts[index].setCustomValidity(fits || hex === '' ? '' : 'Six digits of 0-9 a-f.');
      texts[index].reportValidity();
      if (hex === '' && count === 1) choose(null);
      if (!fits) return;
      field.value = `#${hex}`;
      tell();
    },
  }));
  return {
    element: h('span', { className: 'colours' }, fields.map((field, index) => h('span', { className: 'colour' }, field, texts[index]))),
    show(value, fallback) {
      standard = fallback.value ?? '';
      const parts = (value ?? standard).split(',').map((part) => part.replace('#', '').toLowerCase());
      fields.forEach((field, index) => {
        const known = /^[0-9a-f]{6}$/.test(parts[index] ?? '');
        field.value = known ? `#${parts[index]}` : '#808080';
        texts[index].value = known ? parts[index] : '';
        texts[index].placeholder = fallback.text.slice(0, 12);
      });
    },
  };
}

/**
 * @param {Needs} needs
 * @returns {Control}
 */
function text({ row, choose, label, helpId }) {
  const element = h('input', {
    type: 'text', maxLength: row.value.max ?? 120, spellcheck: false, autocomplete: 'off',
    'aria-label': label, 'aria-describedby': helpId, onchange: () => choose(element.value.trim() || null),
  });
  return {
    element,
    show(value, fallback) {
      element.value = value ?? '';
      element.placeholder = fallback.text.length > 40 ? 'Default' : fallback.text;
    },
  };
}
