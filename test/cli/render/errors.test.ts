import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_OF_ERROR } from '../../../scripts/src/cli/exit-codes.ts';
import { ERROR_CODES, type ErrorCode } from '../../../scripts/src/model/failure.ts';
import { ROOT } from '../../support/command.ts';

const folder = path.join(ROOT, 'scripts/src/cli/render/errors');
// Of the exit codes with which several error codes end.
const SHARED: Record<number, string> = {
  [EXIT.badInput]: 'bad-input.ts',
  [EXIT.credits]: 'credits.ts',
  [EXIT.temporary]: 'temporary.ts',
  [EXIT.taskEnded]: 'task-ended.ts',
};
const fileOf = (code: ErrorCode): string =>
  SHARED[EXIT_OF_ERROR[code]] ?? `${code.toLowerCase().replaceAll('_', '-')}.ts`;

describe('the words of an error code', () => {
  it.each(ERROR_CODES)('%s: stand in the file of its exit code, or of its name', (code) => {
    expect(readFileSync(path.join(folder, fileOf(code)), 'utf8')).toContain(code);
  });

  it('stand nowhere else', () => {
    const others = readdirSync(folder).filter((file) => !ERROR_CODES.map(fileOf).includes(file));
    expect(others.sort()).toEqual(['explained.ts', 'said.ts']);
  });
});
