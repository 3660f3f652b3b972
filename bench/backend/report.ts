import { loadavg } from 'node:os';

export { reportText as report } from '../goals.ts';

/** What else the machine does counts in every latency. */
export function reportLoad(): void {
  console.log(`        load of the machine: ${loadavg()[0]!.toFixed(1)}`);
}
