import { afterEach, describe, expect, test } from 'vitest';
import { coalesced, createEventStreams } from '../../src/http/event-stream.ts';
import { ALICE, BOB, listen, make, readEvents, type TestApp, testApp } from './support/app.ts';

let running: TestApp;
afterEach(() => running.app.close());

const statusOf = (event: { data?: string } | null) => JSON.parse(event!.data!).status;

describe('GET /v1/generations/{id}/events', () => {
  test('sends what is, then each change, and ends with the generation', async () => {
    running = await testApp();
    const id = await make(running);
    running.generations.change(id, { status: 'pending' });
    const stream = await readEvents(`${await listen(running.app)}/v1/generations/${id}/events`, ALICE);
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    expect(statusOf(await stream.next())).toBe('pending');
    running.generations.change(id, { status: 'running' });
    expect(statusOf(await stream.next())).toBe('running');
    running.generations.change(id, {
      status: 'succeeded',
      files: [{ n: 1, mediaType: 'video/mp4', bytes: 1, sha256: 'a' }],
    });
    const last = await stream.next();
    expect(JSON.parse(last!.data!).files[0].url).toBe(`/v1/generations/${id}/files/1`);
    expect(await stream.next()).toBeNull();
    expect(running.generations.listeners.size).toBe(0);
  });

  test('resumes after Last-Event-ID: nothing twice, nothing missed; 204 when nothing is left', async () => {
    running = await testApp();
    const origin = await listen(running.app);
    const id = await make(running);
    const url = `${origin}/v1/generations/${id}/events`;
    const first = await readEvents(url, ALICE);
    const seen = await first.next();
    first.close();
    running.generations.change(id, { status: 'pending' });
    running.generations.change(id, { status: 'succeeded' });
    const second = await readEvents(url, { ...ALICE, 'last-event-id': seen!.id! });
    const [third, fourth] = [await second.next(), await second.next()];
    expect([third, fourth].map(statusOf)).toEqual(['pending', 'succeeded']);
    const after = await fetch(url, { headers: { ...ALICE, 'last-event-id': fourth!.id! } });
    expect(after.status).toBe(204);
  });

  test('a notice without a change sends nothing twice', async () => {
    running = await testApp();
    const id = await make(running);
    const stream = await readEvents(`${await listen(running.app)}/v1/generations/${id}/events`, ALICE);
    expect(statusOf(await stream.next())).toBe('queued');
    for (const listener of running.generations.listeners) listener({ user: '*', id: '*' });
    await new Promise(setImmediate);
    running.generations.change(id, { status: 'pending' });
    expect(statusOf(await stream.next())).toBe('pending');
    stream.close();
  });

  test('an id that was never sent starts with what is', async () => {
    running = await testApp();
    const id = await make(running);
    const stream = await readEvents(`${await listen(running.app)}/v1/generations/${id}/events`, {
      ...ALICE,
      'last-event-id': "1' OR 1=1",
    });
    expect(statusOf(await stream.next())).toBe('queued');
    stream.close();
  });

  test('a change between the first reading and the subscription is not missed', async () => {
    running = await testApp();
    const id = await make(running);
    const { events } = running.generations;
    let reads = 0;
    running.generations.events = async (...request) => {
      const found = await events(...request);
      reads += 1;
      // After the first reading, and before anything listens.
      if (reads === 1) running.generations.change(id, { status: 'pending' });
      return found;
    };
    const stream = await readEvents(`${await listen(running.app)}/v1/generations/${id}/events`, ALICE);
    expect(statusOf(await stream.next())).toBe('pending');
    stream.close();
  });

  test('the database is away during a stream: it ends, and the reader resumes', async () => {
    running = await testApp();
    const id = await make(running);
    const stream = await readEvents(`${await listen(running.app)}/v1/generations/${id}/events`, ALICE);
    await stream.next();
    running.generations.failure = new Error('away');
    for (const listener of running.generations.listeners) listener({ user: '*', id: '*' });
    expect(await stream.next()).toBeNull();
    expect(running.generations.listeners.size).toBe(0);
  });
});

describe('GET /v1/events', () => {
  test('sends changes of all own generations, and no other', async () => {
    running = await testApp();
    const id = await make(running);
    const foreign = await make(running, BOB);
    const stream = await readEvents(`${await listen(running.app)}/v1/events`, ALICE);
    expect(await stream.next()).toMatchObject({ event: 'ready' });
    running.generations.change(foreign, { status: 'running' });
    running.generations.change(id, { status: 'failed', endedAt: '2026-11-21T11:00:00.000Z' });
    const event = await stream.next();
    expect(event).toMatchObject({ event: 'generation' });
    expect(JSON.parse(event!.data!)).toMatchObject({ id, status: 'failed' });
    await running.app.inject({ method: 'DELETE', url: `/v1/generations/${id}`, headers: ALICE });
    expect(await stream.next()).toEqual({ event: 'deleted', data: JSON.stringify({ id }) });
    for (const listener of running.generations.listeners) listener({ user: '*', id: '*' });
    expect(await stream.next()).toMatchObject({ event: 'refresh' });
    stream.close();
  });

  test('fault 93: a shutdown ends open streams at once', async () => {
    running = await testApp();
    const stream = await readEvents(`${await listen(running.app)}/v1/events`, ALICE);
    await stream.next();
    await running.app.close();
    expect(await stream.next()).toBeNull();
  });

  test('a user has 50 streams at most, and frees one by closing it', async () => {
    running = await testApp();
    const origin = await listen(running.app);
    const streams = await Promise.all(
      Array.from({ length: 50 }, () => readEvents(`${origin}/v1/events`, ALICE)),
    );
    const refused = await fetch(`${origin}/v1/events`, { headers: ALICE });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    expect((await readEvents(`${origin}/v1/events`, BOB)).response.status).toBe(200);
    streams[0]!.close();
    await expect.poll(() => running.generations.listeners.size).toBe(50);
    expect((await readEvents(`${origin}/v1/events`, ALICE)).response.status).toBe(200);
  });
});

test('heartbeats go to every stream', async () => {
  running = await testApp();
  const { app } = running;
  const streams = createEventStreams(() => {}, 5);
  app.get('/stream', { exposeHeadRoute: false }, async (_request, reply) => {
    const stream = streams.open(reply, 'alice');
    setTimeout(() => stream.send({ event: 'later', data: 1 }), 40);
    return reply;
  });
  const stream = await readEvents(`${await listen(app)}/stream`, {});
  expect(await stream.next()).toMatchObject({ event: 'later' });
  expect(stream.comments).toContain(': alive');
  streams.close();
});

test('a reader that takes nothing is cut off before it fills the memory', async () => {
  running = await testApp();
  const { app } = running;
  const streams = createEventStreams(() => {});
  let sent = 0;
  app.get('/stream', { exposeHeadRoute: false }, async (_request, reply) => {
    const stream = streams.open(reply, 'alice');
    const data = 'x'.repeat(100_000);
    while (!stream.signal.aborted && sent < 1_000) {
      stream.send({ event: 'much', data });
      sent += 1;
      await new Promise(setImmediate);
    }
    return reply;
  });
  const { createConnection } = await import('node:net');
  const socket = createConnection({ port: Number(new URL(await listen(app)).port), host: '127.0.0.1' });
  socket.pause();
  socket.write('GET /stream HTTP/1.1\r\nhost: x\r\n\r\n');
  await expect.poll(() => streams.countOf('alice') === 0 && sent > 0).toBe(true);
  expect(sent).toBeLessThan(200);
  socket.destroy();
  streams.close();
});

test('work that is asked for while it runs is done once more, never twice at once', async () => {
  running = await testApp();
  let isRunning = false;
  let runs = 0;
  const release: (() => void)[] = [];
  const update = coalesced(
    async () => {
      expect(isRunning).toBe(false);
      isRunning = true;
      runs += 1;
      await new Promise<void>((resolve) => void release.push(resolve));
      isRunning = false;
    },
    (error) => expect.unreachable(String(error)),
  );
  update();
  update();
  update();
  release.shift()!();
  await new Promise(setImmediate);
  expect(runs).toBe(2);
  release.shift()!();
  await new Promise(setImmediate);
  expect(runs).toBe(2);
});
