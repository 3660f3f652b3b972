import { mayCancel } from '../../core/tasks/may-cancel.ts';
import { systemClock } from '../../model/clock.ts';
import type { RequestRecord } from '../../model/request-record.ts';
import { Journal } from '../../stores/file/journal.ts';
import type { Place } from '../command-line/commands.ts';
import { type Environment, journalFolder } from '../environment.ts';

/** Returns the journal of every key, for what needs no service. */
export function localJournal(
  { profile, sandbox }: Place,
  environment: Environment,
  warn: (text: string) => void,
): Journal {
  const folder = journalFolder(environment, sandbox);
  return new Journal({ folder, provider: profile.id, service: '', account: '', clock: systemClock, warn });
}

/** Returns the records of tasks of which a cancel may still work. */
export async function cancellable(records: readonly RequestRecord[]): Promise<RequestRecord[]> {
  const now = systemClock.wall();
  const found: RequestRecord[] = [];
  for (const record of records) if (await mayCancel(record, now)) found.push(record);
  return found;
}
