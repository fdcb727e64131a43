// Keys: made, changed, rotated, revoked, and how much they are used.

import { admin } from './api.js';
import { button, copyLine, fill, h } from './dom.js';
import { familyLabel } from './labels.js';
import { attempt, count, grid, labelled, when } from './parts.js';
import { table } from './table.js';

/** @param {HTMLElement} place */
export async function keysPart(place) {
  const [{ keys }, { profiles }] = await Promise.all([admin('GET', 'keys'), admin('GET', 'profiles')]);
  const again = () => keysPart(place);
  const secrets = h('div', { className: 'secrets', role: 'status' });
  const used = keys.filter((/** @type {any} */ key) => key.state !== 'revoked');
  const gone = keys.filter((/** @type {any} */ key) => key.state === 'revoked');
  const rows = used.map((/** @type {any} */ key) => [
    [key.name, h('br'), h('code', null, `${key.prefix}…`)], key.state.replace('_', ' '), count(key.requests), limits(key),
    when(key.last_used), h('span', { className: 'acts' },
      button(`Rotate ${key.name}`, () => rotate(key, secrets, again), { icon: 'reset', quiet: true }),
      button(`Revoke ${key.name}`, () => revoke(key, again), { icon: 'trash', quiet: true })),
  ]);
  fill(place, secrets, maker(profiles, secrets, again),
    grid('Keys', ['Name', 'State', 'Requests', 'May', 'Last used', ''], rows),
    gone.length > 0 && h('details', null, h('summary', null, `${gone.length} revoked`),
      grid('Revoked keys', ['Name', 'Requests', 'Revoked'], gone.map((/** @type {any} */ key) => [key.name, count(key.requests), when(key.revoked)]))));
}

/** @param {any} key */
function limits(key) {
  const quota = key.quota ? `${count(key.made_this_month)} of ${count(key.quota)} made this month` : `${count(key.made_this_month)} made this month`;
  const parts = [quota, key.rate_per_minute && `${key.rate_per_minute} a minute`, key.profile && `profile ${key.profile}`,
    (key.families ?? []).join(', '), (key.scopes ?? []).join(', '), key.expires && `until ${key.expires.slice(0, 10)}`];
  return parts.filter(Boolean).join(' · ');
}

/** @param {HTMLElement} secrets @param {any} made @param {string} sentence */
function showSecrets(secrets, made, sentence) {
  fill(secrets, h('section', { className: 'card good' }, h('h3', null, sentence),
    h('p', { className: 'help' }, 'They are shown this once.'), copyLine(made.key, 'the key'),
    h('p', { className: 'help' }, 'The share form is good for pictures and nothing else:'), copyLine(made.share, 'the share form')));
}

/** @param {any[]} profiles @param {HTMLElement} secrets @param {() => Promise<void>} again */
function maker(profiles, secrets, again) {
  const name = h('input', { type: 'text', maxLength: 40, required: true, autocomplete: 'off' });
  const quota = h('input', { type: 'number', min: '1', placeholder: 'any number' });
  const rate = h('input', { type: 'number', min: '1', placeholder: 'any' });
  const expires = h('input', { type: 'date' });
  const profile = h('select', null, h('option', { value: '' }, 'none'), profiles.map((row) => h('option', { value: row.name }, row.name)));
  const lock = h('input', { type: 'checkbox' });
  const families = table.families.map((row) => h('input', { type: 'checkbox', value: row.name, checked: true }));
  const scopes = ['plex', 'stremio'].map((scope) => h('input', { type: 'checkbox', value: scope, checked: scope === 'plex' }));
  const make = () => attempt(async () => {
    /** @type {Record<string, any>} */
    const document = { name: name.value, scopes: scopes.filter((box) => box.checked).map((box) => box.value), lock_look: lock.checked };
    if (quota.value) document.quota = Number(quota.value);
    if (rate.value) document.rate_per_minute = Number(rate.value);
    if (expires.value) document.expires = expires.value;
    if (profile.value) document.profile = profile.value;
    const chosen = families.filter((box) => box.checked).map((box) => box.value);
    if (chosen.length < families.length) document.families = chosen;
    const made = await admin('POST', 'keys', document);
    await again();
    showSecrets(/** @type {HTMLElement} */ (currentPlace(secrets)), made, `The key “${made.name}”`);
    return 'A key was made.';
  });
  const box = (/** @type {HTMLInputElement} */ input, /** @type {string} */ text) => h('label', { className: 'check' }, input, text);
  return h('details', { className: 'card', open: false }, h('summary', null, 'Make a key'),
    h('div', { className: 'fields' }, labelled('Name', name), labelled('Pictures per month', quota), labelled('New pictures per minute', rate),
      labelled('Valid until', expires), labelled('Profile', profile)),
    h('fieldset', null, h('legend', null, 'Families'), families.map((input) => box(input, familyLabel(input.value)))),
    h('fieldset', null, h('legend', null, 'Also opens'), scopes.map((input) => box(input, input.value === 'plex' ? 'Plex provider' : 'Stremio add-ons'))),
    box(lock, 'The look is locked: addresses cannot change it'),
    button('Make the key', make, { kind: 'primary' }));
}

/** The place of the secrets after the section was drawn anew. @param {HTMLElement} old */
function currentPlace(old) {
  return old.isConnected ? old : document.querySelector('.section .secrets') ?? old;
}

/** @param {any} key @param {HTMLElement} secrets @param {() => Promise<void>} again */
function rotate(key, secrets, again) {
  if (!confirm(`Give “${key.name}” a new text? The old one works for another 24 hours.`)) return;
  void attempt(async () => {
    const made = await admin('POST', `keys/${key.id}/rotate`, { grace: '24h' });
    await again();
    showSecrets(/** @type {HTMLElement} */ (currentPlace(secrets)), made, `The new text of “${key.name}”`);
    return 'The key was rotated.';
  });
}

/** @param {any} key @param {() => Promise<void>} again */
function revoke(key, again) {
  if (!confirm(`Revoke “${key.name}”? Clients with it get no further pictures.`)) return;
  void attempt(async () => {
    await admin('DELETE', `keys/${key.id}`);
    await again();
    return 'The key was revoked.';
  });
}
