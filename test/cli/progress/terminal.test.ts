import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { terminal } from '../../../scripts/src/cli/progress/terminal.ts';
import { watch } from '../../../scripts/src/cli/progress.ts';
import { Failure } from '../../../scripts/src/model/failure.ts';
import type { TaskState } from '../../../scripts/src/model/task.ts';
import { FakeTerminal } from '../../support/screen.ts';

const on = (columns: number, secrets: string[] = []) => {
  const screen = new FakeTerminal(columns);
  return { screen, ...watch(screen, secrets, terminal) };
};
const statusOf = (state: TaskState) => ({ state, record: {} });
const NEXT_MS = 2_000;
const shownBy = ({ lines }: FakeTerminal) => lines.filter((line) => line !== '');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['hrtime', 'performance', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('one task', () => {
  it('one line: task, state, a bar by the usual duration, elapsed time, and where the estimate comes from', () => {
    const { screen, observer, clear } = on(120);
    observer.submitting();
    observer.task('ck1', 'SUBMITTED');
    observer.expected({ fromMs: 180_000, toMs: 360_000, runs: 14, source: 'machine' });
    observer.about('ck1').polled(statusOf('PROGRESS'), NEXT_MS);
    vi.advanceTimersByTime(90_000);
    expect(shownBy(screen)).toEqual([
      'task ck1 SUBMITTED',
      'task ck1 PROGRESS [########----------------------] 1:30 usually 3 to 6 min (14 runs on this machine)',
    ]);
    vi.advanceTimersByTime(300_000);
    expect(screen.lines[1]).toMatch(/#-+\] 6:30 longer than usual, usually 3 to 6 min/);
    clear();
    expect(shownBy(screen)).toEqual(['task ck1 SUBMITTED']);
    vi.advanceTimersByTime(5_000);
    expect(shownBy(screen)).toEqual(['task ck1 SUBMITTED']);
  });

  it('no estimate and no bar where nothing is known of the duration', () => {
    const { screen, observer } = on(80);
    observer.submitting();
    observer.task('ck1', 'SUBMITTED');
    observer.about('ck1').polled(statusOf('PROGRESS'), NEXT_MS);
    vi.advanceTimersByTime(61_000);
    expect(screen.lines[1]).toBe('task ck1 PROGRESS 1:01');
  });

  it('a percentage that the service reports counts more than an estimate', () => {
    const { screen, observer } = on(60);
    observer.expected({ fromMs: 1_000, toMs: 1_000, runs: 1, source: 'contract', asOf: '2026-09-17' });
    observer.about('ck1').polled({ ...statusOf('PROGRESS'), progress: 50 }, NEXT_MS);
    expect(screen.lines[0]).toMatch(/PROGRESS \(50 %\) \[(#+)-+\]/);
  });

  it('a download shows its bytes and speed, five times a second at most', () => {
    const { screen, observer } = on(100);
    const own = observer.about('ck1');
    for (let bytes = 0; bytes <= 2_000_000; bytes += 1_000) {
      own.downloading(bytes, 4_000_000);
      vi.advanceTimersByTime(1);
    }
    expect(screen.lines[0]).toMatch(
      /^task ck1 downloading 2\.0 MB of 4\.0 MB, (1\.0 MB|999\.5 kB)\/s \[#{13,15}-{13,17}\]$/,
    );
    expect(screen.written.match(/downloading/g)!.length).toBeLessThanOrEqual(16);
  });

  it('what a resumed download had before is no speed', () => {
    const { screen, observer } = on(100);
    const own = observer.about('ck1');
    own.downloading(900_000_000, 1_000_000_000);
    vi.advanceTimersByTime(1_000);
    own.downloading(900_100_000, 1_000_000_000);
    vi.advanceTimersByTime(500);
    expect(screen.lines[0]).toMatch(/, (100|66)\.\d kB\/s/);
  });
});

describe('a batch', () => {
  it('one bar with done, failed, running, credits and elapsed time; ends stay above it', () => {
    const { screen, observer, clear } = on(110);
    observer.batch({ total: 20, done: 0, failed: 0, running: 0, credits: null });
    observer.expected({ fromMs: 180_000, toMs: 360_000, runs: 3, source: 'contract', asOf: '2026-09-17' });
    const own = observer.named('dawn');
    own.task('ck1', 'SUBMITTED');
    own.about('ck1').polled(statusOf('COMPLETED'), NEXT_MS);
    observer.batch({ total: 20, done: 10, failed: 1, running: 4, credits: 225 });
    vi.advanceTimersByTime(250_000);
    expect(shownBy(screen)).toEqual([
      'dawn task ck1 SUBMITTED',
      'dawn task ck1 COMPLETED',
      '10 of 20 done, 1 failed, 4 running, 225 credits [#################-------------] 4:10 usually 3 to 6 min each',
    ]);
    clear();
    expect(shownBy(screen)).toHaveLength(2);
  });

  it('is drawn five times a second at most, however fast its lines end', () => {
    const { screen, observer } = on(80);
    for (let done = 0; done <= 1_000; done += 1) {
      observer.batch({ total: 1_000, done, failed: 0, running: 0, credits: null });
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(500);
    expect(screen.written.match(/of 1000 done/g)!.length).toBeLessThanOrEqual(9);
    expect(screen.lines[0]).toMatch(/^1000 of 1000 done \[#+\]/);
  });

  it('tasks that are resumed together have one bar too', () => {
    const { screen, observer } = on(100);
    observer.several(4);
    for (const [id, state] of [
      ['a', 'COMPLETED'],
      ['b', 'FAILED'],
      ['c', 'PROGRESS'],
      ['d', 'CANCEL'],
    ] as const)
      observer.about(id).polled(statusOf(state), NEXT_MS);
    vi.advanceTimersByTime(500);
    expect(screen.lines.at(-1)).toMatch(/^1 of 4 done, 1 failed, 1 cancelled, 1 running \[#{23}-{7}\] 0:00$/);
  });

  it('models with other durations have no common estimate', () => {
    const { screen, observer } = on(140);
    observer.batch({ total: 2, done: 0, failed: 0, running: 2, credits: null });
    observer.named('a').expected({ fromMs: 1_000, toMs: 2_000, runs: 3, source: 'machine' });
    observer.named('b').expected({ fromMs: 5_000, toMs: 9_000, runs: 3, source: 'machine' });
    vi.advanceTimersByTime(500);
    expect(screen.written).not.toMatch(/usually.*\r?$/);
    expect(screen.lines[0]).not.toContain('usually');
  });
});

describe('any terminal', () => {
  it('one line in place at each width from 0 to 300, with wide names, and nothing but the cursor is moved', () => {
    for (let columns = 0; columns <= 300; columns += 1) {
      const { screen, observer, clear } = on(columns || 1);
      if (columns === 0) screen.columns = 0;
      observer.expected({ fromMs: 180_000, toMs: 360_000, runs: 14, source: 'machine' });
      const own = observer.named('灯台の夜明け👩‍👩‍👧‍👦 e\u0301').about('ck1');
      const written = screen.written.length;
      screen.columns = Math.max(1, columns);
      own.polled(statusOf('PROGRESS'), NEXT_MS);
      vi.advanceTimersByTime(500);
      expect(
        screen.lines.filter((line) => line !== ''),
        String(columns),
      ).toHaveLength(columns > 1 ? 1 : 0);
      expect(screen.written.slice(written)).not.toMatch(/\u001b\[[\d;]*m/);
      clear();
      expect(screen.lines.join('')).toBe('');
    }
  });

  it('a window that becomes narrower and wider keeps the lines above, and one line in place', () => {
    const { screen, observer } = on(100);
    observer.task('ck1', 'SUBMITTED');
    observer.expected({ fromMs: 180_000, toMs: 360_000, runs: 14, source: 'machine' });
    observer.about('ck1', new Date(Date.now() - 5_000).toISOString()).polled(statusOf('PROGRESS'), NEXT_MS);
    for (const columns of [30, 99, 20, 19, 60, 25, 100]) {
      screen.resize(columns);
      vi.advanceTimersByTime(500);
      expect(shownBy(screen), String(columns)).toHaveLength(2);
      expect(screen.lines[0]).toBe('task ck1 SUBMITTED');
    }
  });

  it('fault 30: foreign text cannot move the cursor, and the key is not shown', () => {
    const { screen, observer } = on(200, ['ak_secret_1']);
    observer
      .named('x\u001b[2J\u202e\r\nak_secret_1')
      .about('ck1')
      .queryFailed(new Failure('NETWORK_ERROR', 'y\u001b]0;title\u0007\u009b2J ak_secret_1'));
    vi.advanceTimersByTime(500);
    // The screen refuses any control character that it does not know.
    expect(screen.lines.filter(Boolean)).toEqual([
      expect.stringMatching(/^x \[2J \[redacted\] task ck1 NETWORK_ERROR: y \]0;title 2J \[redacted\]/),
    ]);
    expect(screen.written).not.toMatch(/ak_secret|\u202e|\u0007|\u009b/);
  });
});
