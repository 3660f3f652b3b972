import { systemClock } from '../../model/clock.ts';
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
