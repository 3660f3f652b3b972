import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
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
