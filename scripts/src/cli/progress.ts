import type { ExpectedDuration, Observer } from '../core/observer.ts';
import { systemClock } from '../model/clock.ts';
import { isTerminal, type TaskState } from '../model/task.ts';
import { plain, redact } from '../model/text.ts';
import { type Display, Lines, type News, type Screen } from './progress/display.ts';
import { Meter } from './progress/meter.ts';
import { type Situation, Submits } from './progress/situation.ts';
import { Sums } from './progress/sums.ts';
import { otherAccountText, size, sourceOf, sums as sumsText, usually } from './progress/words.ts';

const { monotonic } = systemClock;

/** Shows what a call does, and knows it. */
export interface Progress {
  observer: Observer;
  situation: Situation;
  line(text: string): void;
  /** Takes a line that changes in place off the screen. */
  clear(): void;
}

/** A request or a task, and what was last said of it: a state between two equal failures repeats neither of them. */
interface Subject {
  /** What a line about it begins with, with a space behind it; empty for the call as a whole. */
  label: string;
  /** What tells a line of a batch, or a task, from the others. */
  key: string;
  said: string;
  failure: string;
}

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
  const sums = new Sums();
  const meter = new Meter(monotonic);
  const startedAt = monotonic();
  const subjects = new Map<string, Subject>();
  // When each task was made, on this clock; only of those for which that is known.
  const made = new Map<string, number>();
  let expected: ExpectedDuration | null = null;
  let isExpectedSaid = false;
  let isOtherSaid = false;

  const subjectOf = (name: string | null, taskId: string | null): Subject => {
    const id = JSON.stringify([name, taskId]);
    const label = [name, taskId && `task ${taskId}`]
      .map((part) => (part === null ? '' : `${part} `))
      .join('');
    const key = name === null ? (taskId ?? '') : JSON.stringify(name);
    const subject = subjects.get(id) ?? { label, key, said: '', failure: '' };
    subjects.set(id, subject);
    return subject;
  };
  const ageOf = (taskId: string | null): number | null => {
    const since = made.get(taskId ?? '');
    return since === undefined ? null : monotonic() - since;
  };
  const sayLine = ({ label }: Subject, state: TaskState): void => sums.linesAbout(label, state).forEach(line);

  /** Returns the observer of one request or task; without an id before there is one. */
  const observerOf = (name: string | null, taskId: string | null): Observer => {
    const subject = subjectOf(name, taskId);
    const request = name ?? '';
    const draw = (text: string, news: News, state = '', share: number | null = null): void => {
      const view = () => ({
        subject: clean(subject.label),
        state: clean(state),
        ageMs: sums.now ? monotonic() - startedAt : ageOf(taskId),
        share,
        expected,
        transfer: meter.transfer(),
        batch: sums.now,
      });
      display.now(view, clean(text), news);
    };
    /** Shows the state of this task; in a batch, the sums. */
    const show = (state: string, sentence: string, news: News, share?: number | null): void =>
      sums.now && sums.isBatch
        ? draw(sumsText(sums.now), 'same')
        : draw(`${subject.label}${sentence}`, news, state, share);
    return {
      submitting: () => submits.began(request),
      refused: () => submits.known(request, 'none'),
      several(count) {
        submits.isAboutMany();
        situation.phase = 'running';
        line(`resuming ${count === 1 ? '1 task' : `${count} tasks`}; nothing is charged`);
        sums.begin(count);
      },
      batch(progress) {
        submits.isAboutMany();
        sums.replace(progress);
        draw(sumsText(progress), progress.isOver ? 'new' : 'same');
      },
      named: (other) => observerOf(other, taskId),
      madeUnderOther(earlier) {
        // Of a batch it mostly holds for every line: the answer and the report name them.
        if (!sums.isBatch || !isOtherSaid) line(`${subject.label}${otherAccountText(earlier)}`);
        isOtherSaid = true;
      },
      attached(id, created) {
        submits.saw(id);
        const { label } = subjectOf(name, id);
        if (!sums.isBatch) line(`${label}was submitted on ${created}; resuming it, nothing is charged`);
        submits.known(request, 'task');
      },
      task(id, state) {
        if (situation.phase === 'submitting' && !made.has(id)) made.set(id, monotonic());
        submits.saw(id, state);
        const task = subjectOf(name, id);
        task.said = state;
        const isNew = sums.note(task.key, state);
        if (!sums.isBatch) line(`${task.label}${state}`);
        else if (isNew) sayLine(task, state);
        submits.known(request, 'task');
      },
      about(id, created) {
        const age = created === undefined ? Number.NaN : Date.now() - Date.parse(created);
        if (age >= 0 && !made.has(id)) made.set(id, monotonic() - age);
        return observerOf(name, id);
      },
      expected(duration) {
        // A batch of several models has no one estimate.
        const isOther = expected && JSON.stringify(expected) !== JSON.stringify(duration);
        expected = sums.isBatch && isOther ? null : duration;
      },
      polled({ state, unknownState, progress }, { nextMs }) {
        if (state !== 'UNKNOWN') submits.saw(undefined, state);
        if (sums.note(subject.key, state) && sums.isBatch && isTerminal(state)) sayLine(subject, state);
        const word = unknownState ? `in the unknown state ${unknownState}` : state;
        const news = word === subject.said ? 'same' : 'new';
        subject.said = word;
        const percent = progress === undefined ? '' : ` (${Math.round(progress)} %)`;
        const next = nextMs > 0 ? `, next query in ${(nextMs / 1000).toFixed(1)} s` : '';
        const ms = ageOf(taskId);
        const age = ms === null ? '' : ` after ${Math.round(ms / 1000)} s`;
        const isEstimated = expected && !isExpectedSaid && !sums.now && !isTerminal(state);
        const estimate = isEstimated ? `; ${usually(expected!)} (${sourceOf(expected!)})` : '';
        if (isEstimated) isExpectedSaid = true;
        const share = progress === undefined ? null : progress / 100;
        show(word + percent, `${word}${percent}${age}${next}${estimate}`, news, share);
      },
      queryFailed({ code, message }) {
        // The lines of a batch share their poller, and so its failures.
        const teller = sums.isBatch ? subjectOf(null, null) : subject;
        const news = code === teller.failure ? 'same' : 'new';
        teller.failure = code;
        const sentence = `${code}: ${message} Continuing.`;
        if (sums.isBatch && news === 'new') line(sentence);
        else show(`${code}: ${message}`, sentence, news);
      },
      downloading(bytes, total) {
        const news = meter.note(subject.key, bytes, total);
        const have = `, ${size(bytes)}${total === null ? '' : ` of ${size(total)}`}`;
        if (news) show('downloading', `downloading${news === 'new' ? '' : have}`, news);
      },
    };
  };
  return { observer: observerOf(null, null), situation, line, clear: () => display.clear() };
}
