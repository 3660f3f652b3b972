// The library as it ships: what its import changes in a process, and its types in a strict project elsewhere.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT, tempFolder } from '../support/command.ts';

const run = promisify(execFile);

/** A copy of what the library needs, in a folder elsewhere. */
function copied(): string {
  const folder = path.join(tempFolder(), 'a vendor folder');
  for (const name of ['scripts/client.mjs', 'scripts/client.d.mts', 'scripts/lib', 'contracts'])
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  return folder;
}

test('E1: an import and a whole run change nothing in the process: globals, flags, listeners, output, environment', async () => {
  const client = pathToFileURL(path.join(copied(), 'scripts', 'client.mjs')).href;
  const { stdout, stderr } = await run(process.execPath, [
    path.join(ROOT, 'test', 'client', 'host.mjs'),
    client,
  ]);
  const report = JSON.parse(stdout);
  // Node reads this one as it loads a module.
  const byNode = (name: string) => name === 'WATCH_REPORT_DEPENDENCIES';
  expect(report.imported).toMatchObject({ same: true, active: report.active });
  expect(report.used.same).toBe(true);
  expect([...report.imported.read, ...report.used.read].filter((name) => !byNode(name))).toEqual([]);
  expect(report).toMatchObject({ flags: [], written: [], end: 'COMPLETED', files: 1 });
  expect(report.closed.active).toEqual(report.active);
  expect(stderr).toBe('');
});

const CONSUMER = `
import { Writable } from 'node:stream';
import {
  type CallbackHint, type Client, ClientError, createClient, type HttpClient, providers, RateLimitError, signatures,
  startSandbox, type SubmitOutcome, type Task,
} from './vendor/scripts/client.mjs';

const httpClient: HttpClient = {
  start(request, events, fresh) {
    for (const bytes of request.body ?? []) console.log(bytes.length, fresh);
    events.onLeave();
    events.onHead({ status: 200, headers: {} });
    events.onEnd();
    return { pause() {}, resume() {}, abort() {} };
  },
  close() {},
};
const sandbox = await startSandbox({ speed: 600 });
const client: Client = createClient({ provider: 'apidot', key: sandbox.key, baseUrl: sandbox.origin, httpClient });
try {
  const task = await client.submit(
    { model: 'm', payload: { prompt: 'p' }, idempotencyKey: 'k', maxCredits: 5 },
    { signal: AbortSignal.timeout(5_000) },
  );
  const waited = await client.wait(task, { until: new Date(), onStatus: ({ state }) => console.log(state) });
  if (waited.kind === 'ended') {
    const ended: Task = waited.task;
    await client.download(ended, { to: ({ bytes }) => new Writable({ highWaterMark: bytes }) });
  } else {
    // @ts-expect-error a wait that is over has no record of a task
    console.log(waited.task);
  }
} catch (error) {
  if (error instanceof RateLimitError) console.log(error.retryAfter?.toFixed());
  if (error instanceof ClientError) {
    const outcome: SubmitOutcome | null = error.outcome;
    console.log(outcome, error.issues.map(({ path }) => path));
    // @ts-expect-error there is no such outcome
    console.log(error.outcome === 'accepted');
  }
}
const hint: CallbackHint = client.parseCallback(Buffer.from('{}'));
console.log(hint.taskId, providers().map(({ rateLimit }) => rateLimit?.queriesPerMinute), signatures.bytes);
// @ts-expect-error the key is not optional
createClient({ provider: 'apidot' });
`;

test('E1: its types are enough for a strict project of their own', async () => {
  const folder = tempFolder();
  cpSync(copied(), path.join(folder, 'vendor'), { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(path.join(ROOT, 'node_modules', '@types'), path.join(folder, 'node_modules', '@types'));
  writeFileSync(path.join(folder, 'main.mts'), CONSUMER);
  const compilerOptions = {
    ...{
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      module: 'nodenext',
      target: 'es2022',
      types: ['node'],
    },
    ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, isolatedModules: true },
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.mts'] }));
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const checked = await run(process.execPath, [tsc, '-p', folder]).catch((error) => error);
  expect(checked.stdout).toBe('');
  expect(checked.code).toBeUndefined();
});
