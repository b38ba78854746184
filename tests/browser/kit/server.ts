// Starts the built `hedgerow` binary in a temporary folder and stops it again: one empty instance, or the demo's three.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BINARY = resolve(process.env.HEDGEROW_BIN ?? '../../target/debug/hedgerow');

/** How long a server may take to be ready, milliseconds. */
const PATIENCE = 110_000;

export interface Account {
  handle: string;
  password: string;
  token: string;
}

export interface Instance {
  name: string;
  url: string;
  accounts: Account[];
  communities: { handle: string; name?: string; url?: string }[];
}

/** A running `hedgerow` and the folder it lives in. */
export class Server {
  private output = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {
    const keep = (chunk: Buffer) => void (this.output += chunk.toString());
    process.stdout?.on('data', keep);
    process.stderr?.on('data', keep);
  }

  /** An instance that nobody has set up yet; returns its address and the one-time address of its setup. */
  static async empty(): Promise<{ server: Server; url: string; setup: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'hedgerow-story-'));
    const port = await freePorts(1);
    await writeFile(join(folder, 'hedgerow.toml'), `[server]\nbind = "127.0.0.1:${port}"\n`);
    const server = Server.start(folder, ['serve', '--config', 'hedgerow.toml']);
    const setup = await server.says((text) => /https?:\/\/\S+\/setup\?key=[\w-]+/.exec(text)?.[0]);
    return { server, url: new URL('/', setup).href, setup };
  }

  /** The demo's three organizations, seeded, federating and settled. */
  static async demo(): Promise<{ server: Server; instances: Instance[] }> {
    const folder = await mkdtemp(join(tmpdir(), 'hedgerow-demo-'));
    const port = await freePorts(3);
    const args = ['demo', '--json', '--fresh', '--dir', join(folder, 'demo'), '--port', String(port)];
    const server = Server.start(folder, args);
    const instances = await server.says(announced);
    return { server, instances };
  }

  private static start(folder: string, args: string[]): Server {
    const child = spawn(BINARY, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    return new Server(child, folder);
  }

  /** Waits until `find` finds what it looks for in what the server has printed. */
  private async says<T>(find: (text: string) => T | undefined): Promise<T> {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      const found = find(this.output);
      if (found !== undefined) return found;
      if (this.process.exitCode !== null) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    const why = this.process.exitCode === null ? `within ${PATIENCE / 1000} s` : `and ended with ${this.process.exitCode}`;
    await this.stop();
    throw new Error(`${BINARY} did not get ready ${why}; it said:\n${this.output}`);
  }

  /** Ends the process as Ctrl-C does and removes its folder. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((done) => this.process.once('exit', done));
      this.process.kill('SIGINT');
      const timer = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The JSON object that `demo --json` prints once all is settled. */
function announced(text: string): Instance[] | undefined {
  for (const line of text.split('\n')) {
    if (!line.startsWith('{"instances"')) continue;
    try {
      return JSON.parse(line).instances;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** The first of `count` neighbouring ports that are free now. */
async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    // A picture for the documentation shows the ports that its reader will see.
    const usual = process.env.SCREENSHOTS && attempt === 0 && count > 1;
    const first = usual ? 8081 : 20_000 + Math.floor(Math.random() * 10_000);
    const all = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (all.every(Boolean)) return first;
  }
  throw new Error(`no ${count} neighbouring ports are free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
  });
}
