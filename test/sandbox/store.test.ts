import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesOf, isFinal, stateAt } from '../../scripts/src/sandbox/lifecycle.ts';
import { EFFECTS, type ScenarioName } from '../../scripts/src/sandbox/scenarios.ts';
import { openStore } from '../../scripts/src/sandbox/store.ts';
import type { TaskRecord } from '../../scripts/src/sandbox/task-record.ts';
import { Clock, IMAGE, KEY, open, prompting, T2V, tempFolder } from './support.ts';

function record(over: Partial<TaskRecord> = {}): TaskRecord {
  return {
    id: `ck${'a'.repeat(23)}`,
    service: 'aivideomaker',
    owner: 'another',
    model: 't2v',
    input: {},
    fingerprint: 'f',
    idempotencyKey: null,
    credits: 15,
    scenarios: [],
    createdAt: new Clock().time,
    sequence: 0,
    speed: 60,
    cancelledAt: null,
    ...over,
  };
}

describe('tasks outlive the process that made them', () => {
  it('in a folder that is made for them', async () => {
    const folder = join(tempFolder(), 'deep', 'folder');
    const clock = new Clock();
    const first = await open({ folder, clock });
    const id = await first.make(T2V, { 'idempotency-key': 'request-0001' });
    await first.sandbox.close();

    clock.pass(10);
    const second = await open({ folder, clock });
    expect(second.sandbox.warning).toBeNull();
    expect(await second.state(id)).toBe('COMPLETED');
    expect(await second.balance()).toBe(985);
    const again = await second.create(T2V, { 'idempotency-key': 'request-0001' });
    expect(again.body).toMatchObject({ taskId: id, idempotentReplay: true });
    const { url } = (await second.get(`tasks/${id}`)).body.output;
    expect(url.startsWith(second.origin)).toBe(true);
    expect((await fetch(url)).status).toBe(200);
  });

  it('and can be cancelled from another one at the same time', async () => {
    const folder = tempFolder();
    const clock = new Clock();
    const [one, two] = [await open({ folder, clock }), await open({ folder, clock })];
    const id = await one.make();
    expect((await two.put(`tasks/${id}/cancel`)).status).toBe(200);
    expect(await one.state(id)).toBe('CANCEL');
    expect(await one.balance()).toBe(1000);
  });

  it('and so does what has happened once: [sandbox:not-delivered] cuts the first submit of all of them alone', async () => {
    const folder = tempFolder();
    const guard = { 'idempotency-key': 'request-0001' };
    const one = await open({ folder });
    await expect(one.create(prompting('not-delivered'), guard)).rejects.toThrow();
    await one.sandbox.close();
    const two = await open({ folder });
    expect((await two.create(prompting('not-delivered'), guard)).body).toMatchObject({ status: 'SUBMITTED' });
    expect(await two.balance()).toBe(985);
  });

  it('at the speed that they were made with', async () => {
    const folder = tempFolder();
    const clock = new Clock();
    const slow = await open({ folder, clock, speed: 1 });
    const fast = await open({ folder, clock, speed: 1000 });
    const id = await slow.make();
    clock.pass(200);
    expect(await fast.state(id)).toBe('PROGRESS');
  });

  it('for 48 simulated hours, after which their credits are there again', async () => {
    const folder = tempFolder();
    const clock = new Clock();
    const first = await open({ folder, clock });
    const id = await first.make();
    clock.pass(48 * 60 - 1);
    expect((await first.get(`tasks/${id}`)).status).toBe(200);
    clock.pass(1);
    expect((await first.get(`tasks/${id}`)).status).toBe(404);
    expect(await first.balance()).toBe(1000);
    await first.make();
    clock.pass(48 * 60);
    await open({ folder, clock });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what is kept', () => {
  it('is for the owner alone, and holds neither the key nor the image', async () => {
    const folder = join(tempFolder(), 'tasks');
    const { call } = await open({ folder });
    const body = { image: IMAGE, duration: '5' };
    const { taskId } = (await call('POST', '/api/v1/generate/i2v', { body })).body;
    const [name, ...others] = readdirSync(folder);
    expect([name, others]).toEqual([`${taskId}.json`, []]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, name!)).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(folder, name!), 'utf8');
    expect(text).not.toContain(KEY);
    expect(text).not.toContain('base64');
    expect(text.length).toBeLessThan(2_000);
  });

  it('is skipped when it is no record, and left alone when it is not ours', async () => {
    const folder = tempFolder();
    const clock = new Clock();
    const good = record();
    const names = ['b', 'c', 'd', 'e', 'f'].map((letter) => `ck${letter.repeat(23)}`);
    const contents = [
      '',
      '{"id":',
      'null',
      JSON.stringify(record()),
      JSON.stringify(record({ id: names[4]!, speed: 0 })),
    ];
    names.forEach((name, at) => {
      writeFileSync(join(folder, `${name}.json`), contents[at]!);
    });
    writeFileSync(join(folder, `${good.id}.json`), JSON.stringify(good));
    writeFileSync(join(folder, 'notes.json'), '{}');
    mkdirSync(join(folder, `ck${'9'.repeat(23)}.json`));
    const before = readdirSync(folder);
    expect(openStore(folder, clock.now).all()).toEqual([good]);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('replaces an unreadable record of the same id', () => {
    const folder = tempFolder();
    const { now } = new Clock();
    writeFileSync(join(folder, `${record().id}.json`), '{"id":');
    const kept = record();
    expect(openStore(folder, now).insert(kept)).toBe(kept);
    expect(openStore(folder, now).get(kept.id)).toEqual(kept);
  });

  it('loses what a killed process left half-written, in time', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, `${record().id}.0123456789ab.tmp`), '{');
    openStore(folder, Date.now);
    expect(readdirSync(folder)).toHaveLength(1);
    openStore(folder, () => Date.now() + 2 * 3_600_000);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a folder that cannot be used', () => {
  it('is named in a warning, and the sandbox continues in memory', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    const { sandbox, make, state } = await open({ folder: file });
    expect(sandbox.warning).toContain(file);
    expect(await state(await make())).toBe('SUBMITTED');
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  it('may become unusable later', async () => {
    const folder = tempFolder();
    const { sandbox, make, put, state } = await open({ folder });
    const id = await make(T2V, { 'idempotency-key': 'request-0001' });
    const { rmSync } = await import('node:fs');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    const other = await make();
    expect(sandbox.warning).toContain(folder);
    expect(await state(other)).toBe('SUBMITTED');
    expect((await put(`tasks/${other}/cancel`)).status).toBe(200);
    expect((await put(`tasks/${id}/cancel`)).status).toBe(404);
  });
});

describe('a shared idempotency key', () => {
  it('gives one record to two stores that both believe to be first', () => {
    const folder = tempFolder();
    const { now } = new Clock();
    const [one, two] = [openStore(folder, now), openStore(folder, now)];
    const first = record({ owner: 'first' });
    expect(one.insert(first)).toBe(first);
    expect(two.insert(record({ owner: 'second' }))).toEqual(first);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});

describe('the states of any task', () => {
  const anyRecord = fc.record({
    scenarios: fc.subarray(Object.keys(EFFECTS) as ScenarioName[]),
    speed: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
  });

  it('begin with SUBMITTED, never go back, and end for good', () => {
    fc.assert(
      fc.property(anyRecord, fc.array(fc.nat(400_000)), (over, moments) => {
        const task = record(over);
        const order = changesOf(task).map(({ state }) => state);
        expect(order[0]).toBe('SUBMITTED');
        expect(order.slice(0, -1).some(isFinal)).toBe(false);
        expect(isFinal(order.at(-1)!)).toBe(!over.scenarios.includes('never'));
        const seen = moments
          .sort((a, b) => a - b)
          .map((moment) => order.indexOf(stateAt(task, task.createdAt + (moment * 1_000) / task.speed)));
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
      }),
    );
  });

  it('are SUBMITTED before the task was made, as a clock that was set back would have it', () => {
    expect(stateAt(record(), record().createdAt - 5_000)).toBe('SUBMITTED');
  });
});
