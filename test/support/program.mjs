// A process that runs a program more than once: what a run costs is then what the program does, not the start of Node. Each
// run has modules of its own, as new as those of a new process. It is over when nothing is left to wait for, which is what
// ends a process.
import { readFileSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

/** The text of each file, and what was compiled of it. */
const texts = new Map();
const compiled = new Map();

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
    if (!texts.has(url)) texts.set(url, textOf(url));
    const later = async (name) => (await this.ready(name, url)).namespace;
    const options = { identifier: url, initializeImportMeta: (meta) => Object.assign(meta, { url, later }) };
    try {
      const cachedData = compiled.get(url);
      if (cachedData) return new vm.SourceTextModule(texts.get(url), { ...options, cachedData });
    } catch {
      // A part of the program sets flags of V8, for which nothing is compiled yet.
    }
    const module = new vm.SourceTextModule(texts.get(url), options);
    compiled.set(url, module.createCachedData());
    return module;
  }
}

/** What was compiled before does not know which module it belongs to, so that its `import()` would fail: it asks its own module. */
function textOf(url) {
  return readFileSync(fileURLToPath(url), 'utf8').replaceAll(/\bimport\(/g, 'import.meta.later(');
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
const EVENTS = ['exit', 'uncaughtException', 'unhandledRejection', 'SIGHUP', 'SIGINT', 'SIGTERM'];
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
