import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Envelope } from '../../scripts/src/cli/render/envelope.ts';
import { jsonHash } from '../../scripts/src/model/fingerprint.ts';
import type { JsonObject } from '../../scripts/src/model/json.ts';
import { ENTRY, run, runAlone } from '../support/command.ts';
import { letPass } from '../support/records.ts';

export interface Ended {
  /** Null for a process that was killed. */
  code: number | null;
  /** Its envelope; null when it was not printed whole. */
  envelope: Envelope | null;
  ms: number;
}

interface RunPlan {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Further environment variables of the first run. */
  first?: NodeJS.ProcessEnv;
  /** Arguments of Node, before the program. */
  node?: readonly string[];
  /** Milliseconds after which it is killed. */
  killAfter?: number;
  /** How long it takes matters. */
  isTimed?: boolean;
}

/** Runs the program once; in a process of its own where that is to be killed, watched or timed. */
export async function runOnce({ args, env, node, killAfter, isTimed }: RunPlan): Promise<Ended> {
  const start = performance.now();
  const isAlone = isTimed || node !== undefined || killAfter !== undefined;
  const { code, stdout } = isAlone
    ? await runAlone(process.execPath, [...(node ?? []), ENTRY, ...args], { env, killAfter })
    : await run(args, { env });
  const envelope = stdout.endsWith('\n') ? (JSON.parse(stdout) as Envelope) : null;
  return { code, envelope, ms: performance.now() - start };
}

const MOST_RUNS = 8;
const OUTCOME_UNKNOWN = 7;

/**
 * Runs the same command repeatedly, a minute later each time, until it delivers its result or says that the user has to
 * decide. Then it runs once more: the reader of the result may have been killed too.
 */
export async function runUntilDone({ first, ...plan }: RunPlan): Promise<Ended[]> {
  const runAgain = async () => {
    const payload = JSON.parse(plan.args[plan.args.indexOf('--payload') + 1]!) as JsonObject;
    letPass(plan.env.ASYNC_MEDIA_STATE_DIR!, 61_000, jsonHash(payload));
    return runOnce({ args: plan.args, env: plan.env });
  };
  const runs = [await runOnce({ ...plan, env: { ...plan.env, ...first } })];
  while (!isDelivered(runs.at(-1)!) && runs.at(-1)!.code !== OUTCOME_UNKNOWN && runs.length < MOST_RUNS) {
    runs.push(await runAgain());
  }
  if (first !== undefined || plan.killAfter !== undefined) runs.push(await runAgain());
  return runs;
}

/** Returns true for a COMPLETED envelope whose files all exist and have the right content. */
export function isDelivered({ envelope }: Ended): boolean {
  const files = envelope?.data?.files as { path: string; sha256: string }[] | undefined;
  if (envelope?.status !== 'COMPLETED' || !envelope.ok || !files?.length) return false;
  return files.every(
    ({ path, sha256 }) =>
      existsSync(path) && createHash('sha256').update(readFileSync(path)).digest('hex') === sha256,
  );
}

/** Calls all of these, a few at a time. */
export async function inParallel<T>(runs: readonly (() => Promise<T>)[], width = 4): Promise<T[]> {
  const results: T[] = [];
  const queue = [...runs.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
