// The designer: a free layout made on the server's own picture.

import { explain, token } from './api.js';
import { formatOf, pathOf, said, store } from './design.js';
import { button, fill, h, icon, settled } from './dom.js';
import { familyLabel, spaced } from './labels.js';
import { Canvas } from './layout-canvas.js';
import { inspect } from './layout-inspector.js';
import { fromDrawn, LayoutStore, readKinds, STARTS } from './layout-model.js';
import { draggable } from './list.js';
import { attempt, labelled } from './parts.js';
import { Preview } from './preview.js';
import { openLayout, saveLayout } from './server-profiles.js';
import { TitlePicker } from './titles.js';

/** @typedef {import('./layout-model.js').Kind} Kind */

const layout = new LayoutStore();

/** What the preview is asked for: the options in hand with this layout, as a profile that is not saved. */
function wanted() {
  const family = store.design.family;
  const options = Object.fromEntries(said(store.design).filter(([name]) => name !== 'imageSize'));
  const size = store.design.options.imageSize;
  const design = layout.elements.length ? { options, layout: layout.elements } : { options };
  return { path: pathOf(store.design), query: size ? `imageSize=${size}` : '', profile: { version: 1, families: { [family]: design } } };
}

/** @returns {{element: HTMLElement, show: () => void}} */
export function layoutView() {
  const view = new LayoutView();
  return { element: view.element, show: () => view.show() };
}

class LayoutView {
  constructor() {
    /** @type {Kind[]} */
    this.kinds = [];
    this.selected = '';
    /** Everything that was drawn, as explain tells it. @type {any[]} */
    this.told = [];
    this.preview = new Preview();
    this.canvas = new Canvas(this.preview.image, {
      select: (id) => this.select(id),
      move: (id, by, byKey) => layout.move(id, by, byKey),
      resize: (id, factor) => this.resize(id, factor),
      remove: (id) => this.remove(id),
    });
    this.preview.figure.prepend(this.canvas.element);
    this.list = h('ol', { className: 'chosen', 'aria-label': 'Elements, the lowest first' });
    this.adding = h('div', { className: 'others' });
    const begin = (/** @type {string} */ name) => h('button', {
      type: 'button', className: 'chip', onclick: () => layout.change(() => structuredClone(STARTS[name])),
    }, name);
    this.starts = h('div', { className: 'looks', role: 'group', 'aria-label': 'Begin with' }, h('span', { className: 'help' }, 'Begin with'),
      h('button', { type: 'button', className: 'chip', onclick: () => this.take() }, 'What is there'), Object.keys(STARTS).map(begin));
    this.inspector = h('section', { className: 'card', 'aria-label': 'Fields of the element' });
    this.undo = button('Undo', () => layout.undo(), { icon: 'undo', quiet: true });
    this.redo = button('Redo', () => layout.redo(), { icon: 'redo', quiet: true });
    this.revert = button('Back to what was saved', () => layout.revert(), { icon: 'reset', quiet: true });
    this.note = h('p', { className: 'warning', role: 'status' });
    this.save = h('section', { className: 'card' });
    this.picker = new TitlePicker((edit) => store.change(edit, 'title'));
    this.ask = settled(60, () => this.pixels());
    this.element = h('div', { className: 'look' },
      h('section', { className: 'stage', 'aria-label': 'Picture' },
        h('div', { className: 'under' }, this.canvas.tools, h('div', { className: 'history', role: 'group', 'aria-label': 'Steps' }, this.undo, this.redo, this.revert)),
        this.preview.figure, this.preview.facts, this.note),
      h('section', { className: 'controls', 'aria-label': 'Layout' }, this.picker.element,
        h('section', { className: 'card' }, h('h2', null, 'Elements'), this.starts, this.list, this.adding), this.inspector, this.save));
    layout.addEventListener('changed', () => this.draw());
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.drawSave();
    void this.begin();
  }

  async begin() {
    try {
      this.kinds = await readKinds();
    } catch (error) {
      fill(this.note, error instanceof Error ? error.message : '');
    }
    this.draw();
  }

  show() {
    layout.open(store.design.family);
    this.picker.show(store.design);
    this.drawSave();
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || typing || (key !== 'z' && key !== 'y')) return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) layout.redo();
    else layout.undo();
  }

  /** The built-in look as elements of one's own. */
  take() {
    const { naturalWidth, naturalHeight } = this.preview.image;
    layout.change(() => fromDrawn(this.told, this.kinds, naturalHeight / naturalWidth));
  }

  /** @param {string} id */
  kindOf(id) {
    return this.kinds.find((kind) => kind.kind === layout.find(id)?.kind);
  }

  /** @param {string} id */
  select(id) {
    if (id === this.selected) return;
    this.selected = id;
    for (const handle of this.canvas.handles.querySelectorAll('button')) {
      const own = handle.dataset.element === id;
      handle.classList.toggle('selected', own);
      handle.setAttribute('aria-pressed', String(own));
    }
    this.drawLists();
  }

  /** @param {string} id @param {{x: number, y: number}} factor */
  resize(id, factor) {
    const drawn = this.canvas.drawn.find((element) => element.id === id);
    const { naturalWidth, naturalHeight } = this.preview.image;
    if (drawn) layout.resize(id, factor, drawn, this.kindOf(id), naturalHeight / naturalWidth);
  }

  /** @param {string} id */
  remove(id) {
    layout.change((elements) => elements.filter((element) => element.id !== id));
  }

  draw() {
    this.undo.disabled = layout.steps.past.length === 0;
    this.redo.disabled = layout.steps.future.length === 0;
    this.revert.disabled = JSON.stringify(layout.elements) === layout.saved;
    this.drawLists();
    this.ask();
  }

  drawLists() {
    const move = (/** @type {number} */ from, /** @type {number} */ to) => {
      if (to < 0 || to >= layout.elements.length) return;
      layout.change((elements) => {
        const next = [...elements];
        next.splice(to, 0, ...next.splice(from, 1));
        return next;
      });
    };
    fill(this.list, layout.elements.map((element, index) => {
      const grip = h('button', {
        type: 'button', className: 'grip', 'aria-label': `${element.id}, number ${index + 1}. Arrow keys move it.`,
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key === 'ArrowUp') move(index, index - 1);
          else if (event.key === 'ArrowDown') move(index, index + 1);
          else return;
          event.preventDefault();
        },
      }, icon('grip'));
      const item = h('li', null, grip, h('button', {
        type: 'button', className: 'name link', 'aria-pressed': String(element.id === this.selected), onclick: () => this.select(element.id),
      }, `${spaced(element.kind)}: ${element.id}`), button(`Take out ${element.id}`, () => this.remove(element.id), { icon: 'close', quiet: true }));
      draggable(item, grip, this.list, index, move);
      return item;
    }));
    this.list.hidden = layout.elements.length === 0;
    fill(this.adding, this.kinds.map((kind) => h('button', {
      type: 'button', className: 'chip', 'data-kind': kind.kind, title: kind.help, onclick: () => { this.selected = layout.add(kind); this.draw(); },
    }, icon('plus'), spaced(kind.kind))));
    inspect(this.inspector, layout.find(this.selected), this.kindOf(this.selected), (name, value) => layout.set(this.selected, name, value));
  }

  async pixels() {
    const asked = wanted();
    const shown = await this.preview.show(asked, `${familyLabel(store.design.family)} with ${layout.elements.length} elements`);
    this.canvas.handles.hidden = !shown;
    if (!shown) return;
    fill(this.note);
    try {
      const told = await explain({ ...asked, path: asked.path.replace(`.${formatOf(store.design)}`, '') });
      if (JSON.stringify(asked) !== JSON.stringify(wanted())) return;
      this.told = /** @type {any[]} */ (told.elements ?? []);
      // Parts of a strip are moved with it; without a layout there is nothing to take hold of yet.
      this.canvas.show(this.told.filter((element) => layout.find(element.id)), this.selected);
    } catch (error) {
      fill(this.note, error instanceof Error ? error.message : '');
    }
  }

  drawSave() {
    if (!token()) {
      fill(this.save, h('h2', null, 'Save'), h('p', { className: 'help' }, 'The layout is kept in this browser. To save it as a profile, enter the ', h('a', { href: '#server' }, 'admin token'), '.'));
      return;
    }
    const name = h('input', { type: 'text', maxLength: 48, pattern: '[a-z0-9_\\-]+', autocomplete: 'off', placeholder: 'my-look' });
    fill(this.save, h('h2', null, 'Save as a profile'), h('div', { className: 'row' }, labelled('Profile', name),
      button('Open', () => attempt(async () => {
        layout.load(await openLayout(name.value.trim()));
        return `“${name.value.trim()}” is open.`;
      })),
      button('Save', () => attempt(async () => {
        const warnings = await saveLayout(name.value.trim(), layout.elements);
        layout.saved = JSON.stringify(layout.elements);
        layout.tell();
        return [`“${name.value.trim()}” was saved.`, ...warnings].join(' ');
      }), { kind: 'primary' })));
  }
}
