import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { Task } from '../model/task.ts';
import type { GenerationRequest, TaskList } from '../providers/provider.ts';

// A date header has whole seconds, and a task may be stamped a little before the answer that told us the time.
const CLOCK_TOLERANCE_MS = 2_000;
// Both of that, for two tasks.
const SAME_TIME_MS = 2 * CLOCK_TOLERANCE_MS;

/**
 * The task that this submit made, polled for in the service's own list: by its idempotency key, or, among tasks whose
 * key the list does not show, by model, input and time.
 * @param times by the local wall clock: when the submit was sent, null where that cannot be told, and now
 * @returns undefined where the list certainly does not show it
 */
export function findOwn(
  list: TaskList,
  generation: GenerationRequest,
  times: { sentAt: number | null; now: number },
): Task | 'unsure' | undefined {
  const byKey = list.tasks.find((task) => task.idempotencyKey === generation.idempotencyKey);
  if (byKey) return byKey;
  const alike = list.tasks.filter(
    (task) =>
      task.idempotencyKey === undefined &&
      sameModel(task.model, generation.model) &&
      (task.input === undefined || sameInput(task.input, generation.payload)),
  );
  if (times.sentAt === null) return list.unread > 0 || alike.length > 0 ? 'unsure' : undefined;
  const sentAt = times.sentAt + (list.serverTime === null ? 0 : list.serverTime - times.now);
  const distance = (task: Task) => Math.abs(task.createdAt! - sentAt);
  const isOld = (task: Task) => task.createdAt !== undefined && task.createdAt < sentAt - CLOCK_TOLERANCE_MS;
  // Without the service's time, a task from the future only shows that the clocks differ.
  const isAhead = (task: Task) =>
    list.serverTime === null &&
    task.createdAt !== undefined &&
    task.createdAt > times.now + CLOCK_TOLERANCE_MS;
  const [own, next] = alike
    .filter(
      (task) => task.createdAt !== undefined && task.input !== undefined && !isOld(task) && !isAhead(task),
    )
    .sort((a, b) => distance(a) - distance(b));
  // Two that are alike, made at about the same time: taking the wrong one would lose what the other cost.
  if (own && next && distance(next) - distance(own) < SAME_TIME_MS) return 'unsure';
  if (own) return own;
  // Without the service's time, what looks old may only be stamped by a clock that is slow.
  const maybe = list.unread > 0 || alike.some((task) => list.serverTime === null || !isOld(task));
  return maybe ? 'unsure' : undefined;
}

/** One model was seen under a longer name than the one it is called by (minimax-h3 for minimax); t2v_v3 is not t2v. */
function sameModel(kept: string | undefined, sent: string): boolean {
  return kept === undefined || kept === sent || kept.startsWith(`${sent}-`);
}

/** Whether a task's echoed input is the payload. An image sent as base64 comes back as the address it is kept at. */
function sameInput(input: Json | undefined, payload: JsonObject): boolean {
  if (!isObject(input)) return false;
  return Object.entries(payload).every(([name, sent]) => {
    const kept = Object.hasOwn(input, name) ? input[name] : undefined;
    if (sent === null) return kept === null || kept === undefined;
    return isDeepStrictEqual(kept, sent) || sameMedia(kept, sent);
  });
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
