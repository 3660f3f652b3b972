import { isExcessive, parseBody } from '../http/json.ts';
import { isObject, type Json } from '../model/json.ts';
import type { TaskState } from '../model/task.ts';
import { isTaskId, stateIn } from '../providers/read-answer.ts';
import type { Settings } from './options.ts';
import type { CallbackHint } from './types.ts';

// More than any record of a task without its inputs.
const MOST_VALUES = 10_000;

/**
 * Returns what the body of a callback claims. Neither service documents such a body (September 2026): the id is read
 * where APIDot's receivers read it (`data.task_id`, `task_id`), and under the names of AIVideoMaker's answers.
 */
export function parseCallback({ profile, key }: Settings, body: string | Uint8Array): CallbackHint {
  // Whatever it is, this does not throw.
  const isBody = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = isBody ? Buffer.from(body) : undefined;
  const value = bytes && !isExcessive(bytes, MOST_VALUES) ? parseBody(bytes) : undefined;
  if (!isObject(value)) return {};
  const inner = isObject(value.data) ? value.data : undefined;
  for (const place of inner ? [inner, value] : [value]) {
    const id = [place.task_id, place.taskId, place.id].find((one) => isTaskId(one, key)) as
      | string
      | undefined;
    if (id !== undefined) return { taskId: id, ...stateFrom(profile, place.status) };
  }
  return stateFrom(profile, (inner ?? value).status);
}

function stateFrom(profile: Settings['profile'], word: Json | undefined): { state?: TaskState } {
  if (typeof word !== 'string') return {};
  const { state } = stateIn(profile.states, word);
  return state === 'UNKNOWN' ? {} : { state };
}
