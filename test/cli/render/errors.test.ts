import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_OF_ERROR, EXIT_WORDS, OPEN } from '../../../scripts/src/cli/exit-codes.ts';
import { ERROR_CODES } from '../../../scripts/src/model/failure.ts';
import { ROOT } from '../../support/command.ts';

const folder = path.join(ROOT, 'scripts/src/cli/render/errors');
const ELSEWHERE: Record<string, string> = {
  RATE_LIMITED: 'network-error.ts',
  GENERATION_FAILED: 'task-ended.ts',
  TASK_CANCELLED: 'task-ended.ts',
};
const fileOf = (code: string): string => ELSEWHERE[code] ?? `${code.toLowerCase().replaceAll('_', '-')}.ts`;

describe('the words of an error code', () => {
  it.each(ERROR_CODES)('%s: stand in the file of its name', (code) => {
    expect(readFileSync(path.join(folder, fileOf(code)), 'utf8')).toContain(code);
  });

  it('stand nowhere else', () => {
    const others = readdirSync(folder).filter((file) => !ERROR_CODES.map(fileOf).includes(file));
    expect(others.sort()).toEqual(['explained.ts', 'said.ts']);
  });
});

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
});
