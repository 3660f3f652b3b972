import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { discard, onDisk, TEMP } from '../../disk/durable.ts';
import { tryLock } from '../../disk/lock.ts';
import { DAY_MS } from '../../model/clock.ts';
import { Failure } from '../../model/failure.ts';
import { KEPT_DAYS, lastUse } from '../../model/request-record.ts';
import { CORRUPT, madeAt } from './names.ts';
import { understood } from './record.ts';
import type { RecordFiles } from './record-files.ts';
import type { RecordIndex } from './record-index.ts';

const KEPT_MS = KEPT_DAYS * DAY_MS;
// The lock for taking over a dead process's lock is named after that lock and the nonce of its owner.
const LOCK = /\.lock(\.([0-9a-f]{16}|unreadable))*$/;

/** Removes records that were not used for `KEPT_DAYS`, and leftovers of crashes. An unknown outcome stays until the user decides. */
export function sweep(records: RecordFiles, index: RecordIndex): void {
  const now = records.clock.wall();
  for (const [shard, { oldest, damaged }] of index.all('state')) {
    if (oldest !== null && oldest < now - KEPT_MS) sweepRecords(records, shard, damaged);
    sweepLeftovers(records, shard);
  }
  for (const folder of ['locks', 'index']) sweepLeftovers(records, folder);
}

export function sweepDaily(records: RecordFiles, index: RecordIndex): void {
  const marker = path.join(records.folder, 'swept');
  const now = records.clock.wall();
  try {
    const before = Number(readFileSync(marker, 'utf8'));
    if (Math.abs(now - before) < DAY_MS) return;
  } catch {
    // It was never swept, or that is not known.
  }
  onDisk(
    () => writeFileSync(marker, String(now), { mode: 0o600 }),
    () => {},
  );
  try {
    sweep(records, index);
  } catch (error) {
    // A file that cannot be swept today stops no request.
    if (!(error instanceof Failure)) throw error;
  }
}

function sweepRecords(records: RecordFiles, shard: string, damaged: readonly string[]): void {
  const before = records.clock.wall() - KEPT_MS;
  for (const name of records.namesIn(shard)) {
    if (madeAt(name) >= before) continue;
    const file = path.join(records.folder, shard, name);
    const raw = records.read(name);
    if (raw) {
      const used = lastUse(understood(raw));
      if (used !== undefined && used < before) discard(file);
    } else if (name.endsWith(CORRUPT) && damaged.includes(name) && ageOf(records, file) > KEPT_MS) {
      discard(file);
    }
  }
}

function sweepLeftovers(records: RecordFiles, folder: string): void {
  for (const name of records.list(folder)) {
    const isTemp = name.endsWith(TEMP);
    if (!isTemp && !LOCK.test(name)) continue;
    const file = path.join(records.folder, folder, name);
    const age = ageOf(records, file);
    if (age > (isTemp ? DAY_MS : KEPT_MS)) discard(file);
    else if (age > DAY_MS) sweepLock(records, file);
  }
}

/** Removes an old lock. A held one is touched every few seconds, but seems old after the clock has jumped. */
function sweepLock(records: RecordFiles, file: string): void {
  const lock = onDisk(
    () => tryLock(file, records.clock),
    () => null,
  );
  if (lock && !('heldBy' in lock)) lock.release();
}

/** Returns for how long a file was not touched, in milliseconds; 0 for one that is gone. */
function ageOf({ clock }: RecordFiles, file: string): number {
  try {
    return clock.wall() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
