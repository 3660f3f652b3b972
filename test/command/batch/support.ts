// Batches by the built program, against a service that keeps a ledger of its charges.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../../scripts/src/model/json.ts';
import { type Ledger, ledger } from '../../kill/ledger.ts';
import { envelopeOf, live, type RunOptions, run, T2V, tempFolder } from '../../support/command.ts';

export interface Item {
  line: number;
  name: string;
  taskId: string | null;
  status: string | null;
  file: string | null;
  errorCode: string | null;
}

/** A folder with a batch file, and a service that charges for its lines. */
export async function place(lines: readonly string[], name = 'ideas.txt') {
  const service: Ledger = await ledger();
  // The permits of a batch let it read the list once a second: each further poll would be a second of the test.
  service.lastPoll = 1;
  const folder = tempFolder();
  const file = path.join(folder, name);
  const out = path.join(folder, 'out');
  const write = (next: readonly string[]) => writeFileSync(file, `${next.join('\n')}\n`);
  write(lines);
  const { prompt: _, ...rest } = T2V;
  const env = live(service.origin, { ASYNC_MEDIA_STATE_DIR: path.join(folder, 'state') });
  const runBatch = async (
    flags: readonly string[] = [],
    options: RunOptions = {},
    wait = 20,
    into: readonly string[] = ['--download', out],
  ) => {
    const defaults = ['--model', 't2v', '--payload', JSON.stringify(rest), '--pollInterval', '0.02'];
    const place = ['--wait', String(wait), ...into];
    const all = ['--batch', file, ...defaults, ...place, ...flags];
    const ended = await run(all, { cwd: folder, env, ...options });
    const envelope = envelopeOf(ended);
    const {
      batch,
      items,
      report,
      nextSteps = [],
      issues = [],
      warnings = [],
    } = envelope.data as unknown as {
      batch: Record<string, number | null>;
      items: Item[];
      report: string;
      nextSteps?: string[];
      issues?: { path: string; hint: string }[];
      warnings?: string[];
    };
    return { ...ended, envelope, batch, items, report, nextSteps, issues, warnings };
  };
  const submits = () =>
    service.received.filter(({ method, path }) => method === 'POST' && !path.includes('/quote/'));
  const charges = () => [...service.charges.values()].flat().length;
  const files = () =>
    readdirSync(out)
      .filter((one) => one.endsWith('.mp4'))
      .sort();
  return { service, folder, file, out, env, write, runBatch, submits, charges, files };
}

/** Returns the command inside a sentence. */
export const commandIn = (step: string): string => step.slice(step.indexOf('node '));

export const APIDOT_PAYLOAD = '{"size":"1:1"}';

export const rowsOf = (report: string): JsonObject[] =>
  readFileSync(report, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
