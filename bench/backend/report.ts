import { loadavg } from 'node:os';

let missed = 0;

/** Prints a figure beside its goal. */
export function report(what: string, value: string, goal: string, isMet: boolean): void {
  if (!isMet) missed += 1;
  console.log(`${isMet ? 'met   ' : 'missed'}  ${what}: ${value} (goal: ${goal})`);
}

/** What else the machine does counts in every latency. */
export function reportLoad(): void {
  console.log(`        load of the machine: ${loadavg()[0]!.toFixed(1)}`);
}

export const anyMissed = (): boolean => missed > 0;
