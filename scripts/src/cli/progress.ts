import type { BatchProgress, ExpectedDuration, Observer } from '../core/observer.ts';
import type { Failure } from '../model/failure.ts';
import { isTerminal, type TaskState } from '../model/task.ts';
import { plain, redact } from '../model/text.ts';
import { type Display, Lines, type Screen } from './progress/display.ts';
import type { View } from './progress/draw.ts';
import { Meter } from './progress/meter.ts';
import { type Situation, Submits } from './progress/situation.ts';
import { otherAccountText, overIn, size, sourceOf, sums, usually } from './progress/words.ts';

export type { Situation } from './progress/situation.ts';

interface Progress {
  observer: Observer;
  situation: Situation;
  /** Shows a line that stays. */
  line(text: string): void;
  /** Takes a line that changes in place off the screen. */
  clear(): void;
}

/** What was last said of one request or task, by kind: a state between two equal failures repeats neither of them. */
interface Subject {
  name: string | null;
  taskId: string | null;
  state: string;
  failure: string;
  hasDownload: boolean;
}

/** The milliseconds of a clock that only moves forward. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

// Of a large batch, no more lines than a user or an agent reads; the report of the batch names them all.
const MOST_LINES = 100;
// A fast download brings thousands of chunks a second.
const SHARE_MS = 200;

/**
 * Shows the progress of a call on standard error.
 * @param displayOf makes what draws on a terminal; absent: a line for each change, and between them at most one a minute
 */
export function watch(
  screen: Screen,
  secrets: readonly string[],
  displayOf: (screen: Screen, clock: () => number) => Display = (...parts) => new Lines(...parts),
): Progress {
  const display = displayOf(screen, monotonic);
  const clean = (text: string): string => redact(plain(text, 400), secrets);
  const line = (text: string): void => display.line(clean(text));
  const submits = new Submits();
  const { situation } = submits;
  const meter = new Meter(monotonic);
  const startedAt = monotonic();
  const subjects = new Map<string, Subject>();
  // When each task was made, on this clock; only of those for which that is known.
  const made = new Map<string, number>();
  // The last state of each task or line, where the call is about several.
  const states = new Map<string, TaskState>();
  let batch: BatchProgress | null = null;
  let isBatch = false;
  let isOtherSaid = false;
  let expected: ExpectedDuration | null = null;
  let isExpectedSaid = false;
  let linesLeft = MOST_LINES;
  let lastShareAt = Number.NEGATIVE_INFINITY;

  const ageOf = (taskId: string | null): number | null => {
    const since = made.get(taskId ?? '');
    return since === undefined ? null : monotonic() - since;
  };

  /** Shows a call about several tasks: its sums on a terminal, elsewhere a sentence. */
  const showMany = (sentence: string, isNew: boolean): void => {
    const common = { subject: '', state: '', share: null };
    const view = (): View => ({
      ...common,
      ageMs: monotonic() - startedAt,
      expected,
      transfer: meter.transfer(),
      batch,
    });
    display.now(view, clean(sentence), isNew ? 'new' : 'same');
  };

  /** Notes a state of one of several tasks. Of those whose sums nobody tells, it makes the sums. */
  const note = (key: string, state: TaskState): boolean => {
    const isNew = states.get(key) !== state;
    if (state !== 'UNKNOWN') states.set(key, state);
    if (batch && !isBatch) {
      const ended = [...states.values()].filter(isTerminal);
      const done = ended.filter((one) => one === 'COMPLETED').length;
      const failed = ended.length - done;
      batch = { ...batch, done, failed, running: batch.total - done - failed };
    }
    return isNew && state !== 'UNKNOWN';
  };

  /** Says the change of a line of a batch, while there are not too many. */
  const sayLine = (subject: Subject, state: TaskState): void => {
    const isBad = state === 'FAILED' || state === 'CANCEL';
    if (linesLeft <= (isBad ? -MOST_LINES : 0)) return;
    linesLeft -= 1;
    line(`${nameOf(subject)}${state}`);
    if (linesLeft === 0) line('The batch is large: from here on only lines without a result are named.');
  };

  const subjectOf = (name: string | null, taskId: string | null): Subject => {
    const key = JSON.stringify([name, taskId]);
    const subject = subjects.get(key) ?? { name, taskId, state: '', failure: '', hasDownload: false };
    subjects.set(key, subject);
    return subject;
  };

  /** Returns the observer of one request or task; without an id before there is one. */
  const observerOf = (name: string | null, taskId: string | null): Observer => {
    const subject = subjectOf(name, taskId);
    const key = name ?? '';
    /** Shows the state of this task. */
    const show = (state: string, sentence: string, isNew: boolean, share: number | null = null): void => {
      if (batch) {
        showMany(isBatch ? sums(batch) : sentence, isNew && !isBatch);
        return;
      }
      const view = (): View => ({
        subject: clean(nameOf(subject)),
        state: clean(state),
        ageMs: ageOf(taskId),
        share,
        expected,
        transfer: meter.transfer(),
        batch: null,
      });
      display.now(view, clean(sentence), isNew ? 'new' : 'same');
    };
    return {
      submitting: () => submits.began(key),
      refused: () => submits.known(key, 'none'),
      several(count) {
        situation.phase = 'running';
        situation.isAboutMany = true;
        line(`resuming ${count === 1 ? '1 task' : `${count} tasks`}; nothing is charged`);
        batch = { total: count, done: 0, failed: 0, running: count, credits: null };
      },
      batch(progress) {
        situation.isAboutMany = true;
        if (situation.phase === 'before') situation.phase = 'running';
        isBatch = true;
        batch = progress;
        showMany(sums(progress), overIn(progress) === progress.total);
      },
      line({ name: lineName, taskId: id, state }) {
        if (note(JSON.stringify(lineName), state)) sayLine(subjectOf(lineName, id), state);
      },
      named: (other) => observerOf(other, taskId),
      madeUnderOther(earlier) {
        // Of a batch it mostly holds for every line: the answer and the report name them.
        if (!isBatch || !isOtherSaid) line(`${nameOf(subject)}${otherAccountText(earlier)}`);
        isOtherSaid = true;
      },
      attached(id, created) {
        if (!situation.isAboutMany) situation.taskId = id;
        if (!isBatch)
          line(`${nameOf(subjectOf(name, id))}was submitted on ${created}; resuming it, nothing is charged`);
        submits.known(key, 'task');
      },
      task(id, state) {
        const named = subjectOf(name, id);
        if (situation.phase === 'submitting' && !made.has(id)) made.set(id, monotonic());
        if (!situation.isAboutMany) {
          situation.taskId = id;
          situation.state = state;
        }
        named.state = state;
        const isNew = note(batch ? keyOf(named) : id, state);
        if (!isBatch) line(`${nameOf(named)}${state}`);
        else if (isNew) sayLine(named, state);
        submits.known(key, 'task');
      },
      about(id, created) {
        const age = created === undefined ? Number.NaN : Date.now() - Date.parse(created);
        if (age >= 0 && !made.has(id)) made.set(id, monotonic() - age);
        return observerOf(name, id);
      },
      expected(duration) {
        // A batch of several models has no one estimate.
        const isOther = expected && JSON.stringify(expected) !== JSON.stringify(duration);
        expected = isBatch && isOther ? null : duration;
      },
      polled(status, { nextMs }) {
        const { state } = status;
        if (state !== 'UNKNOWN' && !situation.isAboutMany) situation.state = state;
        const isNewState = note(keyOf(subject), state);
        if (isBatch && isNewState && isTerminal(state)) sayLine(subject, state);
        const word = status.unknownState ? `in the unknown state ${status.unknownState}` : state;
        const isNew = word !== subject.state;
        subject.state = word;
        const percent = status.progress === undefined ? '' : ` (${Math.round(status.progress)} %)`;
        const next = nextMs > 0 ? `, next query in ${(nextMs / 1000).toFixed(1)} s` : '';
        const ms = ageOf(taskId);
        const age = ms === null ? '' : ` after ${Math.round(ms / 1000)} s`;
        const isEstimated = expected && !isExpectedSaid && !batch && !isTerminal(state);
        const estimate = isEstimated ? `; ${usually(expected!)} (${sourceOf(expected!)})` : '';
        if (isEstimated) isExpectedSaid = true;
        const share = status.progress === undefined ? null : status.progress / 100;
        show(word + percent, `${nameOf(subject)}${word}${percent}${age}${next}${estimate}`, isNew, share);
      },
      queryFailed({ code, message }: Failure) {
        // The lines of a batch share their poller, and so its failures.
        const teller = isBatch ? subjectOf(null, null) : subject;
        const isNew = code !== teller.failure;
        teller.failure = code;
        const sentence = `${code}: ${message} Continuing.`;
        if (isBatch && isNew) line(sentence);
        else show(`${code}: ${message}`, `${nameOf(subject)}${sentence}`, isNew);
      },
      downloading(bytes, total) {
        meter.note(keyOf(subject), bytes, total);
        const isNew = !subject.hasDownload;
        if (!isNew && monotonic() - lastShareAt < SHARE_MS) return;
        subject.hasDownload = true;
        lastShareAt = monotonic();
        const of = total === null ? '' : ` of ${size(total)}`;
        show('downloading', `${nameOf(subject)}downloading${isNew ? '' : `, ${size(bytes)}${of}`}`, isNew);
      },
    };
  };

  return { observer: observerOf(null, null), situation, line, clear: () => display.clear() };
}

/** Returns what a line about a request or a task begins with, with a space behind it; empty for the call as a whole. */
function nameOf({ name, taskId }: Subject): string {
  return `${name === null ? '' : `${name} `}${taskId === null ? '' : `task ${taskId} `}`;
}

/** Returns what tells a line of a batch, or a task, from the others. */
function keyOf({ name, taskId }: Subject): string {
  return name === null ? (taskId ?? '') : JSON.stringify(name);
}
