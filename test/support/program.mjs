// A process that runs a program more than once: what a run costs is then what the program does, not the start of Node. Each
// run has modules of its own, as new as those of a new process. It is over when nothing is left to wait for, which is what
// ends a process.
import { readFileSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

/** The text of each file. */
const files = new Map();

class Modules {
  #made = new Map();
  #linked = Promise.resolve();

  async ready(specifier, from) {
    const module = await this.#get(specifier, from);
    // One after the other: another import may be linking the same parts.
    this.#linked = this.#linked.then(
      () =>
        module.status === 'unlinked' && module.link((name, { identifier }) => this.#get(name, identifier)),
    );
    await this.#linked;
    await module.evaluate();
    return module;
  }

  #get(specifier, from) {
    const url = specifier.startsWith('.') ? new URL(specifier, from).href : specifier;
    if (!this.#made.has(url)) this.#made.set(url, url.startsWith('file:') ? this.#own(url) : builtin(url));
    return this.#made.get(url);
  }

  async #own(url) {
    if (!files.has(url)) files.set(url, readFileSync(fileURLToPath(url), 'utf8'));
    return new vm.SourceTextModule(files.get(url), {
      identifier: url,
      initializeImportMeta: (meta) => Object.assign(meta, { url }),
      importModuleDynamically: (name) => this.ready(name, url),
    });
  }
}

async function builtin(name) {
  const all = await import(name);
  return new vm.SyntheticModule(
    Object.keys(all),
    function () {
      for (const key of Object.keys(all)) this.setExport(key, all[key]);
    },
    { identifier: name },
  );
}

const [, , marker] = process.argv;
const EVENTS = ['exit', 'uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM'];
let modules = null;

process.on('message', ({ entry, args, env, cwd, input }) => {
  process.argv = [process.execPath, entry, ...args];
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true });
  modules = new Modules();
  process.channel.unref();
  void modules.ready(pathToFileURL(entry).href);
});
// Between two runs the channel keeps this process; during one, its end is the end of the run.
process.on('beforeExit', () => {
  if (!modules) return;
  // A program may end its process when nothing is left to do; this one is needed further.
  const { exit } = process;
  process.exit = () => {};
  for (const listener of process.listeners('exit')) listener(process.exitCode ?? 0);
  process.exit = exit;
  for (const name of EVENTS) process.removeAllListeners(name);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  modules = null;
  process.chdir('/');
  process.channel.ref();
  for (const descriptor of [2, 1]) say(descriptor, `${marker}${code}\n`);
});

function say(descriptor, text) {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      // The reader has not taken what the run said.
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}
