import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watch } from '../../scripts/src/cli/progress.ts';
import { Failure } from '../../scripts/src/model/failure.ts';
import type { TaskState } from '../../scripts/src/model/task.ts';

function screenOf(isTTY: boolean, columns = 80) {
  let text = '';
  const screen = {
    write: (piece: string) => {
      text += piece;
    },
    isTTY,
    columns,
  };
  return { screen, shown: () => text, lines: () => text.split('\n').slice(0, -1) };
}

const statusOf = (state: TaskState, unknownState?: string) => ({
  state,
  record: {},
  ...(unknownState && { unknownState }),
});
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
    const { screen, lines } = screenOf(false);
    const { observer } = watch(screen, []);
    observer.submitting();
    observer.task('ck1', 'SUBMITTED');
    const own = observer.about('ck1');
    for (let second = 0; second < 150; second += 5) {
      own.polled(statusOf(second < 10 ? 'SUBMITTED' : 'PROGRESS'), { elapsedMs: 0, nextMs: 5_000 });
      vi.advanceTimersByTime(5_000);
    }
    own.polled(statusOf('COMPLETED'), { elapsedMs: 0, nextMs: 0 });
    expect(lines()).toEqual([
      'task ck1 SUBMITTED',
      'task ck1 PROGRESS after 10 s, next query in 5.0 s',
      'task ck1 PROGRESS after 70 s, next query in 5.0 s',
      'task ck1 PROGRESS after 130 s, next query in 5.0 s',
      'task ck1 COMPLETED after 150 s',
    ]);
  });

  it('every line names its task; the time is the age of the task, not of the wait', () => {
    const { screen, lines } = screenOf(false);
    const { observer } = watch(screen, []);
    const made = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();
    const older = observer.about('ck1', made(300));
    const newer = observer.about('ck2', made(36));
    const found = observer.about('ck3');
    for (const one of [older, newer, found, older])
      one.polled(statusOf('PROGRESS'), { elapsedMs: 0, nextMs: 0 });
    older.queryFailed(failure());
    newer.queryFailed(failure());
    found.downloading(1, 2);
    // The clock of this machine may be behind the one that made the record.
    observer.about('ck4', made(-50)).polled(statusOf('PROGRESS'), { elapsedMs: 0, nextMs: 0 });
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
    const { screen, lines } = screenOf(false);
    const { observer } = watch(screen, []);
    observer.task('ck1', 'SUBMITTED');
    for (let second = 0; second < 59; second += 1) {
      if (second % 2) observer.queryFailed(failure());
      else observer.polled(statusOf('PROGRESS'), { elapsedMs: second * 1000, nextMs: 1_000 });
      vi.advanceTimersByTime(1_000);
    }
    expect(lines()).toHaveLength(3);
    observer.queryFailed(failure('RATE_LIMITED'));
    expect(lines()).toHaveLength(4);
  });

  it('an unknown state is named, and does not hide the last known one', () => {
    const { screen, lines } = screenOf(false);
    const { observer, situation } = watch(screen, []);
    observer.task('ck1', 'SUBMITTED');
    observer.polled(statusOf('UNKNOWN', 'QUEUED'), { elapsedMs: 0, nextMs: 1 });
    expect(lines().at(-1)).toContain('in the unknown state QUEUED');
    expect(situation).toMatchObject({ phase: 'running', taskId: 'ck1', state: 'SUBMITTED' });
  });

  it('a download is one line, however many pieces it comes in', () => {
    const { screen, lines } = screenOf(false);
    const { observer } = watch(screen, []);
    for (let bytes = 0; bytes < 5_000; bytes += 1) {
      observer.downloading(bytes, 5_000);
      vi.advanceTimersByTime(5);
    }
    expect(lines()).toEqual(['downloading']);
  });

  it('fault 30: foreign text cannot move the cursor, and the key is not shown', () => {
    const { screen, shown } = screenOf(false);
    const { observer } = watch(screen, ['ak_secret_1']);
    observer.queryFailed(new Failure('NETWORK_ERROR', 'x\u001b[2J\r\nak_secret_1\u202e y'));
    expect(shown()).toBe('NETWORK_ERROR: x [2J [redacted] y Continuing.\n');
  });
});

describe('on a terminal', () => {
  it('one line that changes in place and never wraps; the task id stays', () => {
    const { screen, shown } = screenOf(true, 40);
    const { observer, clear } = watch(screen, []);
    clear();
    observer.task('ck1', 'SUBMITTED');
    observer.polled(statusOf('PROGRESS'), { elapsedMs: 1_000, nextMs: 2_000 });
    observer.queryFailed(new Failure('NETWORK_ERROR', 'x'.repeat(300)));
    observer.polled(statusOf('COMPLETED'), { elapsedMs: 3_000, nextMs: 0 });
    clear();
    clear();
    expect(shown().match(/\n/g)).toHaveLength(1);
    expect(shown().startsWith('task ck1 SUBMITTED\n')).toBe(true);
    for (const update of shown().split('\r\u001b[K')) expect(update.trimEnd().length).toBeLessThanOrEqual(40);
    expect(shown().endsWith('\r\u001b[K')).toBe(true);
  });

  it('shows a part of the download five times a second', () => {
    const { screen, shown } = screenOf(true);
    const { observer } = watch(screen, []);
    for (let bytes = 1; bytes <= 1_000; bytes += 1) {
      observer.downloading(bytes, 1_000);
      vi.advanceTimersByTime(1);
    }
    expect(shown().match(/downloading/g)).toHaveLength(5);
    expect(shown()).toContain('80 %');
    observer.downloading(5, null);
    vi.advanceTimersByTime(300);
    observer.downloading(5, null);
    expect(shown()).toContain('5 bytes');
  });
});

describe('the situation that an interruption finds', () => {
  it('follows a submit', () => {
    const { observer, situation } = watch(screenOf(false).screen, []);
    let known = 0;
    situation.onOutcomeKnown = () => {
      known += 1;
    };
    expect(situation).toMatchObject({ phase: 'before', taskId: null, state: null });
    observer.submitting();
    expect([situation.phase, known]).toEqual(['submitting', 0]);
    observer.refused();
    expect([situation.phase, known]).toEqual(['before', 1]);
    observer.submitting();
    observer.task('ck1', 'SUBMITTED');
    expect([situation.phase, known]).toEqual(['running', 2]);
  });
});
