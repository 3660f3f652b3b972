import type { Observer } from '../core/session.ts';
import type { Failure } from '../model/failure.ts';
import type { TaskState } from '../model/task.ts';
import { plain, redact } from '../model/text.ts';

/** The progress of a call: the facts for the answer of an interrupted one. */
export interface Situation {
  phase: 'before' | 'submitting' | 'running';
  taskId: string | null;
  state: TaskState | null;
  /** The call waits for several tasks: none of them stands for the whole call. */
  isAboutMany: boolean;
  /** Called when it is known whether a submit made a task. */
  onOutcomeKnown?: () => void;
}

interface Screen {
  write(text: string): void;
  isTTY: boolean;
  columns: number;
}

const now = (): number => Number(process.hrtime.bigint()) / 1e6;

interface Progress {
  observer: Observer;
  situation: Situation;
  /** Takes a line that changes in place off the screen. */
  clear(): void;
}

// An agent pays for each line it reads.
const QUIET_MS = 60_000;
// Often enough for the eye; a fast download brings thousands of chunks a second.
const SHARE_MS = 200;

/**
 * Writes the progress of a call to standard error: on a terminal in one line that changes in place, elsewhere in a line
 * for each change of state and at most one a minute.
 */
export function watch(screen: Screen, secrets: readonly string[]): Progress {
  const situation: Situation = { phase: 'before', taskId: null, state: null, isAboutMany: false };
  let lastLineAt = Number.NEGATIVE_INFINITY;
  // The last words about each task, by kind: a state between two equal failures repeats neither the state nor the failure.
  const said = new Map<string | null, { state: string; failure: string; download: string }>();
  let lastShareAt = Number.NEGATIVE_INFINITY;
  let open = false;

  const line = (text: string): void => {
    const clean = redact(plain(text, 400), secrets);
    screen.write(`${open ? '\r\u001b[K' : ''}${clean}\n`);
    open = false;
    lastLineAt = now();
  };
  const lastOf = (taskId: string | null) => {
    const last = said.get(taskId) ?? { state: '', failure: '', download: '' };
    said.set(taskId, last);
    return last;
  };
  const update = (text: string): void => {
    screen.write(`\r\u001b[K${redact(plain(text, Math.max(20, screen.columns - 1)), secrets)}`);
    open = true;
  };
  /** In place on a terminal; elsewhere only when the word is new or a minute has passed. */
  const say = (
    last: ReturnType<typeof lastOf>,
    kind: 'state' | 'failure' | 'download',
    word: string,
    text: string,
  ): void => {
    const isNew = word !== last[kind];
    last[kind] = word;
    if (screen.isTTY) update(text);
    else if (isNew || now() - lastLineAt >= QUIET_MS) line(text);
  };

  // When each task was made, on the clock of `now`; only of those for which that is known.
  const made = new Map<string, number>();

  let lastSums = '';
  /** Returns the observer of one task; null before there is one. `name` is that of a line of a batch. */
  const observerOf = (taskId: string | null, name?: string): Observer => {
    const last = lastOf(taskId);
    const called = name === undefined ? '' : `${name}: `;
    const subject = `${called}${taskId === null ? '' : `task ${taskId} `}`;
    return {
      batch({ total, done, failed, running, credits }) {
        situation.phase = 'running';
        situation.isAboutMany = true;
        const cost = credits === null ? '' : `, ${credits} credits`;
        const text = `${done} of ${total} done, ${running} running, ${failed} failed${cost}`;
        if (screen.isTTY) update(text);
        else if (text !== lastSums && now() - lastLineAt >= QUIET_MS) line(text);
        lastSums = text;
      },
      line({ name: of, taskId: id, state }) {
        line(`${of}: ${id === null ? '' : `task ${id} `}${state}`);
      },
      named: (of) => observerOf(null, of),
      expected() {},
      submitting() {
        situation.phase = 'submitting';
      },
      refused() {
        situation.phase = 'before';
        situation.onOutcomeKnown?.();
      },
      several(count) {
        situation.phase = 'running';
        situation.isAboutMany = true;
        line(`resuming ${count} tasks; nothing is charged`);
      },
      attached(id, created) {
        situation.phase = 'running';
        situation.taskId = id;
        line(`${called}task ${id} was submitted on ${created}; resuming it, nothing is charged`);
        situation.onOutcomeKnown?.();
      },
      task(id, state) {
        if (situation.phase === 'submitting') made.set(id, now());
        situation.phase = 'running';
        if (!situation.isAboutMany) {
          situation.taskId = id;
          situation.state = state;
        }
        lastOf(id).state = state;
        line(`${called}task ${id} ${state}`);
        situation.onOutcomeKnown?.();
      },
      about(id, created) {
        const age = created === undefined ? Number.NaN : Date.now() - Date.parse(created);
        if (age >= 0 && !made.has(id)) made.set(id, now() - age);
        return observerOf(id, name);
      },
      polled(status, { nextMs }) {
        if (status.state !== 'UNKNOWN' && !situation.isAboutMany) situation.state = status.state;
        const share = status.progress === undefined ? '' : ` (${Math.round(status.progress)} %)`;
        const word = status.unknownState ? `in the unknown state ${status.unknownState}` : status.state;
        const next = nextMs > 0 ? `, next query in ${(nextMs / 1000).toFixed(1)} s` : '';
        const since = made.get(taskId ?? '');
        const age = since === undefined ? '' : ` after ${Math.round((now() - since) / 1000)} s`;
        say(last, 'state', word, `${subject}${word}${share}${age}${next}`);
      },
      queryFailed(failure: Failure) {
        say(last, 'failure', failure.code, `${subject}${failure.code}: ${failure.message} Continuing.`);
      },
      downloading(bytes, total) {
        if (now() - lastShareAt < SHARE_MS) return;
        lastShareAt = now();
        const part = total ? `${Math.floor((bytes / total) * 100)} %` : `${bytes} bytes`;
        say(
          last,
          'download',
          'begun',
          screen.isTTY ? `${subject}downloading, ${part}` : `${subject}downloading`,
        );
      },
    };
  };
  return {
    observer: observerOf(null),
    situation,
    clear: () => {
      if (open) screen.write('\r\u001b[K');
      open = false;
    },
  };
}
