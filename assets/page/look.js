// The configurator: the server's picture beside the controls that make it.

import { at } from './api.js';
import { compareView } from './compare.js';
import { formatOf, pathOf, queryOf, said, store, wantedOf } from './design.js';
import { button, copyLine, fill, h } from './dom.js';
import { explanation } from './explained.js';
import { Form } from './form.js';
import { importer } from './import.js';
import { familyLabel, optionLabel, valueLabel } from './labels.js';
import { Preview } from './preview.js';
import { option, facts, table } from './table.js';
import { TitlePicker, titleName } from './titles.js';

/** The key that stands in addresses of this page where nobody gave one. */
const anyKey = () => facts.public_key ?? 'KEY';

/** The whole address of the design in hand. @param {string} key */
export function address(key = anyKey()) {
  const query = queryOf(store.design);
  return at(`${key}/${pathOf(store.design)}`) + (query ? `?${query}` : '');
}

/** What the picture shows, for those who do not see it. */
function description() {
  const chosen = said(store.design).map(([name, value]) => `${optionLabel(name)}: ${valueLabel(name, value)}`);
  const text = `${familyLabel(store.design.family)} of ${titleName(store.design.title)}`;
  return chosen.length ? `${text}. ${chosen.join(', ')}` : `${text}, as it is by default`;
}

/** Families, formats: a row of radio buttons that looks like tabs. */
function familyTabs() {
  const radios = table.families.map((family) => h('input', {
    type: 'radio', name: 'family', value: family.name,
    onchange: () => store.change((design) => {
      design.family = family.name;
      const series = facts.titles.find((title) => title.episodes.length > 0);
      const hasEpisodes = facts.titles.some((title) => title.id === design.title && title.episodes.length > 0);
      if (['episode', 'season'].includes(family.name) && series && !hasEpisodes) Object.assign(design, { title: series.id, episode: series.episodes[0] });
    }),
  }));
  const element = h('div', { className: 'tabs', role: 'radiogroup', 'aria-label': 'Family' },
    radios.map((radio) => h('label', { className: 'tab' }, radio, h('span', null, familyLabel(radio.value)))));
  return { element, show: () => radios.forEach((radio) => { radio.checked = radio.value === store.design.family; }) };
}

/** Looks to start from, where the server has some. */
function startLooks() {
  const row = option('look');
  const element = h('div', { className: 'looks', role: 'group', 'aria-label': 'Start from a look' });
  const words = ['', ...(row?.value.words ?? [])];
  const buttons = words.map((word) => h('button', {
    type: 'button', className: 'chip', 'data-look': word || 'default', title: table.looks?.find((look) => look.name === word)?.help ?? '',
    onclick: () => store.change((design) => { design.options = word ? { look: word } : {}; }),
  }, word ? valueLabel('look', word) : 'Default'));
  fill(element, h('span', { className: 'help' }, 'Start from'), buttons);
  return {
    element,
    show() {
      const current = store.design.options.look ?? '';
      buttons.forEach((chip, index) => chip.setAttribute('aria-pressed', String(words[index] === current)));
    },
  };
}

/** Undo, redo, start again. */
function historyButtons() {
  const undo = button('Undo', () => store.undo(), { icon: 'undo', quiet: true });
  const redo = button('Redo', () => store.redo(), { icon: 'redo', quiet: true });
  const all = button('Start again', () => store.change((design) => { design.options = {}; design.format = ''; }), { icon: 'reset', quiet: true });
  return {
    element: h('div', { className: 'history', role: 'group', 'aria-label': 'Steps' }, undo, redo, all),
    show() {
      undo.disabled = store.steps.past.length === 0;
      redo.disabled = store.steps.future.length === 0;
      all.disabled = Object.keys(store.design.options).length === 0;
    },
  };
}

/** The address below the picture. */
function addressLine() {
  const element = h('div', { className: 'address' });
  const formats = h('select', {
    'aria-label': 'Format',
    onchange: () => store.change((design) => { design.format = formats.value; }),
  }, ['jpg', 'png', 'webp', 'avif'].map((name) => h('option', { value: name }, name.toUpperCase())));
  let shown = '';
  return {
    element: h('div', { className: 'address-row' }, formats, element),
    show() {
      formats.value = formatOf(store.design);
      const text = address();
      if (text === shown) return;
      shown = text;
      fill(element, copyLine(text, 'the address'));
    },
  };
}

/** @returns {{element: HTMLElement, show: () => void}} */
export function lookView() {
  const tabs = familyTabs();
  const looks = startLooks();
  const steps = historyButtons();
  const line = addressLine();
  const preview = new Preview();
  const compare = compareView();
  const explained = explanation();
  const picker = new TitlePicker((edit) => store.change(edit, 'title'));
  const form = new Form({
    set: (name, value) => store.set(name, value),
    clear: (names) => store.change((design) => { for (const name of names) delete design.options[name]; }),
  });
  const stage = h('section', { className: 'stage', 'aria-label': 'Picture' },
    tabs.element,
    h('div', { className: 'pictures' }, compare.element, preview.figure),
    h('div', { className: 'under' }, preview.facts, compare.button, steps.element),
    line.element,
    h('p', { className: 'next' }, h('a', { className: 'button primary', href: '#use' }, 'Use this look'), ' ', h('a', { href: '#sheet' }, 'See it on hard cases')));
  const controls = h('section', { className: 'controls', 'aria-label': 'Options' },
    picker.element, looks.element, importer(), form.element, explained.element);
  const show = () => {
    const { design } = store;
    for (const part of [tabs, looks, steps, line]) part.show();
    picker.show(design);
    form.show(design.family, design.options);
    stage.dataset.family = design.family;
    void preview.show(wantedOf(design), description());
    compare.show();
    explained.show();
  };
  return { element: h('div', { className: 'look' }, stage, controls), show };
}
