// Real files; the clock is simulated.
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Poller } from '../../../scripts/src/core/poll/poller.ts';
import { MemoryRateLimiter } from '../../../scripts/src/http/rate-limit.ts';
import type { Task } from '../../../scripts/src/model/task.ts';
import { NO_LIST, type SharedStatus } from '../../../scripts/src/ports/status-cache.ts';
import { FileStatusCache } from '../../../scripts/src/stores/file/status-cache.ts';
import { sessionWith } from '../../core/session.ts';
import { FakeClock } from '../../support/clock.ts';
import { tempFolder } from '../../support/command.ts';
import { serve } from '../../support/server.ts';
import { HOUR, SECOND } from './support.ts';

function machine() {
  const clock = new FakeClock();
  const folder = path.join(tempFolder(), 'status');
  return { clock, folder, process: () => new FileStatusCache(folder, clock) };
}

const seen = (at: number, state: 'PROGRESS' | 'COMPLETED'): SharedStatus => ({
  list: { ...NO_LIST, startedAt: at },
  tasks: new Map([['ckx1', { at, state, failedAt: 0, missingAt: 0 }]]),
});

const ENDED: Task = {
  id: 'ckx1',
  state: 'COMPLETED',
  urls: ['https://files.example/a.mp4'],
  record: { id: 'ckx1' },
};

describe('what was seen', () => {
  it('is read by the others, and is the same object until it changes', async () => {
    const { clock, process } = machine();
    const [one, two] = [process(), process()];
    await one.write(seen(clock.wall(), 'PROGRESS'));
    const read = await two.read();
    expect(read.tasks.get('ckx1')).toMatchObject({ state: 'PROGRESS', at: clock.wall() });
    expect(await two.read()).toBe(read);
    await one.write(seen(clock.wall(), 'COMPLETED'));
    expect((await two.read()).tasks.get('ckx1')).toMatchObject({ state: 'COMPLETED' });
  });

  it('lies in files for the owner alone', async () => {
    const { clock, folder, process } = machine();
    const one = process();
    await one.write(seen(clock.wall(), 'COMPLETED'));
    await one.announce(new Map([['ckx1', 0]]));
    await one.writeEnded(ENDED);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toHaveLength(3);
    for (const name of readdirSync(folder))
      expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (text: string) => string]>([
    ['cut', (text) => text.slice(0, -10)],
    ['empty', () => ''],
    ['flipped', (text) => text.replace('COMPLETED', 'PROGRESS')],
    ['huge', (text) => text + ' '.repeat(2 * 1024 * 1024)],
    ['another form', () => '{"tasks":"x"}'],
  ])('faults 46 and 97: is nothing where its file is %s', async (_, spoil) => {
    const { clock, folder, process } = machine();
    await process().write(seen(clock.wall(), 'COMPLETED'));
    await process().writeEnded(ENDED);
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    }
    expect((await process().read()).tasks.size).toBe(0);
    expect(await process().ended('ckx1')).toBeUndefined();
  });

  it('fault 97: a record under the name of another task is none', async () => {
    const { folder, process } = machine();
    await process().writeEnded(ENDED);
    await process().writeEnded({ ...ENDED, id: 'ckx2', record: { id: 'ckx2' } });
    const [one, two] = readdirSync(folder).map((name) => path.join(folder, name)) as [string, string];
    writeFileSync(one, readFileSync(two));
    const known = [await process().ended('ckx1'), await process().ended('ckx2')];
    expect(known.filter((task) => task !== undefined)).toHaveLength(1);
  });

  it('fault 82: does not count when it lies ahead', async () => {
    const { clock, process } = machine();
    await process().write(seen(clock.wall() + HOUR, 'COMPLETED'));
    const { tasks, list } = await process().read();
    expect([tasks.size, list.startedAt]).toEqual([0, 0]);
  });
});

describe('the processes that wait', () => {
  it('see the tasks of the others, until these leave or are dead', async () => {
    const { clock, process } = machine();
    const [one, two] = [process(), process()];
    await one.announce(new Map([['ckx1', 5]]));
    await two.announce(new Map([['ckx2', 7]]));
    expect([...(await one.others())]).toEqual([['ckx2', 7]]);
    await two.leave();
    expect((await one.others()).size).toBe(0);
    await two.announce(new Map([['ckx2', 7]]));
    clock.now += 16 * SECOND;
    expect((await one.others()).size).toBe(0);
  });

  it('remove what dead ones left, and old results; foreign files stay', async () => {
    const { clock, folder, process } = machine();
    await process().announce(new Map([['ckx1', 5]]));
    await process().writeEnded(ENDED);
    writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    clock.now += 11 * 60 * SECOND;
    utimesSync(path.join(folder, 'notes.txt'), 0, 0);
    await process().others();
    expect(readdirSync(folder)).toEqual(['notes.txt']);
  });

  it('fault 83: do without where nothing can be written', async () => {
    const clock = new FakeClock();
    const file = path.join(tempFolder(), 'file');
    writeFileSync(file, '');
    const cache = new FileStatusCache(path.join(file, 'status'), clock);
    await cache.announce(new Map([['ckx1', 5]]));
    await cache.write(seen(clock.wall(), 'PROGRESS'));
    await cache.writeEnded(ENDED);
    await cache.leave();
    expect([(await cache.read()).tasks.size, (await cache.others()).size]).toEqual([0, 0]);
  });
});

describe('a wait', () => {
  /** A process that waits for ckx1, beside another one that shares what it saw. */
  async function waiting(answer: object) {
    const { clock, process } = machine();
    const server = await serve({ body: answer });
    const session = sessionWith(server.origin, { clock });
    const limiter = new MemoryRateLimiter(session.provider.rateLimit, clock);
    const poller = new Poller(session, { limiter, statuses: process() }, false);
    const other = process();
    await other.write(seen(clock.wall(), 'COMPLETED'));
    const next = () => {
      const unwatch = poller.watch('ckx1');
      return poller
        .next('ckx1', { dueAt: clock.now + HOUR, earliest: 0, deadline: clock.now + HOUR })
        .finally(unwatch);
    };
    return { server, other, next };
  }

  it('ends with the record of an end that another process saw, without a query', async () => {
    const { server, other, next } = await waiting({});
    await other.writeEnded(ENDED);
    expect(await next()).toMatchObject({ kind: 'status', status: { state: 'COMPLETED', task: ENDED } });
    expect(server.received).toHaveLength(0);
  });

  it("fault 97: takes an end without its record for a hint: the task's own record decides, at once", async () => {
    const { server, next } = await waiting({
      id: 'ckx1',
      model: 't2v',
      input: {},
      status: 'PROGRESS',
      output: null,
    });
    expect(await next()).toMatchObject({ kind: 'status', status: { state: 'PROGRESS' } });
    expect(server.received.map((request) => request.path)).toEqual(['/api/v1/tasks/ckx1']);
  });
});
