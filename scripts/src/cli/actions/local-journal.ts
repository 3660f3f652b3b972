import { systemClock } from '../../model/clock.ts';
import { Journal } from '../../stores/file/journal.ts';
import type { Arguments } from '../command-line/arguments.ts';
import { type Environment, journalFolder } from '../environment.ts';

/** What a call needs that reads the journal of every key, without any service. */
export interface Local<Args = Pick<Arguments, 'profile' | 'sandbox'>> {
  args: Args;
  environment: Environment;
  warn(text: string): void;
}

/** Returns the journal for an action that needs no key: it reads the records of all accounts. */
export function localJournal({ args: { profile, sandbox }, environment, warn }: Local): Journal {
  const folder = journalFolder(environment, sandbox);
  return new Journal({ folder, provider: profile.id, service: '', account: '', clock: systemClock, warn });
}
