import { expect, test } from 'vitest';
import { admin } from '../src/admin.ts';
import { createTestDatabase } from './support/database.ts';

/** Runs `npm run admin`; returns its exit code and output. */
async function run(args: string[], env: Record<string, string> = {}): Promise<string> {
  const printed: string[] = [];
  const code = await admin(args, env, (line) => printed.push(line));
  return `${code} ${printed.join('\n')}`;
}

test.each([
  [['adopt', 'an-id'], 'adopt takes <id> <taskId>; 1 came'],
  [['abandon'], 'abandon takes <id>; 0 came'],
  [['retry', 'an-id', 'more'], 'retry takes <id>; 2 came'],
  [['attention', 'x'], 'attention takes nothing; 1 came'],
  [['retry', 'an-id', '--sumbit'], "'--sumbit'"],
  [['abandon', 'an-id', '--submit'], 'abandon takes no --submit'],
  [['adobt', 'an-id', 'a-task'], 'There is no command adobt'],
])('%j is said before anything is opened, with what there is', async (args, says) => {
  // A database that could be opened nowhere.
  const answer = await run(args, { DATABASE_URL: 'postgres://127.0.0.1:9/x' });
  expect(answer).toMatch(/^2 /);
  expect(answer).toContain(says);
  expect(answer).toContain('Usage: npm run admin');
});

test('a database that is away is named', async () => {
  expect(await run(['attention'], { DATABASE_URL: 'postgres://127.0.0.1:9/x' })).toBe(
    '2 DATABASE_URL names a database that cannot be used: connect ECONNREFUSED 127.0.0.1:9',
  );
});

test('a service that is none is named, with those that there are', async () => {
  const { url, close } = await createTestDatabase();
  try {
    expect(await run(['resume', 'apidott'], { DATABASE_URL: url })).toBe(
      '1 There is no service apidott: name one of aivideomaker, apidot.',
    );
  } finally {
    await close();
  }
});
