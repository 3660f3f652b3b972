import type { Caller } from '../caller.ts';

/** Returns the command that shows what was made lately, where the service lists its tasks. */
export function earlierStep({ profile, command }: Pick<Caller, 'profile' | 'command'>): string[] {
  return profile.can.list ? [command('listTasks', { since: '7d' })] : [];
}
