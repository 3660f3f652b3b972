import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watch } from '../../scripts/src/cli/progress.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import type { TaskState } from '../../scripts/src/model/task.ts';

/** What an observer that hides these words wrote. */
function watched(...secrets: string[]) {
  let text = '';
  const write = (piece: string) => {
    text += piece;
  };
  return {
    ...watch({ write, columns: 80 }, secrets),
    shown: () => text,
    lines: () => text.split('\n').slice(0, -1),
  };
}

const statusOf = (state: TaskState, unknownState?: string) => ({
  state,
  record: {},
  ...(unknownState && { unknownState }),
});
type Observed = ReturnType<typeof watched>['observer'];

/** A poll of this task, or of the one task there is, has seen this state. */
const seen = (own: Observed, state: TaskState, nextMs = 0) => own.polled(statusOf(state), nextMs);
const two = (observer: Observed) =>
  ['one', 'two'].map((name) => observer.named(name)) as [Observed, Observed];
const failure = (code: 'NETWORK_ERROR' | 'RATE_LIMITED' = 'NETWORK_ERROR') =>
  new Failure(code, 'The service is down.');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['hrtime', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('where no terminal is', () => {
  it('one line for each state, and at most one a minute', () => {
    const { observer, lines } = watched();
    observer.submitting();
    observer.task('ck1', 'SUBMITTED');
    const own = observer.about('ck1');
    for (let second = 0; second < 150; second += 5) {
      seen(own, second < 10 ? 'SUBMITTED' : 'PROGRESS', 5_000);
      vi.advanceTimersByTime(5_000);
    }
    seen(own, 'COMPLETED');
    expect(lines()).toEqual([
      'task ck1 SUBMITTED',
      'task ck1 PROGRESS after 10 s, next query in 5.0 s',
      'task ck1 PROGRESS after 70 s, next query in 5.0 s',
      'task ck1 PROGRESS after 130 s, next query in 5.0 s',
      'task ck1 COMPLETED after 150 s',
    ]);
  });

  it('every line names its task; the time is the age of the task, not of the wait', () => {
    const { observer, lines } = watched();
    const made = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();
    const older = observer.about('ck1', made(300));
    const newer = observer.about('ck2', made(36));
    const found = observer.about('ck3');
    for (const one of [older, newer, found, older]) seen(one, 'PROGRESS');
    older.queryFailed(failure());
    newer.queryFailed(failure());
    found.downloading(1, 2);
    // The clock of this machine may be behind the one that made the record.
    seen(observer.about('ck4', made(-50)), 'PROGRESS');
    expect(lines()).toEqual([
      'task ck1 PROGRESS after 300 s',
      'task ck2 PROGRESS after 36 s',
      'task ck3 PROGRESS',
      'task ck1 NETWORK_ERROR: The service is down. Continuing.',
      'task ck2 NETWORK_ERROR: The service is down. Continuing.',
      'task ck3 downloading',
      'task ck4 PROGRESS',
    ]);
  });

  it('a service that fails every second time is no news each time', () => {
    const { observer, lines } = watched();
    observer.task('ck1', 'SUBMITTED');
    for (let second = 0; second < 59; second += 1) {
      if (second % 2) observer.queryFailed(failure());
      else observer.polled(statusOf('PROGRESS'), 1_000);
      vi.advanceTimersByTime(1_000);
    }
    expect(lines()).toHaveLength(3);
    observer.queryFailed(failure('RATE_LIMITED'));
    expect(lines()).toHaveLength(4);
  });

  it('an unknown state is named, and does not hide the last known one', () => {
    const { observer, situation, lines } = watched();
    observer.task('ck1', 'SUBMITTED');
    observer.polled(statusOf('UNKNOWN', 'QUEUED'), 1);
    expect(lines().at(-1)).toContain('in the unknown state QUEUED');
    expect(situation).toMatchObject({ phase: 'running', taskId: 'ck1', state: 'SUBMITTED' });
  });

  it('a download is one line, however many pieces it comes in', () => {
    const { observer, lines } = watched();
    for (let bytes = 0; bytes < 5_000; bytes += 1) {
      observer.downloading(bytes, 5_000);
      vi.advanceTimersByTime(5);
    }
    expect(lines()).toEqual(['downloading']);
  });

  it('fault 30: foreign text cannot move the cursor, and the key is not shown', () => {
    const { observer, shown } = watched('ak_secret_1');
    observer.queryFailed(new Failure('NETWORK_ERROR', 'x\u001b[2J\r\nak_secret_1\u202e y'));
    expect(shown()).toBe('NETWORK_ERROR: x [2J [redacted] y Continuing.\n');
  });
});

/** The outcome of a submit was known so often. */
function counted() {
  const { observer, situation } = watched();
  let known = 0;
  situation.onOutcomeKnown = () => {
    known += 1;
  };
  return { observer, situation, known: () => known };
}

describe('the situation that an interruption finds', () => {
  it('follows a submit', () => {
    const { observer, situation, known } = counted();
    expect(situation).toMatchObject({ phase: 'before', taskId: null, state: null });
    observer.submitting();
    expect([situation.phase, known()]).toEqual(['submitting', 0]);
    observer.rejected();
    expect([situation.phase, known()]).toEqual(['before', 1]);
    observer.submitting();
    observer.task('ck1', 'SUBMITTED');
    expect([situation.phase, known()]).toEqual(['running', 2]);
  });
});

describe('a batch, where no terminal is', () => {
  const of = (done: number, failed: number, running: number, credits: number | null = null) => ({
    total: 3,
    done,
    failed,
    running,
    credits,
  });

  it('a line for each task id and each end, with name and id; the sums at most once a minute, and at the end', () => {
    const { observer, situation, lines } = watched();
    observer.batch(of(0, 0, 0));
    const [one, other] = two(observer);
    one.submitting();
    other.submitting();
    one.task('ck1', 'SUBMITTED');
    expect(situation).toMatchObject({ phase: 'submitting', isAboutMany: true, taskId: null });
    other.task('ck2', 'SUBMITTED');
    expect(situation.phase).toBe('running');
    observer.batch(of(0, 0, 2, 30));
    for (let second = 0; second < 60; second += 5) {
      seen(one.about('ck1'), 'PROGRESS', 5_000);
      vi.advanceTimersByTime(5_000);
    }
    seen(one.about('ck1'), 'PROGRESS', 5_000);
    seen(one.about('ck1'), 'COMPLETED');
    seen(other.about('ck2'), 'FAILED');
    observer.batch({ ...of(1, 1, 0, 45), cancelled: 1, refunded: 30, isOver: true });
    expect(lines()).toEqual([
      '0 of 3 done',
      'one task ck1 SUBMITTED',
      'two task ck2 SUBMITTED',
      '0 of 3 done, 2 running, 30 credits',
      'one task ck1 COMPLETED',
      'two task ck2 FAILED',
      '1 of 3 done, 1 failed, 1 cancelled, 45 credits charged, 30 refunded',
    ]);
  });

  it('a large one names no more lines than a reader reads, and those without a result the longest', () => {
    const { observer, lines } = watched();
    const batch = (done: number, failed: number) =>
      observer.batch({ total: 3_000, done, failed, running: 0, credits: null, isOver: done > 0 });
    batch(0, 0);
    for (let n = 0; n < 3_000; n += 1) {
      const own = observer.named(`${n}`);
      own.task(`ck${n}`, 'SUBMITTED');
      seen(own.about(`ck${n}`), n % 2 ? 'COMPLETED' : 'FAILED');
    }
    batch(1_500, 1_500);
    expect(lines().length).toBeLessThan(250);
    expect(lines().at(-2)).toMatch(/ FAILED$/);
    expect(lines().at(-1)).toBe('1500 of 3000 done, 1500 failed');
  });

  it('a failed query of the shared poller is one line, not one for each line of the batch', () => {
    const { observer, lines } = watched();
    observer.batch(of(0, 0, 0));
    for (let n = 0; n < 20; n += 1) observer.named(`${n}`).about(`ck${n}`).queryFailed(failure());
    expect(lines()).toEqual(['0 of 3 done', 'NETWORK_ERROR: The service is down. Continuing.']);
  });

  it('a SIGINT waits until the outcome of every submit under way is known', () => {
    const { observer, situation, known } = counted();
    observer.batch(of(0, 0, 0));
    const [one, other] = two(observer);
    one.submitting();
    other.submitting();
    other.rejected();
    expect([situation.phase, known()]).toEqual(['submitting', 0]);
    one.task('ck1', 'SUBMITTED');
    expect([situation.phase, known()]).toEqual(['running', 1]);
  });
});

it('the estimate is said once, with its source', () => {
  const { observer, lines } = watched();
  observer.expected({ fromMs: 170_000, toMs: 350_000, runs: 14, source: 'machine' });
  const own = observer.about('ck1');
  for (const state of ['SUBMITTED', 'PROGRESS', 'COMPLETED'] as const) seen(own, state);
  expect(lines()).toEqual([
    'task ck1 SUBMITTED; usually 2 to 6 min (14 runs on this machine)',
    'task ck1 PROGRESS',
    'task ck1 COMPLETED',
  ]);
});
