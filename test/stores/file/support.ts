import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { firstRecord, type RequestClaim, requestNameOf } from '../../../scripts/src/model/claim-rules.ts';
import { accountOf, jsonHash } from '../../../scripts/src/model/fingerprint.ts';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import type { Draft, Entry } from '../../../scripts/src/stores/file/entry.ts';
import { Journal, type JournalOptions } from '../../../scripts/src/stores/file/journal.ts';
import { newestFirst } from '../../../scripts/src/stores/file/names.ts';
import { RecordFiles } from '../../../scripts/src/stores/file/record-files.ts';
import { RecordIndex } from '../../../scripts/src/stores/file/record-index.ts';
import { sweep } from '../../../scripts/src/stores/file/sweep.ts';
import { FakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/command.ts';

export const SECOND = 1_000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;
export const SERVICE = 'https://media.test';

/** A clock that stands still while one waits: for what many do at once, each waiting for the others. */
export class PatientClock extends FakeClock {
  override sleep = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 1));
  };
}

export interface TestJournal extends Journal {
  clock: FakeClock;
  warnings: string[];
  folder: string;
}

/** A journal in a folder of its own, or in the one that is given. */
export function journalIn(
  folder = path.join(tempFolder(), 'records'),
  more: Partial<Omit<JournalOptions, 'clock'>> & { clock?: FakeClock } = {},
): TestJournal {
  const clock = more.clock ?? new FakeClock();
  const warnings: string[] = [];
  const journal = new Journal({
    folder,
    provider: 'aivideomaker',
    service: SERVICE,
    account: accountOf('aivideomaker', 'ak_one'),
    warn: (text) => warnings.push(text),
    ...more,
    clock,
  });
  return Object.assign(journal, { clock, warnings, folder });
}

/** The command that comes after this one: the same folder and time, a process of its own. */
export function nextCommand(
  journal: TestJournal,
  more: Partial<Omit<JournalOptions, 'clock'>> = {},
): TestJournal {
  const { clock, folder } = journal;
  const { provider, service, account } = journal.account;
  return journalIn(folder, { provider, service, account, clock, ...more });
}

/** Removes what is old, as a command does once a day. */
export function sweepNow({ folder, clock, options }: TestJournal): void {
  const records = new RecordFiles(folder, clock, options.warn);
  sweep(records, new RecordIndex(records));
}

const PAYLOAD = { prompt: 'a lighthouse', duration: '5' };

/** What a command claims that has the payload of `requestIn`. */
export const claimOf = (prompt = 'a lighthouse', more: Partial<RequestClaim> = {}): RequestClaim => ({
  ...{ model: 't2v', payloadHash: jsonHash({ ...PAYLOAD, prompt }), idempotencyKey: 'key-0002' },
  ...{ isNamed: false, isNew: false, owner: null, download: null, wait: null },
  ...more,
});

/** The name of the request that `fieldsIn` makes. */
export const requestIn = ({ account }: Journal, prompt?: string): string =>
  requestNameOf(claimOf(prompt), account);

/** A file that was saved. */
export const FILE = { path: '/a', bytes: 1, sha256: 'd'.repeat(64), contentType: 'video/mp4' };

/** A request that is about to be submitted. */
export function fieldsIn(journal: Journal, more: Partial<RequestRecord> & { prompt?: string } = {}): Draft {
  const { prompt, ...over } = more;
  const credits = { quoted: 15, charged: null, refunded: null };
  const claim = claimOf(prompt, { idempotencyKey: 'key-0001' });
  return { ...firstRecord(claim, journal.account), duration: null, credits, ...over };
}

/** A request with a record on the disk. */
export async function recorded(
  journal: TestJournal,
  more: Partial<RequestRecord> & { prompt?: string } = {},
): Promise<Entry> {
  const entry = journal.draft(fieldsIn(journal, more));
  journal.prepare();
  await entry.store();
  return entry;
}

/** The same, made some time ago. */
export async function recordedAgo(
  journal: TestJournal,
  ago: number,
  more: Partial<RequestRecord> & { prompt?: string } = {},
): Promise<Entry> {
  return timeAgo(journal.clock, ago, () => recorded(journal, more));
}

/** What a budget counts of the last 24 hours: no other request fits into it. */
export async function spentIn(journal: TestJournal): Promise<number | null> {
  const other = journal.draft(fieldsIn(journal, { prompt: 'not on record' }));
  journal.prepare();
  const reserved = await journal.reserve(other, {}, { windowMs: DAY, limit: -1, credits: 0 }, 0);
  if (reserved.kind !== 'exceeded') throw new Error(reserved.kind);
  return reserved.spent;
}

/** Does something as if it were that many milliseconds earlier. */
export async function timeAgo<T>(clock: FakeClock, ms: number, work: () => Promise<T>): Promise<T> {
  clock.wallOffset -= ms;
  try {
    return await work();
  } finally {
    clock.wallOffset += ms;
  }
}

export const onDisk = (entry: Entry): RequestRecord =>
  JSON.parse(readFileSync(entry.file, 'utf8')) as RequestRecord;

/** The names of all files of the records and their locks, without the index. */
export function namesIn({ folder }: TestJournal): string[] {
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = all.filter(
    (file) => file.isFile() && !file.parentPath.endsWith('index') && file.name !== 'swept',
  );
  return files.map(({ name }) => name).sort();
}

/** All records that can be read, newest first. */
export function allIn(journal: Journal): Entry[] {
  const { folder } = journal.options;
  const names = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : [];
  const requests = names.flatMap((name) => /[0-9a-f]{32}(?=-)/.exec(name)?.[0] ?? []);
  const entries = [...new Set(requests)].flatMap((request) => journal.find(request));
  return entries.filter((entry) => entry !== null).sort((a, b) => newestFirst(a.name, b.name));
}

export const dateBefore = (journal: TestJournal, ago: number): string =>
  new Date(journal.clock.wall() - ago).toISOString();
