// The server's picture. While the next one is on its way the last one stays; only the newest question counts.

import { ApiFailure, picture, token } from './api.js';
import { button, fill, h } from './dom.js';
import { facts } from './table.js';

/** Milliseconds after which a wait is shown. */
const SHOW_WAIT = 200;
/** Milliseconds without another question before one goes out while one is under way. */
const REST = 60;

export class Preview {
  /** @param {{onexplain?: () => void}} [hooks] */
  constructor(hooks = {}) {
    this.image = h('img', { alt: '', decoding: 'sync', hidden: true });
    this.note = h('div', { className: 'picture-note', role: 'status' });
    this.figure = h('div', { className: 'picture', 'aria-busy': 'false' }, this.image, this.note);
    this.facts = h('p', { className: 'picture-facts' });
    this.hooks = hooks;
    /** @type {AbortController | null} */
    this.running = null;
    this.url = '';
    /** @type {Blob | null} */
    this.blob = null;
    this.asked = '';
  }

  /**
   * @param {import('./api.js').Wanted} wanted
   * @param {string} alt
   * @returns {Promise<boolean>} whether this picture is shown now
   */
  async show(wanted, alt) {
    const asked = JSON.stringify(wanted);
    if (asked === this.asked && this.blob) return true;
    if (isLocked()) {
      this.fail(new ApiFailure(401, ''), () => undefined);
      return false;
    }
    const busy = this.running !== null;
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    this.asked = asked;
    // A slider asks for many pictures: only where it rests one is made.
    if (busy) await new Promise((resolve) => { setTimeout(resolve, REST); });
    if (running.signal.aborted) return false;
    const wait = setTimeout(() => this.figure.setAttribute('aria-busy', 'true'), SHOW_WAIT);
    try {
      const seen = await picture(wanted, running.signal);
      if (this.running !== running) return false;
      await this.put(seen.blob, alt);
      this.tell(seen);
      return true;
    } catch (error) {
      if (running.signal.aborted) return false;
      this.asked = '';
      this.fail(error, () => this.show(wanted, alt));
      return false;
    } finally {
      clearTimeout(wait);
      if (this.running === running) {
        this.running = null;
        this.figure.setAttribute('aria-busy', 'false');
      }
    }
  }

  /**
   * @param {Blob} blob
   * @param {string} alt
   */
  async put(blob, alt) {
    const old = this.url;
    this.url = URL.createObjectURL(blob);
    this.blob = blob;
    this.image.src = this.url;
    this.image.alt = alt;
    await this.image.decode().catch(() => undefined);
    this.image.hidden = false;
    this.figure.classList.remove('failed');
    fill(this.note);
    if (old) URL.revokeObjectURL(old);
  }

  /** @param {import('./api.js').Seen} seen */
  tell(seen) {
    const { naturalWidth, naturalHeight } = this.image;
    const parts = [`${naturalWidth} × ${naturalHeight}`, size(seen.blob.size), `${Math.max(1, Math.round(seen.ms))} ms`];
    fill(this.facts, h('span', null, parts.join(' · ')),
      seen.ignored.length > 0 && h('span', { className: 'warning' }, `Not understood: ${seen.ignored.join(', ')}`));
    this.figure.dataset.ms = String(Math.round(seen.ms));
    this.figure.dataset.shown = seen.of;
  }

  /**
   * @param {unknown} error
   * @param {() => void} again
   */
  fail(error, again) {
    const text = error instanceof Error ? error.message : 'There is no picture.';
    const locked = error instanceof ApiFailure && error.status === 401;
    this.figure.classList.add('failed');
    this.blob = null;
    fill(this.note, h('p', null, locked ? 'Previews need the admin token.' : text),
      locked ? h('a', { className: 'button', href: '#server' }, 'Enter the token') : button('Try again', again));
    fill(this.facts);
  }
}

/** Whether previews want a token that is not there. */
export const isLocked = () => !facts.demo && !token();

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1 << 20 ? [bytes / 1024, 'KB'] : bytes < 1 << 30 ? [bytes / (1 << 20), 'MB'] : [bytes / (1 << 30), 'GB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
