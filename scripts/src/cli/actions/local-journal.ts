import { systemClock } from '../../model/clock.ts';
import { Journal } from '../../stores/file/journal.ts';
import type { Place } from '../command-line/commands.ts';
import { journalFolder } from '../environment.ts';

/** Returns the journal of every key, for what needs no service. */
export function localJournal(
  { profile, sandbox }: Place,
  stateFolder: string,
  warn: (text: string) => void,
): Journal {
  const folder = journalFolder(stateFolder, sandbox);
  return new Journal({ folder, provider: profile.id, service: '', account: '', clock: systemClock, warn });
}
