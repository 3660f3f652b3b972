import { type Zod, z } from '../contracts/schema/zod.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { SCENARIOS } from './scenarios.ts';

/** The stored fields of a task. Its state is not stored: it follows from the record and the clock. */
export const TASK_RECORD = z.object({
  id: z.string(),
  /** The emulated service that made the task. */
  service: z.string(),
  /** Hash of the API key that made it; the key itself is never kept. */
  owner: z.string(),
  model: z.string(),
  /** The request, with images and very long texts replaced (see `input.ts`). */
  input: z.custom<JsonObject>(isObject),
  /** Hash of the whole request, to tell a replay from a conflict: the same for any order of its fields. */
  fingerprint: z.string(),
  idempotencyKey: z.nullable(z.string()),
  credits: z.int().check(z.minimum(0)),
  scenarios: z.array(z.literal(SCENARIOS)),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** Orders tasks of the same process and millisecond. */
  sequence: z.number(),
  /** Simulated seconds per real second, as they were when the task was made. */
  speed: z.number().check(z.positive()),
  cancelledAt: z.nullable(z.number()),
});

export type TaskRecord = Zod.output<typeof TASK_RECORD>;
