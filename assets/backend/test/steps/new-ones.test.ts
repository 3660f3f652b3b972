import { expect, test } from 'vitest';
import { createAnnouncer, listenToChanges } from '../../src/generations/listen.ts';
import type { Change } from '../../src/generations/types.ts';
import { startBackend } from '../support/backend.ts';
import { createTestDatabase } from '../support/database.ts';

test('a new generation shows in the event stream of another tab, although nothing is submitted', async () => {
  const backend = await startBackend();
  const first = await backend.submit('a first one, which makes the row of the service');
  await backend.until(first.id, 'succeeded');
  await backend.database.query(`UPDATE service_account SET paused_until = 'infinity'`);
  const stream = await backend.call('GET', '/v1/events');
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const readUntil = async (part: string) => {
    while (!text.includes(part)) text += (await reader.read()).value;
  };
  await readUntil('event: ready');
  const { id } = await backend.submit('in another tab');
  await readUntil(id);
  await readUntil('"status":"queued"');
  await reader.cancel();
  await backend.close();
});

test('many new generations are announced together', async () => {
  const { database, close } = await createTestDatabase();
  let statements = 0;
  const counted = {
    ...database,
    query: (...args: Parameters<typeof database.query>) => {
      statements += 1;
      return database.query(...args);
    },
  } as typeof database;
  const changes = await listenToChanges(database);
  const heard: Change[] = [];
  changes.onChange((change) => heard.push(change));
  const announce = createAnnouncer(counted);
  for (let n = 0; n < 100; n += 1) announce({ user: 'ann', id: String(n) });
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(100);
  expect(statements).toBe(1);
  await changes.close();
  await close();
});
