// Profiles: saved looks that addresses and keys name.

import { admin } from './api.js';
import { said, store } from './design.js';
import { button, fill, h } from './dom.js';
import { familyLabel } from './labels.js';
import { attempt, grid, labelled, when } from './parts.js';

/**
 * A profile, or `null` where none has the name: asked by the list, for browsers report a 404 as an error.
 * @param {string} name
 */
async function saved(name) {
  const { profiles } = await admin('GET', 'profiles');
  if (!profiles.some((/** @type {{name: string}} */ row) => row.name === name)) return null;
  return admin('GET', `profiles/${encodeURIComponent(name)}`);
}

/** @param {HTMLElement} place */
export async function profilesPart(place) {
  const { profiles } = await admin('GET', 'profiles');
  const again = () => profilesPart(place);
  const text = h('textarea', { rows: 12, spellcheck: false, 'aria-label': 'The profile as JSON' });
  const name = h('input', { type: 'text', maxLength: 48, pattern: '[a-z0-9_\\-]+', autocomplete: 'off' });
  const editor = h('details', { className: 'card' }, h('summary', null, 'Write or paste a profile'), labelled('Name', name), text,
    button('Save', () => attempt(async () => {
      await putProfile(name.value, JSON.parse(text.value));
      await again();
      return `“${name.value}” was saved.`;
    }), { kind: 'primary' }));
  const rows = profiles.map((/** @type {any} */ row) => [
    row.name, row.families.map(familyLabel).join(', '), `${row.revision}`, when(row.updated), h('span', { className: 'acts' },
      button('Open', () => attempt(() => openProfile(row.name)), { kind: 'small' }),
      button('JSON', () => attempt(async () => {
        name.value = row.name;
        text.value = JSON.stringify(await admin('GET', `profiles/${row.name}`), null, 2);
        editor.open = true;
        text.focus();
        return 'The profile is in the field below.';
      }), { kind: 'small' }),
      button(`Delete ${row.name}`, () => remove(row.name, again), { icon: 'trash', quiet: true })),
  ]);
  fill(place, saver(again), grid('Profiles', ['Name', 'Families', 'Revision', 'Changed', ''], rows), editor);
}

/** @param {string} name @param {any} document */
async function putProfile(name, document) {
  return admin('PUT', `profiles/${encodeURIComponent(name)}`, document);
}

/**
 * Saves the look in hand under a name; other families of the profile stay as they are.
 * @param {string} name
 */
export async function saveLook(name) {
  const known = await saved(name);
  const families = { ...known?.families };
  const { family } = store.design;
  families[family] = { ...families[family], options: Object.fromEntries(said(store.design)) };
  return putProfile(name, { version: 1, families });
}

/**
 * Saves the layout in hand with the options; gives what is probably not meant.
 * @param {string} name
 * @param {any[]} elements
 * @returns {Promise<string[]>}
 */
export async function saveLayout(name, elements) {
  const known = await saved(name);
  const options = Object.fromEntries(said(store.design).filter(([option]) => option !== 'imageSize'));
  const families = { ...known?.families, [store.design.family]: elements.length ? { options, layout: elements } : { options } };
  return (await putProfile(name, { version: 1, families })).warnings ?? [];
}

/** The layout of a profile for the family in hand. @param {string} name @returns {Promise<any[]>} */
export async function openLayout(name) {
  const document = await admin('GET', `profiles/${encodeURIComponent(name)}`);
  const family = document.families[store.design.family];
  if (!family) throw new Error(`“${name}” says nothing of ${familyLabel(store.design.family)}.`);
  return family.layout ?? [];
}

/** @param {() => Promise<void>} again */
function saver(again) {
  const name = h('input', { type: 'text', maxLength: 48, pattern: '[a-z0-9_\\-]+', autocomplete: 'off', placeholder: 'my-look' });
  return h('section', { className: 'card' }, h('h3', null, 'Save the look in hand'),
    h('p', { className: 'help' }, `What is chosen under “Look” for ${familyLabel(store.design.family)} is saved under a name; other families of that profile stay. Addresses then say poster-name.`),
    h('div', { className: 'row' }, labelled('Name', name), button('Save', () => attempt(async () => {
      await saveLook(name.value.trim());
      await again();
      return `“${name.value.trim()}” was saved.`;
    }), { kind: 'primary' })));
}

/** Takes a profile's options as the design in hand. @param {string} name */
async function openProfile(name) {
  const document = await admin('GET', `profiles/${encodeURIComponent(name)}`);
  const families = Object.keys(document.families);
  const family = families.includes(store.design.family) ? store.design.family : families[0];
  store.change((design) => {
    design.family = family;
    const options = document.families[family].options ?? {};
    design.options = Object.fromEntries(Object.entries(options).map(([option, value]) => [option, Array.isArray(value) ? value.join(',') : String(value)]));
  });
  return `“${name}” is in hand: see “Look”.`;
}

/** @param {string} name @param {() => Promise<void>} again */
function remove(name, again) {
  if (!confirm(`Delete the profile “${name}”? Addresses that name it show the default look.`)) return;
  void attempt(async () => {
    try {
      await admin('DELETE', `profiles/${encodeURIComponent(name)}`);
    } catch (error) {
      const used = error instanceof Error && /** @type {any} */ (error).status === 409;
      if (!used || !confirm(`${/** @type {Error} */ (error).message}. Delete it all the same?`)) throw error;
      await admin('DELETE', `profiles/${encodeURIComponent(name)}?force=true`);
    }
    await again();
    return `“${name}” was deleted.`;
  });
}
