import type { Session } from '../session.ts';
import { isFast, type PollSchedule } from './interval.ts';
import { Poller } from './poller.ts';

const pollers = new WeakMap<object, Map<boolean, Promise<Poller>>>();

/** Returns the poller that all waits of a session share; waits with very short intervals have one of their own. */
export function pollerOf(session: Session, schedule: PollSchedule): Promise<Poller> {
  const isAlone = isFast(schedule);
  const made = pollers.get(session.api) ?? new Map<boolean, Promise<Poller>>();
  pollers.set(session.api, made);
  const make = async () =>
    new Poller(session, isAlone ? null : ((await session.sharing?.()) ?? null), isAlone);
  const poller = made.get(isAlone) ?? make();
  made.set(isAlone, poller);
  return poller;
}
