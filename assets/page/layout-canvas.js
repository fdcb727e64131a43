// Handles over the server's picture: a drag moves an outline, the drop asks for pixels.

import { fill, h } from './dom.js';
import { spaced } from './labels.js';
import { crop, SAFE, snap } from './snap.js';

/**
 * @typedef {import('./snap.js').Rect} Rect
 * @typedef {{id: string, kind: string} & Rect} Drawn
 * @typedef {object} Hooks
 * @property {(id: string) => void} select
 * @property {(id: string, by: {x: number, y: number}, byKey: boolean) => void} move by fractions of the frame
 * @property {(id: string, factor: {x: number, y: number}) => void} resize
 * @property {(id: string) => void} remove
 */

/** Pixels of the screen within which lines attract. */
const REACH = 7;
/** Pictures as clients cut them, width over height. @type {[string, number][]} */
const CLIENTS = [['Stremio poster', 0.675], ['Plex, Jellyfin, Kodi poster', 2 / 3], ['Landscape tile', 16 / 9], ['Square', 1]];

export class Canvas {
  /** @param {HTMLImageElement} image @param {Hooks} hooks */
  constructor(image, hooks) {
    this.hooks = hooks;
    this.image = image;
    this.handles = h('div', { className: 'handles', role: 'group', 'aria-label': 'Elements on the picture' });
    this.guides = h('div', { className: 'guides', 'aria-hidden': 'true' });
    this.cut = h('div', { className: 'cut', 'aria-hidden': 'true', hidden: true });
    this.safe = h('div', { className: 'safe', 'aria-hidden': 'true', hidden: true });
    place(this.safe, { x: SAFE, y: SAFE, width: 1 - 2 * SAFE, height: 1 - 2 * SAFE });
    this.element = h('div', { className: 'canvas' }, image, this.safe, this.cut, this.guides, this.handles);
    const crops = h('select', { 'aria-label': 'Show the crop of a client', onchange: () => this.showCrop(Number(crops.value)) },
      h('option', { value: '0' }, 'Whole picture'), CLIENTS.map(([name, ratio]) => h('option', { value: String(ratio) }, name)));
    const safeArea = h('input', { type: 'checkbox', onchange: () => { this.safe.hidden = !safeArea.checked; } });
    this.tools = h('div', { className: 'row wrap' }, crops, h('label', { className: 'check' }, safeArea, 'Safe area'));
    /** @type {Drawn[]} */
    this.drawn = [];
    this.selected = '';
  }

  /** @param {number} ratio */
  showCrop(ratio) {
    this.cut.hidden = ratio === 0;
    if (ratio) place(this.cut, crop(this.image.naturalWidth / this.image.naturalHeight, ratio));
  }

  /** @param {Drawn[]} drawn @param {string} selected */
  show(drawn, selected) {
    const hadFocus = document.activeElement instanceof HTMLElement && this.handles.contains(document.activeElement);
    this.drawn = drawn;
    this.selected = selected;
    fill(this.handles, drawn.map((element) => this.handle(element)));
    if (hadFocus) /** @type {HTMLElement | null} */ (this.handles.querySelector('.selected'))?.focus();
  }

  /** @param {Drawn} element */
  handle(element) {
    const percent = (/** @type {number} */ value) => `${Math.round(value * 100)} %`;
    const grip = h('span', { className: 'size-grip', 'aria-hidden': 'true' });
    const handle = h('button', {
      type: 'button', className: `handle ${element.id === this.selected ? 'selected' : ''}`, 'data-element': element.id,
      'aria-pressed': String(element.id === this.selected),
      'aria-label': `${spaced(element.kind)} ${element.id} at ${percent(element.x)}, ${percent(element.y)}. Arrow keys move, with Alt they size.`,
      onclick: () => this.hooks.select(element.id),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event, element),
    }, grip);
    place(handle, element);
    this.drag(handle, handle, element, (by) => this.moved(handle, element, by), (by) => {
      const to = this.rest(element, by);
      if (to.x !== element.x || to.y !== element.y) this.hooks.move(element.id, { x: to.x - element.x, y: to.y - element.y }, false);
    });
    this.drag(grip, handle, element, (by) => place(handle, sized(element, by)), (by) => {
      const to = sized(element, by);
      this.hooks.resize(element.id, { x: to.width / element.width, y: to.height / element.height });
    });
    return handle;
  }

  /**
   * @param {HTMLElement} from what is taken hold of
   * @param {HTMLElement} handle
   * @param {Drawn} element
   * @param {(by: {x: number, y: number}) => void} onmove
   * @param {(by: {x: number, y: number}) => void} ondrop
   */
  drag(from, handle, element, onmove, ondrop) {
    from.addEventListener('pointerdown', (down) => {
      if (down.button !== 0) return;
      down.stopPropagation();
      from.setPointerCapture(down.pointerId);
      this.hooks.select(element.id);
      const box = this.handles.getBoundingClientRect();
      const distance = (/** @type {PointerEvent} */ at) => ({ x: (at.clientX - down.clientX) / box.width, y: (at.clientY - down.clientY) / box.height });
      let moved = false;
      const move = (/** @type {PointerEvent} */ at) => {
        moved ||= Math.hypot(at.clientX - down.clientX, at.clientY - down.clientY) > 3;
        if (!moved) return;
        handle.classList.add('moving');
        onmove(distance(at));
      };
      const end = (/** @type {PointerEvent} */ at) => {
        from.removeEventListener('pointermove', move);
        from.removeEventListener('pointerup', end);
        from.removeEventListener('pointercancel', end);
        handle.classList.remove('moving');
        fill(this.guides);
        if (moved && at.type === 'pointerup') ondrop(distance(at));
        else place(handle, element);
      };
      from.addEventListener('pointermove', move);
      from.addEventListener('pointerup', end);
      from.addEventListener('pointercancel', end);
    });
  }

  /** @param {Drawn} element @param {{x: number, y: number}} by */
  rest(element, by) {
    const box = this.handles.getBoundingClientRect();
    const others = this.drawn.filter((other) => other.id !== element.id);
    const rect = { ...element, x: element.x + by.x, y: element.y + by.y };
    return snap(rect, others, { x: REACH / box.width, y: REACH / box.height });
  }

  /** @param {HTMLElement} handle @param {Drawn} element @param {{x: number, y: number}} by */
  moved(handle, element, by) {
    const { x, y, guides } = this.rest(element, by);
    place(handle, { ...element, x, y });
    fill(this.guides, guides.map(({ axis, at }) => {
      const line = h('div', { className: `guide ${axis}` });
      line.style[axis === 'x' ? 'left' : 'top'] = `${at * 100}%`;
      return line;
    }));
  }

  /** @param {KeyboardEvent} event @param {Drawn} element */
  key(event, element) {
    const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const direction = directions[/** @type {keyof typeof directions} */ (event.key)];
    if (event.key === 'Delete' || event.key === 'Backspace') this.hooks.remove(element.id);
    else if (!direction) return;
    else {
      // Pixels of the picture itself.
      const step = event.shiftKey ? 10 : 1;
      const by = { x: (direction[0] * step) / this.image.naturalWidth, y: (direction[1] * step) / this.image.naturalHeight };
      if (event.altKey) this.hooks.resize(element.id, { x: 1 + by.x / element.width, y: 1 + by.y / element.height });
      else this.hooks.move(element.id, by, true);
    }
    event.preventDefault();
  }
}

/** @param {Rect} rect @param {{x: number, y: number}} by */
const sized = (rect, by) => ({ ...rect, width: Math.max(0.01, rect.width + by.x), height: Math.max(0.01, rect.height + by.y) });

/** @param {HTMLElement} element @param {Rect} rect */
function place(element, rect) {
  element.style.left = `${rect.x * 100}%`;
  element.style.top = `${rect.y * 100}%`;
  element.style.width = `${rect.width * 100}%`;
  element.style.height = `${rect.height * 100}%`;
}
