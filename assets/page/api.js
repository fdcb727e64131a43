// Everything that is asked of the server. The admin token stays in this tab and travels in a header only.

const TOKEN = 'laurel.token';
/** Milliseconds between attempts while the server does not answer. */
const PAUSES = [400, 1000, 2000, 4000, 8000];
/** A picture that is late or a server that is busy: the work goes on behind, and the next request finds it. */
const TRY_AGAIN = [429, 503, 504];
const MAX_TRIES_OF_BUSY = 6;

/** An answer that is no success. */
export class ApiFailure extends Error {
  /**
   * @param {number} status 0 where nobody answered
   * @param {string} message
   * @param {{path: string, message: string}[]} fields
   * @param {number} retryAfter seconds
   */
  constructor(status, message, fields = [], retryAfter = 1) {
    super(message);
    this.retryAfter = retryAfter;
    this.status = status;
    this.fields = fields;
  }
}

/** @returns {string} */
export const token = () => sessionStorage.getItem(TOKEN) ?? '';

/** @param {string} text */
export function setToken(text) {
  if (text) sessionStorage.setItem(TOKEN, text);
  else sessionStorage.removeItem(TOKEN);
  document.dispatchEvent(new Event('laurel:token'));
}

/**
 * An address of this server, wherever it is mounted.
 * @param {string} path
 */
export const at = (path) => new URL(path, document.baseURI).href;

/** @param {boolean} reachable */
function tellReachable(reachable) {
  document.dispatchEvent(new CustomEvent('laurel:reachable', { detail: reachable }));
}

/** @param {Response} response */
async function failure(response) {
  /** @type {any} */
  let body = {};
  try {
    body = await response.json();
  } catch {
    // A proxy in front of the server says things in its own way.
  }
  const error = body?.error ?? {};
  if (response.status === 401 && token()) {
    setToken('');
    document.dispatchEvent(new Event('laurel:expired'));
  }
  return new ApiFailure(response.status, error.message ?? `The server answered ${response.status}.`, error.fields ?? [],
    Math.max(1, Number(response.headers.get('retry-after')) || 1));
}

/**
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

/**
 * One request. Those that change nothing are tried again while nobody answers: a server that restarts costs a moment.
 * @param {string} method
 * @param {string} path
 * @param {{body?: any, accept?: string, signal?: AbortSignal, patient?: boolean}} [how]
 * @returns {Promise<Response>}
 */
async function send(method, path, how = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: how.accept ?? 'application/json' };
  if (token()) headers.Authorization = `Bearer ${token()}`;
  if (how.body !== undefined) headers['Content-Type'] = 'application/json';
  const init = { method, headers, body: how.body === undefined ? undefined : JSON.stringify(how.body), signal: how.signal };
  const patient = how.patient ?? method === 'GET';
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(at(path), init);
      tellReachable(true);
      if (!response.ok) throw await failure(response);
      return response;
    } catch (error) {
      if (how.signal?.aborted) throw error;
      if (error instanceof ApiFailure) {
        if (!patient || !TRY_AGAIN.includes(error.status) || attempt >= MAX_TRIES_OF_BUSY) throw error;
        await pause(Math.min(error.retryAfter, 5) * 1000, how.signal);
        continue;
      }
      tellReachable(false);
      if (!patient || attempt >= PAUSES.length * 4) throw new ApiFailure(0, 'The server does not answer.');
      await pause(PAUSES[Math.min(attempt, PAUSES.length - 1)], how.signal);
    }
  }
}

/**
 * @param {string} method
 * @param {string} path below `/api/admin/`
 * @param {any} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function admin(method, path, body, signal) {
  const response = await send(method, `api/admin/${path}`, { body, signal });
  return response.status === 204 ? null : response.json();
}

/**
 * A document of the public API.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function read(path) {
  return (await send('GET', path)).json();
}

/**
 * @typedef {object} Wanted
 * @property {string} path `imdb/poster-default/tt0903747.jpg`
 * @property {string} query
 * @property {any} [profile]
 */

/**
 * @typedef {object} Seen
 * @property {Blob} blob
 * @property {number} ms
 * @property {string[]} ignored
 * @property {string} of path and query
 */

/**
 * The server's own picture of a design.
 * @param {Wanted} wanted
 * @param {AbortSignal} [signal]
 * @returns {Promise<Seen>}
 */
export async function picture(wanted, signal) {
  const started = performance.now();
  const response = await send('POST', 'api/admin/preview', { body: wanted, accept: 'image/*', signal, patient: true });
  const blob = await response.blob();
  const ignored = response.headers.get('x-ignored-parameters');
  const of = wanted.query ? `${wanted.path}?${wanted.query}` : wanted.path;
  return { blob, ms: performance.now() - started, ignored: ignored ? ignored.split(', ') : [], of };
}

/**
 * How that picture came about.
 * @param {Wanted} wanted
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function explain(wanted, signal) {
  return (await send('POST', 'api/admin/preview', { body: wanted, signal, patient: true })).json();
}
