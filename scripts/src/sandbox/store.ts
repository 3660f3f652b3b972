import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createAtOnce, discard, diskError, replaceAtOnce } from '../disk/durable.ts';
import { makeFolder } from '../disk/make-folder.ts';
import { sha256Text } from '../model/fingerprint.ts';
import { isForgotten } from './lifecycle.ts';
import { TASK_RECORD, type TaskRecord } from './task-record.ts';

export type Store = ReturnType<typeof openStore>;

// Files with other names are never read or removed.
const RECORD_FILE = /^(ck[0-9a-z]{23})\.json$/;
// What a killed process, or a run that was given up, has left is removed after an hour.
const LEFT_FILE = /^(ck[0-9a-z]{23}\..*\.tmp$|[0-9a-f]{32}\.once)/;
const LEFT_LASTS_MS = 3_600_000;

/**
 * Any number of processes may share a folder. Where it cannot be used, records are kept in memory, and `warning` says so.
 * Files are small and read synchronously: a create checks the balance and takes from it in one go.
 */
export function openStore(folder: string | null, now: () => number) {
  const memory = new Map<string, TaskRecord>();
  const marks = new Set<string>();
  let warning: string | null = null;
  let place = folder;

  if (place !== null) {
    try {
      makeFolder(place, 0o700);
      accessSync(place, constants.W_OK);
      sweep(place, now());
    } catch (error) {
      warning = `The sandbox cannot keep its tasks in ${place} (${reason(error)}): they end with this process.`;
      place = null;
    }
  }

  function get(id: string): TaskRecord | null {
    const file = fileOf(place, id);
    const record = memory.get(id) ?? (file === null ? null : readRecord(file, id));
    if (record === null || !isForgotten(record, now())) return record;
    memory.delete(id);
    if (file !== null) discard(file);
    return null;
  }

  /** Keeps a record in its file, as `write` does it; in memory where there is no folder, or no longer one. */
  function keep(record: TaskRecord, write: (file: string, text: string) => TaskRecord): TaskRecord {
    const file = memory.has(record.id) ? null : fileOf(place, record.id);
    try {
      if (file !== null) return write(file, JSON.stringify(record));
    } catch (error) {
      warning = `The sandbox cannot write to ${place} (${reason(error)}): some tasks end with this process.`;
    }
    memory.set(record.id, record);
    return record;
  }

  function replace(record: TaskRecord): TaskRecord {
    return keep(record, (file, text) => {
      replaceAtOnce(file, text);
      return record;
    });
  }

  return {
    /** Why tasks are not kept beyond this process, or null. */
    get warning() {
      return warning;
    },
    /** Adds a record, unless its id exists. Returns the record that is kept. */
    insert(record: TaskRecord): TaskRecord {
      const earlier = get(record.id);
      if (earlier !== null) return earlier;
      // Something unreadable that has the name would block this id for ever.
      return keep(record, (file, text) =>
        createAtOnce(file, text) ? record : (get(record.id) ?? replace(record)),
      );
    },
    replace,
    get,
    /** True the first time, false the second time; then anew, so that the same prompt can be used in another run. */
    isFirst(mark: string): boolean {
      const name = sha256Text(mark).slice(0, 32);
      if (marks.delete(name)) return false;
      try {
        if (place !== null) {
          const file = join(place, `${name}.once`);
          const isNew = createAtOnce(file, '');
          if (!isNew) discard(file);
          return isNew;
        }
      } catch {
        // A folder that can no longer be written to: this process remembers it.
      }
      marks.add(name);
      return true;
    },
    all(): TaskRecord[] {
      const stored = (place === null ? [] : list(place)).flatMap((name) => RECORD_FILE.exec(name)?.[1] ?? []);
      const records = [...new Set([...memory.keys(), ...stored])]
        .map(get)
        .filter((record) => record !== null);
      return records.sort((a, b) => b.createdAt - a.createdAt || b.sequence - a.sequence);
    },
  };
}

/** Returns the file of a record; null for what is no task id, and without a folder. */
function fileOf(folder: string | null, id: string): string | null {
  return folder !== null && RECORD_FILE.test(`${id}.json`) ? join(folder, `${id}.json`) : null;
}

function sweep(folder: string, now: number): void {
  for (const name of list(folder)) {
    const file = join(folder, name);
    const id = RECORD_FILE.exec(name)?.[1];
    const record = id === undefined ? null : readRecord(file, id);
    const isLeft = LEFT_FILE.test(name);
    const touched = isLeft ? (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now) : now;
    if ((record && isForgotten(record, now)) || now - touched > LEFT_LASTS_MS) discard(file);
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readRecord(file: string, id: string): TaskRecord | null {
  try {
    const { data } = TASK_RECORD.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return data?.id === id ? data : null;
  } catch {
    return null;
  }
}

const reason = (error: unknown): string => diskError(error) || String(error);
