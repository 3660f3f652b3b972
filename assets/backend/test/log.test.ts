import { expect, test } from 'vitest';
import { createLogger } from '../src/observability/log.ts';

/** Returns what a line says of an error. */
function said(err: unknown): string {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  createLogger({ level: 'info', secrets: [], destination }).warn({ err }, 'met an error');
  expect(lines.join('')).not.toContain('[object');
  return (JSON.parse(lines[0]!) as { err: { message: string } }).err.message;
}

test('an error that is no Error is said by its name, code and message, never as [object Object]', () => {
  expect(said(new Error('away'))).toBe('away');
  expect(said({ code: '57P01', message: 'terminating connection', detail: 'private' })).toBe(
    '57P01 terminating connection',
  );
  expect(said({ name: 'ErrnoError', errno: 51 })).toBe('ErrnoError 51');
  expect(said({ message: { text: 'nested' } })).toBe('no Error, but an object with message');
  expect(said({})).toBe('no Error, but an object with nothing in it');
  expect(said('at https://user@example.com/secret?x=1')).toBe('at https://user@example.com/...');
});
