import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ENTRY, envelopeOf, live, ROOT, run, T2V, tempFolder } from '../support/command.ts';
import { service, states, TASK } from '../support/service.ts';

/** What a process loaded. */
interface Loaded {
  /** Our files, below scripts/, in order of their names. */
  files: string[];
  bytes: number;
  /** Node's own modules that it had not loaded at its start. */
  builtin: string[];
}

/** Runs a command, and returns what it loaded: a start is as fast as it loads little. */
async function loadedBy(args: readonly string[], env: Record<string, string> = {}) {
  const folder = tempFolder();
  const list = path.join(folder, 'builtin.json');
  const preload = path.join(folder, 'preload.mjs');
  // Node lists its modules as `NativeModule http`.
  writeFileSync(
    preload,
    `import { writeFileSync } from 'node:fs';
     const before = new Set(process.moduleLoadList);
     process.on('exit', () => writeFileSync(${JSON.stringify(list)}, JSON.stringify(process.moduleLoadList.filter((one) => !before.has(one)))));`,
  );
  const coverage = path.join(folder, 'coverage');
  const done = await run(args, {
    env: { ...env, NODE_V8_COVERAGE: coverage, NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` },
  });
  const own = pathToFileURL(path.join(ROOT, 'scripts/')).href;
  const covered = readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(path.join(coverage, file), 'utf8'));
    return (result as { url: string }[]).map(({ url }) => url);
  });
  const files = covered.filter((url) => url.startsWith(own)).map((url) => url.slice(own.length));
  const builtin = (JSON.parse(readFileSync(list, 'utf8')) as string[]).flatMap(
    (one) => /^NativeModule (.*)$/.exec(one)?.[1] ?? [],
  );
  const bytes = files.reduce((sum, file) => sum + statSync(path.join(path.dirname(ENTRY), file)).size, 0);
  return { done, loaded: { files: files.sort(), bytes, builtin } satisfies Loaded };
}

describe('a short command loads no more than it needs', () => {
  it('a refused payload: the command line and the contracts, and none of the modules of Node that are slow to load', async () => {
    const payload = JSON.stringify({ ...T2V, duration: '7' });
    const { done, loaded } = await loadedBy(['--model', 't2v', '--payload', payload]);
    expect(envelopeOf(done)).toMatchObject({ ok: false, errorCode: 'INVALID_PAYLOAD' });
    expect(loaded.files).toEqual(['lib/contracts.mjs', 'lib/main.mjs', 'run-workflow.mjs']);
    expect(loaded.bytes).toBeLessThan(220_000);
    for (const slow of ['crypto', 'http', 'net', 'dns', 'os', 'stream', 'tty', 'worker_threads', 'zlib'])
      expect(loaded.builtin).not.toContain(slow);
  });

  it('a status query: what asks once, without contracts, journal and poller', async () => {
    const server = await service({ status: states('PROGRESS') });
    const { done, loaded } = await loadedBy(
      ['--action', 'getStatus', '--taskId', TASK],
      live(server.origin) as Record<string, string>,
    );
    expect(envelopeOf(done)).toMatchObject({ ok: true, status: 'PROGRESS' });
    expect(loaded.files).toEqual(['lib/live.mjs', 'lib/main.mjs', 'run-workflow.mjs']);
    expect(loaded.bytes).toBeLessThan(163_000);
    for (const slow of ['crypto', 'https', 'tls', 'dns', 'os', 'tty', 'worker_threads', 'zlib'])
      expect(loaded.builtin).not.toContain(slow);
  });
});
