import { isObject, type Json } from '../model/json.ts';
import { ContractError } from './contract-error.ts';

/** How long recorded runs of a model took, from submit to end. */
export interface RecordedDurations {
  /** Seconds: the shortest and the longest. */
  seconds: [from: number, to: number];
  runs: number;
  /** The day of the newest run, as YYYY-MM-DD. */
  asOf: string;
}

const KNOWN = ['seconds', 'runs', 'asOf'];

/** Reads x-durations. @throws ContractError */
export function readDurations(value: Json): RecordedDurations {
  if (!isObject(value)) throw new ContractError('x-durations must be a mapping');
  const unknown = Object.keys(value).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw new ContractError(`x-durations: "${unknown}" is not understood`);
  const { seconds, runs, asOf } = value;
  const [from, to, ...more] = Array.isArray(seconds) ? seconds : [];
  if (typeof from !== 'number' || typeof to !== 'number' || more.length > 0 || !(from > 0 && from <= to))
    throw new ContractError('x-durations.seconds must be the shortest and the longest, both above 0');
  if (typeof runs !== 'number' || !Number.isInteger(runs) || runs < 1)
    throw new ContractError('x-durations.runs must be the number of runs');
  if (typeof asOf !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(asOf))
    throw new ContractError('x-durations.asOf must be the day of the newest run, as YYYY-MM-DD');
  return { seconds: [from, to], runs, asOf };
}
