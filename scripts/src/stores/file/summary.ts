import type { SpendingRow } from '../../model/spending-row.ts';
import type { Facts } from './facts.ts';
import { madeAt } from './names.ts';
import { type RowTable, tableOf } from './row-table.ts';

/** One record of a group, with the date, the size and the number of its file when it was read. */
export interface Member {
  name: string;
  /** Null for a damaged one. */
  facts: Facts | null;
  mtime: number;
  size: number;
  inode: number;
}

/** What a request may have cost: when it was made, its account, the credits, its name. */
type Spent = [made: number, account: string, spent: number | null, name: string];

/** What the index keeps of a group: enough that no record is read that is not asked for. Each query reads one part. */
export interface Summary {
  state: {
    pending: string[];
    replaced: string[];
    damaged: string[];
    /** When the record that was not used for the longest time was used, in milliseconds; null where none can be removed. */
    oldest: number | null;
  };
  /** The marks of the tasks and of the keys. */
  tasks: string;
  keys: string;
  /** All requests that were made from this time on, in milliseconds. */
  recent: { from: number; spent: Spent[] };
  rows: RowTable;
  /** The latest durations of each model: when its request was made, and the seconds. */
  durations: Record<string, [made: number, seconds: number][]>;
}

export const PARTS: (keyof Summary)[] = ['state', 'tasks', 'keys', 'recent', 'rows', 'durations'];

// Longer than the period of the cap that the command line offers.
const RECENT_MS = 48 * 3600_000;
/** So many of the latest are kept of a model. */
export const DURATIONS = 50;

/**
 * Returns the summary of a group.
 * @param members in the order of their names
 * @param now by the wall clock
 */
export function summaryOf(members: readonly Member[], now: number): Summary {
  const from = now - RECENT_MS;
  const named = (is: (facts: Facts) => boolean) =>
    members.flatMap(({ name, facts }) => (facts && is(facts) ? [name] : []));
  const ages = members.flatMap(({ name, facts }) => (facts === null ? madeAt(name) : (facts.used ?? [])));
  return {
    state: {
      pending: named((facts) => facts.isPending),
      replaced: named((facts) => facts.isReplaced),
      damaged: members.flatMap(({ name, facts }) => (facts === null ? [name] : [])),
      oldest: ages.length === 0 ? null : Math.min(...ages),
    },
    tasks: members.map(({ facts }) => facts?.task ?? '').join(' '),
    keys: members.map(({ facts }) => facts?.key ?? '').join(' '),
    recent: { from, spent: spentFrom(members, from) },
    rows: tableOf(members.flatMap(({ facts }): SpendingRow[] => (facts?.row ? [facts.row] : []))),
    durations: durationsOf(members),
  };
}

export function spentFrom(members: readonly Member[], since: number): Spent[] {
  return members.flatMap(({ name, facts }): Spent[] => {
    const made = madeAt(name);
    return facts && made >= since ? [[made, facts.account, facts.spent, name]] : [];
  });
}

function durationsOf(members: readonly Member[]): Summary['durations'] {
  const all: Summary['durations'] = Object.create(null);
  for (const { name, facts } of members) {
    if (!facts?.duration) continue;
    const [model, seconds] = facts.duration;
    all[model] ??= [];
    all[model].push([madeAt(name), seconds]);
  }
  for (const durations of Object.values(all)) {
    durations.sort(([a], [b]) => b - a);
    durations.splice(DURATIONS);
  }
  return all;
}
