// A server with the demo catalogue, in a folder of its own, that can be stopped and started again.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const TOKEN = 'page-tests-0123456789abcdef0123456789';
const ROOT = new URL('../..', import.meta.url).pathname;
const BINARY = process.env.LAUREL_BIN ?? join(ROOT, 'target/debug/laurel');

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = address && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

export class Server {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'laurel-page-'));
    this.port = 0;
    /** @type {import('node:child_process').ChildProcess | null} */
    this.process = null;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/`;
  }

  async start() {
    if (!existsSync(BINARY)) throw new Error(`there is no ${BINARY}: cargo build`);
    this.port ||= await freePort();
    const settings = {
      LAUREL_DATA_DIR: this.folder,
      LAUREL_LISTEN: `127.0.0.1:${this.port}`,
      LAUREL_ADMIN_TOKEN: TOKEN,
      LAUREL_AWARDS_URL: 'off',
      LAUREL_ANIME_MAP_URL: 'off',
      // An unoptimised server on a busy machine takes its time; what is tested here is the page.
      LAUREL_RENDER_BUDGET_MS: '20000',
      LAUREL_DEADLINE_MS: '25000',
      RUST_LOG: 'error',
    };
    this.process = spawn(BINARY, ['serve'], { cwd: this.folder, env: { PATH: process.env.PATH, ...settings }, stdio: ['ignore', 'ignore', 'inherit'] });
    for (let attempt = 0; attempt < 150; attempt += 1) {
      if (await fetch(`${this.url}healthz`).then((answer) => answer.ok, () => false)) return;
      if (this.process.exitCode !== null) throw new Error(`the server ended with ${this.process.exitCode}`);
      await sleep(100);
    }
    throw new Error('the server did not start within 15 s');
  }

  async stop() {
    const ended = this.process;
    this.process = null;
    if (!ended || ended.exitCode !== null) return;
    await new Promise((resolve) => {
      ended.once('exit', resolve);
      ended.kill('SIGTERM');
    });
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * The bytes behind an address.
 * @param {string} url
 */
export async function bytesOf(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} of ${url}`);
  return Buffer.from(await answer.arrayBuffer());
}
