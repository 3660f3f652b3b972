import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskError, TEMP } from '../disk/durable.ts';
import { makeFolder } from '../disk/folder.ts';
import { isForgotten } from './lifecycle.ts';
import { isRecord, type TaskRecord } from './task-record.ts';

export interface Store {
  /** Why tasks are not kept beyond this process, or null. */
  readonly warning: string | null;
  /** Adds a record, unless its id exists. Returns the record that is kept. */
  insert(record: TaskRecord): TaskRecord;
  /** Replaces a record. */
  replace(record: TaskRecord): void;
  get(id: string): TaskRecord | null;
  /** All records, newest first. */
  all(): TaskRecord[];
}

/** The form of a task id. Files with other names are never read or removed. */
export const TASK_ID = /^ck[0-9a-z]{23}$/;

const RECORD_FILE = /^(ck[0-9a-z]{23})\.json$/;
const TEMPORARY_FILE = /^ck[0-9a-z]{23}\.[0-9a-f]{12}\.tmp$/;
const TEMPORARY_LASTS_MS = 3_600_000;

/**
 * Returns the store of the records in a folder, which any number of processes may share. When the folder cannot be used,
 * the store keeps its records in memory and says so in `warning`.
 *
 * Files are small and read synchronously: a create checks the balance and takes from it in one go.
 */
export function openStore(folder: string | null, now: () => number): Store {
  const memory = new Map<string, TaskRecord>();
  let warning: string | null = null;
  let place = folder;

  if (place !== null) {
    try {
      makeFolder(place, 0o700);
      const probe = temporaryFile(place, `ck${'0'.repeat(23)}`);
      writeFileSync(probe, '', { mode: 0o600, flag: 'wx' });
      rmSync(probe);
      sweep(place, now());
    } catch (error) {
      warning = `The sandbox cannot keep its tasks in ${place} (${reason(error)}): they end with this process.`;
      place = null;
    }
  }

  function get(id: string): TaskRecord | null {
    if (!TASK_ID.test(id)) return null;
    const record = memory.get(id) ?? (place === null ? null : readRecord(join(place, `${id}.json`), id));
    if (record === null || !isForgotten(record, now())) return record;
    memory.delete(id);
    if (place !== null) remove(join(place, `${id}.json`));
    return null;
  }

  function keepInMemory(record: TaskRecord, error: unknown): void {
    memory.set(record.id, record);
    warning = `The sandbox cannot write to ${place} (${reason(error)}): some tasks end with this process.`;
  }

  return {
    get warning() {
      return warning;
    },

    insert(record) {
      const earlier = get(record.id);
      if (earlier !== null) return earlier;
      if (place === null) {
        memory.set(record.id, record);
        return record;
      }
      try {
        if (writeNew(place, record)) return record;
        const winner = get(record.id);
        if (winner !== null) return winner;
        // Something unreadable has the name; it would block this id for ever.
        overwrite(place, record);
      } catch (error) {
        keepInMemory(record, error);
      }
      return record;
    },

    replace(record) {
      if (place === null || memory.has(record.id)) {
        memory.set(record.id, record);
        return;
      }
      try {
        overwrite(place, record);
      } catch (error) {
        keepInMemory(record, error);
      }
    },

    get,

    all() {
      const ids = new Set(memory.keys());
      for (const name of place === null ? [] : list(place)) {
        const id = RECORD_FILE.exec(name)?.[1];
        if (id !== undefined) ids.add(id);
      }
      const records = [...ids].map(get).filter((record) => record !== null);
      return records.sort((a, b) => b.createdAt - a.createdAt || b.sequence - a.sequence);
    },
  };
}

/** Writes the file under another name first, so that no process reads half of it. Returns false if the id exists. */
function writeNew(folder: string, record: TaskRecord): boolean {
  const target = join(folder, `${record.id}.json`);
  const temporary = writeTemporary(folder, record);
  try {
    linkSync(temporary, target);
    return true;
  } catch (error) {
    if (diskError(error) === 'EEXIST') return false;
    // Some file systems have no hard links; exclusive creation is the next best thing.
    return writeExclusive(target, record);
  } finally {
    remove(temporary);
  }
}

function writeExclusive(target: string, record: TaskRecord): boolean {
  try {
    writeFileSync(target, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (diskError(error) === 'EEXIST') return false;
    throw error;
  }
}

function overwrite(folder: string, record: TaskRecord): void {
  const temporary = writeTemporary(folder, record);
  try {
    renameSync(temporary, join(folder, `${record.id}.json`));
  } catch (error) {
    remove(temporary);
    throw error;
  }
}

function writeTemporary(folder: string, record: TaskRecord): string {
  const temporary = temporaryFile(folder, record.id);
  try {
    writeFileSync(temporary, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    remove(temporary);
    throw error;
  }
  return temporary;
}

function temporaryFile(folder: string, id: string): string {
  return join(folder, `${id}.${randomBytes(6).toString('hex')}${TEMP}`);
}

/** Removes what has been kept long enough, and what a killed process left half-written. */
function sweep(folder: string, now: number): void {
  for (const name of list(folder)) {
    const path = join(folder, name);
    const id = RECORD_FILE.exec(name)?.[1];
    if (id !== undefined) {
      const record = readRecord(path, id);
      if (record !== null && isForgotten(record, now)) remove(path);
    } else if (TEMPORARY_FILE.test(name) && now - modifiedAt(path, now) > TEMPORARY_LASTS_MS) {
      remove(path);
    }
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function modifiedAt(path: string, otherwise: number): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return otherwise;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A file that cannot be removed is skipped now and later.
  }
}

function readRecord(path: string, id: string): TaskRecord | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isRecord(value) && value.id === id ? value : null;
  } catch {
    return null;
  }
}

function reason(error: unknown): string {
  return diskError(error) || String(error);
}
