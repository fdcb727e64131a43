// Steps that can be taken back, of whatever can be written as text.

const MAX_STEPS = 200;
/** Changes of one name within so many milliseconds are one step. */
const ONE_STEP = 900;

export class Steps {
  constructor() {
    /** @type {string[]} */
    this.past = [];
    /** @type {string[]} */
    this.future = [];
    this.last = { name: '', at: 0 };
  }

  /**
   * Takes in what was before a change, and gives whether the change is a step of its own.
   * @param {string} before
   * @param {string} name of what is dragged; empty where every change is a step
   */
  add(before, name) {
    const now = Date.now();
    const same = name !== '' && name === this.last.name && now - this.last.at < ONE_STEP;
    this.last = { name, at: now };
    if (!same) this.past.push(before);
    this.past.splice(0, this.past.length - MAX_STEPS);
    this.future = [];
    return !same;
  }

  /** What was before, if anything was. @param {string} now */
  undo(now) {
    return this.step(this.past, this.future, now);
  }

  /** What was taken back, if anything was. @param {string} now */
  redo(now) {
    return this.step(this.future, this.past, now);
  }

  /** @param {string[]} from @param {string[]} to @param {string} now */
  step(from, to, now) {
    const text = from.pop();
    if (text !== undefined) {
      to.push(now);
      this.last = { name: '', at: 0 };
    }
    return text;
  }
}
