import { systemClock } from '../../model/clock.ts';
import { Journal } from '../../stores/file/journal.ts';
import type { Arguments } from '../command-line/arguments.ts';
import { type Environment, journalFolder } from '../environment.ts';

/** What a call needs that reads the journal of every key, without any service. */
export interface Local {
  args: Arguments;
  environment: Environment;
  warn(text: string): void;
}

/** Returns the journal of this machine; of no key in particular. */
export function localJournal({ args, environment, warn }: Local): Journal {
  return new Journal({
    folder: journalFolder(environment, args.sandbox),
    provider: args.profile.id,
    service: '',
    account: '',
    clock: systemClock,
    warn,
  });
}
