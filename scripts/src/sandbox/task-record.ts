import { isObject, type JsonObject } from '../model/json.ts';
import { isScenario, type ScenarioName } from './scenarios.ts';

/** The stored fields of a task. Its state is not stored: it follows from the record and the clock. */
export interface TaskRecord {
  id: string;
  /** The emulated service that made the task. */
  service: string;
  /** Hash of the API key that made it; the key itself is never kept. */
  owner: string;
  model: string;
  /** The request, with images and very long texts replaced (see `input.ts`). */
  input: JsonObject;
  /** Hash of the whole request, to tell a replay from a conflict. */
  fingerprint: string;
  idempotencyKey: string | null;
  credits: number;
  scenarios: ScenarioName[];
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** Orders tasks of the same process and millisecond. */
  sequence: number;
  /** Simulated seconds per real second, as they were when the task was made. */
  speed: number;
  cancelledAt: number | null;
}

export function isRecord(value: unknown): value is TaskRecord & JsonObject {
  if (!isObject(value)) return false;
  const { scenarios, credits, speed } = value;
  return (
    ['id', 'service', 'owner', 'model', 'fingerprint'].every((field) => typeof value[field] === 'string') &&
    ['createdAt', 'sequence'].every((field) => Number.isFinite(value[field])) &&
    Number.isSafeInteger(credits) &&
    (credits as number) >= 0 &&
    Number.isFinite(speed) &&
    (speed as number) > 0 &&
    isObject(value.input) &&
    Array.isArray(scenarios) &&
    scenarios.every(isScenario) &&
    (value.idempotencyKey === null || typeof value.idempotencyKey === 'string') &&
    (value.cancelledAt === null || Number.isFinite(value.cancelledAt))
  );
}
