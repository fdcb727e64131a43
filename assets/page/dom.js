// Makes elements. Text is always text: nothing here reads markup.

/**
 * @typedef {Node | string | number | boolean | null | undefined | readonly any[]} Child
 */

/**
 * @param {Element} element
 * @param {readonly Child[]} children
 */
function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child instanceof Node) element.append(child);
    else if (child !== null && child !== undefined && typeof child !== 'boolean') element.append(String(child));
  }
}

/**
 * An element with properties and children. `onclick` and the like are listeners, `data-*`, `aria-*` and names that are
 * no properties are attributes.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any> | null} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes('-') && name !== 'list' && name !== 'form') /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

/**
 * Puts these in the place of what is in an element.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

const SVG = 'http://www.w3.org/2000/svg';

/** Outlines on a field of 24 by 24. @type {Record<string, string>} */
const ICONS = {
  undo: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'm15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'm4 12 5 6L20 6',
  reset: 'M4 4v6h6M4.5 15a8 8 0 1 0 1-8.5L4 10',
  up: 'm6 15 6-6 6 6',
  down: 'm6 9 6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
};

/**
 * A decorative icon.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name] ?? '');
  svg.append(path);
  return svg;
}

/**
 * A button; with an icon alone its label is for those who hear it.
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {{icon?: string, kind?: string, quiet?: boolean, props?: Record<string, any>}} [look]
 */
export function button(label, onclick, look = {}) {
  const quiet = look.quiet && look.icon;
  return h(
    'button',
    {
      type: 'button',
      className: `button ${look.kind ?? ''} ${quiet ? 'bare' : ''}`,
      onclick,
      'aria-label': quiet ? label : null,
      title: quiet ? label : null,
      ...look.props,
    },
    look.icon ? icon(look.icon) : null,
    quiet ? null : label,
  );
}

let lastId = 0;

/** An id that no other element has. */
export function uniqueId() {
  lastId += 1;
  return `u${lastId}`;
}

/**
 * Says a sentence to those who hear the page, and shows it for a moment.
 * @param {string} text
 * @param {'good' | 'bad'} [kind]
 */
export function say(text, kind = 'good') {
  const place = document.getElementById('said');
  if (!place) return;
  const line = h('p', { className: `said ${kind}` }, text);
  fill(place, line);
  setTimeout(() => line.remove(), kind === 'bad' ? 8000 : 3500);
}

/**
 * Puts a text on the clipboard; where the browser refuses (a page without TLS), by the old way.
 * @param {string} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = h('textarea', { value: text, className: 'away' });
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
  say('Copied.');
}

/**
 * A line to be copied.
 * @param {string} text
 * @param {string} label
 */
export function copyLine(text, label) {
  const line = h('div', { className: 'copy-line' },
    h('code', { tabIndex: 0, role: 'textbox', 'aria-readonly': 'true', 'aria-label': label }, text),
    button(`Copy ${label}`, () => copy(text), { icon: 'copy', quiet: true }));
  return line;
}

/**
 * Calls `run` once no further call came for so long.
 * @template {any[]} A
 * @param {number} ms
 * @param {(...args: A) => void} run
 */
export function settled(ms, run) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return (/** @type {A} */ ...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...args), ms);
  };
}
