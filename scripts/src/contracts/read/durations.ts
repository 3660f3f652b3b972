import type { Json } from '../../model/json.ts';
import { only, parsed } from '../schema/parsed.ts';
import { type Zod, z } from '../schema/zod.ts';

const SECONDS = '.seconds must be a number above 0, or the shortest and the longest';
const time = z.number(SECONDS).check(z.positive(SECONDS));
const span = z.tuple([time, time]).check(z.refine(([shortest, longest]) => longest >= shortest, SECONDS));
const RUNS = ' must be the number of runs';
const WHAT = ' must say what was made, and who saw it';
const DATE = ' must be a day, as YYYY-MM-DD';

const RUN = only(
  {
    seconds: z.union([time, span], ' must be a number above 0, or the shortest and the longest'),
    runs: z._default(z.int(RUNS).check(z.positive(RUNS)), 1),
    what: z.string(WHAT).check(z.regex(/\S/, WHAT)),
    date: z.string(DATE).check(z.regex(/^\d{4}-\d\d-\d\d$/, DATE)),
  },
  (name) => `: "${name}" is not understood`,
  SECONDS,
);

/** What is on record of one run, or of several: the shortest and the longest of them. */
type RecordedDuration = Omit<Zod.output<typeof RUN>, 'seconds'> & { seconds: [number, number] };

/** Reads x-durations. @throws ContractError */
export function readDurations(value: Json): RecordedDuration[] {
  const runs = parsed(z.array(RUN, ' must list recorded runs'), value, 'x-durations');
  return runs.map(({ seconds, ...run }) => ({
    seconds: typeof seconds === 'number' ? [seconds, seconds] : seconds,
    ...run,
  }));
}
