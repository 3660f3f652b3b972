import type { Observer } from '../core/observer.ts';
import { systemClock } from '../model/clock.ts';
import type { Failure } from '../model/failure.ts';
import { isTerminal, type TaskState } from '../model/task.ts';
import { counted } from '../model/text.ts';
import type { TaskStatus } from '../providers/provider.ts';
import { otherAccountText } from './other-account.ts';
import { CallView, type Subject } from './progress/call-view.ts';
import { type Display, lines, type Screen } from './progress/display.ts';
import { amount, sourceOf, usually } from './progress/words.ts';

/** Shows what a call does, and knows it. */
export type Progress = ReturnType<typeof watch>;

/** @param shown draws on a terminal; absent: a line for each change, and between them at most one a minute */
export function watch(
  screen: Screen,
  secrets: readonly string[],
  shown: (screen: Screen) => Display = lines,
) {
  const display = shown(screen);
  const view = new CallView(display, secrets);
  return {
    observer: observerOf(view, view.subject(null, null)),
    situation: view.situation,
    line: (text: string): void => view.line(text),
    /** Takes a line that changes in place off the screen. */
    clear: (): void => display.clear(),
  };
}

function observerOf(view: CallView, subject: Subject): Observer {
  const { situation } = view;
  const { name, taskId, label } = subject;
  const request = name ?? '';
  return {
    submitting: () => situation.began(request),
    rejected: () => situation.known(request, 'none'),
    several(count) {
      situation.several();
      view.line(`resuming ${counted(count, 'task')}; nothing is charged`);
      view.sums.begin(count);
    },
    batch(progress) {
      situation.several();
      view.sums.replace(progress);
      view.showSums(progress.isOver ? 'new' : 'same');
    },
    named: (other) => observerOf(view, view.subject(other, taskId)),
    about(id, created) {
      const ageMs = created === undefined ? Number.NaN : systemClock.wall() - Date.parse(created);
      if (ageMs >= 0) view.setAge(id, ageMs);
      return observerOf(view, view.subject(name, id));
    },
    madeUnderOther(earlier) {
      // Of a batch it mostly holds for every line: the answer and the report name them.
      if (!view.sums.isBatch || !view.isOtherSaid) view.line(`${label}${otherAccountText(earlier)}`);
      view.isOtherSaid = true;
    },
    resumed(id, created) {
      situation.saw(id);
      const said = `${view.subject(name, id).label}was submitted on ${created}; resuming it, nothing is charged`;
      if (!view.sums.isBatch) view.line(said);
      situation.known(request, 'task');
    },
    task(id, state) {
      if (situation.phase === 'submitting') view.setAge(id, 0);
      situation.saw(id, state);
      const task = view.subject(name, id);
      task.said = state;
      const isNew = view.sums.note(task.key, state);
      if (!view.sums.isBatch) view.line(`${task.label}${state}`);
      else if (isNew) view.lineAbout(task, state);
      situation.known(request, 'task');
    },
    expected(duration) {
      // A batch of several models has no one estimate.
      const isOther = view.expected && JSON.stringify(view.expected) !== JSON.stringify(duration);
      view.expected = view.sums.isBatch && isOther ? null : duration;
    },
    polled: (status, nextMs) => polled(view, subject, status, nextMs),
    queryFailed: (failure) => queryFailed(view, subject, failure),
    downloading(bytes, total) {
      const news = view.meter.note(subject.key, bytes, total);
      const have = news === 'new' ? '' : `, ${amount({ bytes, total, speed: null })}`;
      if (news) view.show(subject, 'downloading', `downloading${have}`, news);
    },
  };
}

function polled(view: CallView, subject: Subject, status: TaskStatus, nextMs: number): void {
  const { state, unknownState, progress } = status;
  if (state !== 'UNKNOWN') view.situation.saw(undefined, state);
  if (view.sums.note(subject.key, state) && view.sums.isBatch && isTerminal(state))
    view.lineAbout(subject, state);
  const word = unknownState ? `in the unknown state ${unknownState}` : state;
  const news = word === subject.said ? 'same' : 'new';
  subject.said = word;
  const percent = progress === undefined ? '' : ` (${Math.round(progress)} %)`;
  const ms = view.ageOf(subject);
  const age = ms === null ? '' : ` after ${Math.round(ms / 1000)} s`;
  const next = nextMs > 0 ? `, next query in ${(nextMs / 1000).toFixed(1)} s` : '';
  const sentence = `${word}${percent}${age}${next}${estimateOnce(view, state)}`;
  view.show(subject, word + percent, sentence, news, progress === undefined ? null : progress / 100);
}

/** Returns how long such tasks take, behind the first poll of a call about one task that has not ended. */
function estimateOnce(view: CallView, state: TaskState): string {
  const { expected, isExpectedSaid, sums } = view;
  if (!expected || isExpectedSaid || sums.now || isTerminal(state)) return '';
  view.isExpectedSaid = true;
  return `; ${usually(expected)} (${sourceOf(expected)})`;
}

function queryFailed(view: CallView, subject: Subject, { code, message }: Failure): void {
  // The lines of a batch share their poller, and so its failures.
  const teller = view.sums.isBatch ? view.subject(null, null) : subject;
  const news = code === teller.failure ? 'same' : 'new';
  teller.failure = code;
  const sentence = `${code}: ${message} Continuing.`;
  if (view.sums.isBatch && news === 'new') view.line(sentence);
  else view.show(subject, `${code}: ${message}`, sentence, news);
}
