import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BATCH_ORDER, EXIT, EXIT_OF_ERROR, EXIT_WORDS, OPEN } from '../../scripts/src/cli/exit-codes.ts';
import { ERROR_CODES } from '../../scripts/src/model/failure.ts';
import { ROOT } from '../support/command.ts';

describe('the exit codes', () => {
  it('are one table: a number, its words, and whether the same command has more to do', () => {
    for (const [name, { code }] of Object.entries(EXIT_WORDS)) expect(EXIT).toMatchObject({ [name]: code });
    expect(new Set(Object.values(EXIT)).size).toBe(Object.keys(EXIT_WORDS).length);
    expect(Object.keys(EXIT_OF_ERROR).sort()).toEqual([...ERROR_CODES].sort());
    // What has ended, and what must not be sent again unchanged, is not open.
    for (const code of [EXIT.done, EXIT.taskEnded, EXIT.badInput, EXIT.credits, EXIT.bug])
      expect(OPEN.has(code), String(code)).toBe(false);
    expect([...OPEN].sort()).toEqual([3, 4, 6, 7, 9]);
  });

  it('of a batch have one order: 3, 7, 5, 4, 9, 1, 0, with the others in between, none left out', () => {
    const named = [3, 7, 5, 4, 9, 1, 0];
    expect(BATCH_ORDER.filter((code) => named.includes(code))).toEqual(named);
    const ofSignals: number[] = [EXIT.hungUp, EXIT.interrupted, EXIT.terminated];
    expect([...BATCH_ORDER].sort()).toEqual(
      Object.values(EXIT)
        .filter((code) => !ofSignals.includes(code))
        .sort(),
    );
    const page = readFileSync(path.join(ROOT, 'references/batches.md'), 'utf8');
    expect(page).toContain(`in this order: ${BATCH_ORDER.join(', ')}.`);
  });
});
