// A list whose members are chosen and put into order: by dragging, by buttons, by keys.

import { button, fill, h, icon, say } from './dom.js';
import { optionLabel, valueLabel } from './labels.js';

/**
 * @typedef {{word: string, weight: number}} Member
 */

/**
 * @param {import('./controls.js').Needs} needs
 * @param {boolean} weighted whether members have a weight: `imdb:2`
 * @returns {import('./controls.js').Control}
 */
export function orderedList({ row, choose, label, helpId }, weighted) {
  const words = row.value.words ?? [];
  const none = row.value.none;
  /** @type {Member[]} */
  let members = [];
  let standard = '';
  const chosen = h('ol', { className: 'chosen', 'aria-label': `${label}: chosen` });
  const others = h('div', { className: 'others' });
  const element = h('div', { className: 'ordered', role: 'group', 'aria-label': label, 'aria-describedby': helpId }, chosen, others);

  const tell = () => {
    const value = members.map(({ word, weight }) => (weighted && weight !== 1 ? `${word}:${weight}` : word)).join(',');
    if (value === standard) choose(null);
    else if (value === '') choose(none ?? null);
    else choose(value);
  };

  /**
   * @param {number} from
   * @param {number} to
   */
  const move = (from, to) => {
    if (to < 0 || to >= members.length || from === to) return;
    const [member] = members.splice(from, 1);
    members.splice(to, 0, member);
    draw();
    tell();
    say(`${valueLabel(row.name, member.word)} is number ${to + 1} of ${members.length}.`);
    /** @type {HTMLElement | null} */ (chosen.children[to]?.querySelector('.grip'))?.focus();
  };

  /** @param {number} index */
  const remove = (index) => {
    members.splice(index, 1);
    draw();
    tell();
    const next = chosen.children[Math.min(index, members.length - 1)]?.querySelector('.grip') ?? others.querySelector('button');
    /** @type {HTMLElement | null} */ (next)?.focus();
  };

  /** @param {number} index */
  const drawMember = (index) => {
    const member = members[index];
    const text = valueLabel(row.name, member.word);
    const grip = h('button', {
      type: 'button', className: 'grip', 'aria-label': `${text}, number ${index + 1}. Arrow keys move it, Delete takes it out.`,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const steps = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };
        const step = steps[/** @type {keyof typeof steps} */ (event.key)];
        if (step) move(index, index + step);
        else if (event.key === 'Delete' || event.key === 'Backspace') remove(index);
        else return;
        event.preventDefault();
      },
    }, icon('grip'));
    const weight = weighted && h('input', {
      type: 'number', min: '1', max: '100', value: String(member.weight), 'aria-label': `Weight of ${text}`,
      onchange: (/** @type {Event} */ event) => {
        member.weight = Math.min(100, Math.max(1, Math.round(Number(/** @type {HTMLInputElement} */ (event.target).value)) || 1));
        tell();
      },
    });
    const item = h('li', { 'data-word': member.word }, grip, h('span', { className: 'name' }, text), weight,
      button(`Take out ${text}`, () => remove(index), { icon: 'close', quiet: true }));
    draggable(item, grip, chosen, index, move);
    return item;
  };

  const draw = () => {
    fill(chosen, members.map((_, index) => drawMember(index)));
    chosen.hidden = members.length === 0;
    const left = words.filter((word) => members.every((member) => member.word !== word));
    fill(others, left.map((word) => h('button', {
      type: 'button', className: 'chip', 'data-word': word, 'aria-label': `Add ${valueLabel(row.name, word)} to ${optionLabel(row.name)}`,
      onclick: () => {
        members.push({ word, weight: 1 });
        draw();
        tell();
        /** @type {HTMLElement | null} */ (others.querySelector('button'))?.focus();
      },
    }, icon('plus'), valueLabel(row.name, word))));
  };

  return {
    element,
    show(value, fallback) {
      standard = fallback.value ?? '';
      const next = parse(value ?? standard, words, none);
      if (JSON.stringify(next) === JSON.stringify(members) && (chosen.children.length || others.children.length)) return;
      members = next;
      draw();
    },
  };
}

/**
 * @param {string} text
 * @param {string[]} words
 * @param {string | undefined} none
 * @returns {Member[]}
 */
function parse(text, words, none) {
  if (text === none) return [];
  return text.split(',').map((part) => {
    const [word, weight] = part.split(':');
    return { word, weight: Number(weight) || 1 };
  }).filter(({ word }) => words.includes(word));
}

/**
 * Lets an item of a list be dragged by its grip, by mouse, pen or finger.
 * @param {HTMLElement} item
 * @param {HTMLElement} grip
 * @param {HTMLElement} list
 * @param {number} index
 * @param {(from: number, to: number) => void} move
 */
export function draggable(item, grip, list, index, move) {
  grip.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    grip.setPointerCapture(event.pointerId);
    item.classList.add('dragged');
    let target = index;
    const onmove = (/** @type {PointerEvent} */ at) => {
      const items = /** @type {HTMLElement[]} */ ([...list.children]);
      target = items.reduce((found, other, place) => {
        const box = other.getBoundingClientRect();
        const middle = box.top + box.height / 2;
        return at.clientY > middle ? Math.max(found, place + (place > index ? 0 : 1)) : found;
      }, 0);
      target = Math.min(target, items.length - 1);
      items.forEach((other, place) => {
        other.classList.toggle('before', place === target && target < index);
        other.classList.toggle('after', place === target && target > index);
      });
    };
    const done = () => {
      grip.removeEventListener('pointermove', onmove);
      item.classList.remove('dragged');
      for (const other of list.children) other.classList.remove('before', 'after');
      if (target !== index) move(index, target);
    };
    grip.addEventListener('pointermove', onmove);
    grip.addEventListener('pointerup', done, { once: true });
    grip.addEventListener('pointercancel', () => { target = index; done(); }, { once: true });
  });
}
