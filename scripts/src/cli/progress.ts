import type { Failure } from '../types/failure.ts';
import type { TaskState } from '../types/task.ts';
import { plain, redact } from '../types/text.ts';
import type { Observer } from '../workflow/session.ts';

/** How far a call has come: what an interrupted one can still say. */
export interface Situation {
  phase: 'before' | 'submitting' | 'running';
  taskId: string | null;
  state: TaskState | null;
  /** More than one task is under way: none of them speaks for the call. */
  isAboutMany: boolean;
  /** Called when it is known whether a submit made a task. */
  onSettled?: () => void;
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
 * Tells on standard error how a call goes on: on a terminal in one line that changes in place, otherwise in a line per
 * change of state and at most one a minute.
 */
export function watch(screen: Screen, secrets: readonly string[]): Progress {
  const situation: Situation = { phase: 'before', taskId: null, state: null, isAboutMany: false };
  let lastLineAt = Number.NEGATIVE_INFINITY;
  // Kept apart, so that a state seen between two troubles of one kind is no news, nor is the second of them.
  const last = { state: '', trouble: '', download: '' };
  let lastShareAt = Number.NEGATIVE_INFINITY;
  let open = false;

  const line = (text: string): void => {
    const clean = redact(plain(text, 400), secrets);
    screen.write(`${open ? '\r\u001b[K' : ''}${clean}\n`);
    open = false;
    lastLineAt = now();
  };
  const update = (text: string): void => {
    screen.write(`\r\u001b[K${redact(plain(text, Math.max(20, screen.columns - 1)), secrets)}`);
    open = true;
  };
  /** In place on a terminal; elsewhere only when the word is new or a minute has passed. */
  const say = (kind: keyof typeof last, word: string, text: string): void => {
    const isNew = word !== last[kind];
    last[kind] = word;
    if (screen.isTTY) update(text);
    else if (isNew || now() - lastLineAt >= QUIET_MS) line(text);
  };

  const observer: Observer = {
    submitting() {
      situation.phase = 'submitting';
    },
    refused() {
      situation.phase = 'before';
      situation.onSettled?.();
    },
    several(count) {
      situation.phase = 'running';
      situation.isAboutMany = true;
      line(`going on with ${count} tasks; nothing is charged`);
    },
    attached(taskId, created) {
      situation.phase = 'running';
      situation.taskId = taskId;
      line(`task ${taskId} was submitted on ${created}; going on with it, nothing is charged`);
      situation.onSettled?.();
    },
    task(taskId, state) {
      situation.phase = 'running';
      if (!situation.isAboutMany) {
        situation.taskId = taskId;
        situation.state = state;
      }
      last.state = state;
      line(`task ${taskId} ${state}`);
      situation.onSettled?.();
    },
    looked(sighting, { elapsedMs, nextMs }) {
      if (sighting.state !== 'UNKNOWN' && !situation.isAboutMany) situation.state = sighting.state;
      const share = sighting.progress === undefined ? '' : ` (${Math.round(sighting.progress)} %)`;
      const word = sighting.unknownState ? `in the unknown state ${sighting.unknownState}` : sighting.state;
      const next = nextMs > 0 ? `, next look in ${(nextMs / 1000).toFixed(1)} s` : '';
      say(
        'state',
        word,
        `task ${situation.taskId ?? ''} ${word}${share} after ${Math.round(elapsedMs / 1000)} s${next}`,
      );
    },
    troubled(failure: Failure) {
      say('trouble', failure.code, `${failure.code}: ${failure.message} Going on.`);
    },
    downloading(bytes, total) {
      if (now() - lastShareAt < SHARE_MS) return;
      lastShareAt = now();
      const part = total ? `${Math.floor((bytes / total) * 100)} %` : `${bytes} bytes`;
      say('download', 'begun', screen.isTTY ? `downloading, ${part}` : 'downloading');
    },
  };
  return {
    observer,
    situation,
    clear: () => {
      if (open) screen.write('\r\u001b[K');
      open = false;
    },
  };
}
