import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Task } from '../../model/task.ts';
import type { ProviderRequest, TaskList } from '../../providers/provider.ts';

// A date header has whole seconds, and a task may be dated a little before the answer that carries that header.
const CLOCK_TOLERANCE_MS = 2_000;
// The tolerance applies to each of the two tasks.
const SAME_TIME_MS = 2 * CLOCK_TOLERANCE_MS;

// A request may wait in the service after its connection has ended. What was made later than this may be another request,
// sent from elsewhere.
const MADE_WITHIN_MS = 5 * 60_000;

// Usual sizes of a page. No paging is documented for AIVideoMaker, nor that there is none.
const PAGE_SIZES = new Set([10, 20, 25, 30, 50, 100, 200, 250, 500, 1000]);

/** A task that may be the one of the submit, by its input and its date. */
interface Candidate {
  task: Task;
  createdAt: number;
  /** Milliseconds between the submit and the task. */
  distance: number;
}

/**
 * Finds the task of a submit in the service's task list: by its idempotency key or, where the list does not show the key
 * of a task, by model, input and time.
 * @param times by the local wall clock: when the submit was sent, null where that is not known; when its last attempt
 * ended, at the latest; and now
 * @param equals how many equal requests of this machine, with this one, may have a task in the list
 * @param others the tasks in it that belong to other requests
 * @returns `absent` where the list certainly does not show the task; `similar` where a task in it may be the one; `cut` where
 * it has as many tasks as a page, all of them newer: the task may be on the next one
 */
export function findInList(
  list: TaskList,
  generation: ProviderRequest,
  times: { sentAt: number | null; endedAt: number; now: number },
  equals = 1,
  others: ReadonlySet<string> = new Set(),
): Task | 'absent' | 'similar' | 'cut' {
  const tasks = list.tasks.filter(({ id }) => !others.has(id));
  const byKey = tasks.find((task) => task.idempotencyKey === generation.idempotencyKey);
  if (byKey) return byKey;
  const alike = tasks.filter(
    (task) =>
      task.idempotencyKey === undefined &&
      sameModel(task.model, generation.model) &&
      (task.input === undefined || sameInput(task.input, generation.payload)),
  );
  if (times.sentAt === null) return list.unread > 0 || alike.length > 0 ? 'similar' : 'absent';
  const offset = list.serverTime === null ? 0 : list.serverTime - times.now;
  const sentAt = times.sentAt + offset;
  const earliest = sentAt - CLOCK_TOLERANCE_MS;
  // Without the service's time, a task from the future only shows that the clocks differ.
  const latest = list.serverTime === null ? times.now + CLOCK_TOLERANCE_MS : Infinity;
  const candidates = candidatesOf(alike, sentAt, { earliest, latest });
  const [own] = candidates;
  if (own) {
    // Several tasks are alike and about equally old: taking the wrong one would lose the paid result of another request. Where
    // there are so many equal requests, none is wrong.
    const near = candidates.filter(({ distance }) => distance - own.distance < SAME_TIME_MS);
    if (near.length > equals) return 'similar';
    if (own.createdAt <= times.endedAt + offset + MADE_WITHIN_MS) return own.task;
  }
  const isOld = ({ createdAt = Infinity }: Task) => createdAt < earliest;
  // Without the service's time, a task that seems too old may only be dated by a slow clock.
  const maybe = list.unread > 0 || alike.some((task) => list.serverTime === null || !isOld(task));
  if (maybe) return 'similar';
  const isNewer = (task: Task) => task.createdAt !== undefined && !isOld(task);
  return PAGE_SIZES.has(list.tasks.length) && list.tasks.every(isNewer) ? 'cut' : 'absent';
}

/** Returns the tasks with an input and a date in a span of time, the one nearest to the submit first. */
function candidatesOf(
  tasks: readonly Task[],
  sentAt: number,
  { earliest, latest }: { earliest: number; latest: number },
): Candidate[] {
  const candidates = tasks.flatMap((task) => {
    const { createdAt, input } = task;
    if (createdAt === undefined || input === undefined) return [];
    if (createdAt < earliest || createdAt > latest) return [];
    return [{ task, createdAt, distance: Math.abs(createdAt - sentAt) }];
  });
  return candidates.sort((a, b) => a.distance - b.distance);
}

/** Compares model names: the service lists one model under a longer name (minimax-h3 for minimax); t2v_v3 is not t2v. */
function sameModel(kept: string | undefined, sent: string): boolean {
  return kept === undefined || kept === sent || kept.startsWith(`${sent}-`);
}

/** Tells whether a task's echoed input is the payload. An image sent as base64 comes back as the address of its copy. */
function sameInput(input: Json | undefined, payload: JsonObject): boolean {
  if (!isObject(input)) return false;
  return Object.entries(payload).every(([name, sent]) => {
    const kept = Object.hasOwn(input, name) ? input[name] : undefined;
    if (sent === null) return kept === null || kept === undefined;
    return isDeepStrictEqual(kept, sent) || sameText(kept, sent) || sameMedia(kept, sent);
  });
}

/** A service may keep a text without the blanks around it, or in the other form of its accents. */
function sameText(kept: Json | undefined, sent: Json): boolean {
  const plain = (text: string) => text.normalize('NFC').trim();
  return typeof kept === 'string' && typeof sent === 'string' && plain(kept) === plain(sent);
}

function sameMedia(kept: Json | undefined, sent: Json): boolean {
  if (Array.isArray(sent)) {
    return (
      Array.isArray(kept) &&
      kept.length === sent.length &&
      sent.every((item, i) => kept[i] === item || sameMedia(kept[i], item))
    );
  }
  return typeof sent === 'string' && sent.startsWith('data:') && typeof kept === 'string';
}
