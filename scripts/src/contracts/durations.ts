import { isObject, type Json } from '../model/json.ts';
import { ContractError } from './contract-error.ts';

/** What is on record of one run, or of several. */
export interface RecordedDuration {
  /** The shortest and the longest of them. */
  seconds: [number, number];
  /** How many they are. */
  runs: number;
  /** What was made, and who saw it. */
  what: string;
  date: string;
}

/** Reads x-durations. @throws ContractError */
export function readDurations(value: Json): RecordedDuration[] {
  if (!Array.isArray(value)) throw new ContractError('x-durations must list recorded runs');
  return value.map((run) => {
    const { seconds, runs = 1, what, date, ...more } = isObject(run) ? run : {};
    const [unknown] = Object.keys(more);
    if (unknown !== undefined) throw new ContractError(`x-durations: "${unknown}" is not understood`);
    const [shortest, longest, ...others] = Array.isArray(seconds) ? seconds : [seconds, seconds];
    const isTime =
      typeof shortest === 'number' && typeof longest === 'number' && shortest > 0 && longest >= shortest;
    if (!isTime || others.length > 0)
      throw new ContractError(
        'x-durations.seconds must be a number above 0, or the shortest and the longest',
      );
    if (typeof runs !== 'number' || !Number.isInteger(runs) || runs < 1)
      throw new ContractError('x-durations.runs must be the number of runs');
    if (typeof what !== 'string' || what.trim() === '')
      throw new ContractError('x-durations.what must say what was made, and who saw it');
    if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(date))
      throw new ContractError('x-durations.date must be a day, as YYYY-MM-DD');
    return { seconds: [shortest, longest], runs, what, date };
  });
}
