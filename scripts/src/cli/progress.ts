import type { Observer } from '../core/observer.ts';
import { systemClock } from '../model/clock.ts';
import { isTerminal, type TaskState } from '../model/task.ts';
import { plain, redact } from '../model/text.ts';
import { type Display, Lines, type News, type Screen } from './progress/display.ts';
import { Estimate } from './progress/estimate.ts';
import { Meter } from './progress/meter.ts';
import { type Situation, Submits } from './progress/situation.ts';
import { type Subject, Subjects } from './progress/subjects.ts';
import { Sums } from './progress/sums.ts';
import { otherAccountText, overIn, size, sums as sumsText } from './progress/words.ts';

const { monotonic } = systemClock;

/** Shows what a call does, and knows it. */
export interface Progress {
  observer: Observer;
  situation: Situation;
  line(text: string): void;
  /** Takes a line that changes in place off the screen. */
  clear(): void;
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
  return new ShownProgress(displayOf(screen, monotonic), secrets);
}

class ShownProgress implements Progress {
  readonly observer: Observer;
  readonly #display: Display;
  readonly #secrets: readonly string[];
  readonly #submits = new Submits();
  readonly #sums = new Sums();
  readonly #meter = new Meter(monotonic);
  readonly #subjects = new Subjects(monotonic);
  readonly #estimate = new Estimate();
  readonly #startedAt = monotonic();
  #isOtherSaid = false;

  constructor(display: Display, secrets: readonly string[]) {
    this.#display = display;
    this.#secrets = secrets;
    this.observer = this.#observerOf(null, null);
  }

  get situation(): Situation {
    return this.#submits.situation;
  }

  readonly line = (text: string): void => this.#display.line(this.#clean(text));

  readonly clear = (): void => this.#display.clear();

  /** Returns the observer of one request or task; without an id before there is one. */
  #observerOf(name: string | null, taskId: string | null): Observer {
    const subject = this.#subjects.of(name, taskId);
    const request = name ?? '';
    // An object of its own functions: core replaces some of them.
    return {
      submitting: () => this.#submits.began(request),
      refused: () => this.#submits.known(request, 'none'),
      several: (count) => this.#several(count),
      batch: (progress) => {
        this.#submits.isAboutMany();
        this.#sums.replace(progress);
        this.#draw(subject, sumsText(progress), overIn(progress) === progress.total ? 'new' : 'same');
      },
      named: (other) => this.#observerOf(other, taskId),
      madeUnderOther: (earlier) => {
        // Of a batch it mostly holds for every line: the answer and the report name them.
        if (!this.#sums.isBatch || !this.#isOtherSaid)
          this.line(`${subject.label}${otherAccountText(earlier)}`);
        this.#isOtherSaid = true;
      },
      attached: (id, created) => {
        this.#submits.saw(id);
        const { label } = this.#subjects.of(name, id);
        if (!this.#sums.isBatch)
          this.line(`${label}was submitted on ${created}; resuming it, nothing is charged`);
        this.#submits.known(request, 'task');
      },
      task: (id, state) => {
        if (this.situation.phase === 'submitting') this.#subjects.noteAge(id, 0);
        this.#submits.saw(id, state);
        this.#task(this.#subjects.of(name, id), state);
        this.#submits.known(request, 'task');
      },
      about: (id, created) => {
        if (created !== undefined) this.#subjects.noteAge(id, Date.now() - Date.parse(created));
        return this.#observerOf(name, id);
      },
      expected: (duration) => this.#estimate.note(duration, this.#sums.isBatch),
      polled: (status, { nextMs }) => this.#polled(subject, status, nextMs),
      queryFailed: (failure) => this.#queryFailed(subject, failure),
      downloading: (bytes, total) => this.#downloading(subject, bytes, total),
    };
  }

  #several(count: number): void {
    this.#submits.isAboutMany();
    this.situation.phase = 'running';
    this.line(`resuming ${count === 1 ? '1 task' : `${count} tasks`}; nothing is charged`);
    this.#sums.begin(count);
  }

  #task(task: Subject, state: TaskState): void {
    task.said = state;
    const isNew = this.#sums.note(task.key, state);
    if (!this.#sums.isBatch) this.line(`${task.label}${state}`);
    else if (isNew) this.#sayState(task, state);
  }

  #polled(
    subject: Subject,
    { state, unknownState, progress }: Parameters<Observer['polled']>[0],
    nextMs: number,
  ): void {
    const sums = this.#sums;
    if (state !== 'UNKNOWN') this.#submits.saw(undefined, state);
    if (sums.note(subject.key, state) && sums.isBatch && isTerminal(state)) this.#sayState(subject, state);
    const word = unknownState ? `in the unknown state ${unknownState}` : state;
    const news = word === subject.said ? 'same' : 'new';
    subject.said = word;
    const percent = progress === undefined ? '' : ` (${Math.round(progress)} %)`;
    const next = nextMs > 0 ? `, next query in ${(nextMs / 1000).toFixed(1)} s` : '';
    const ms = this.#subjects.ageOf(subject);
    const age = ms === null ? '' : ` after ${Math.round(ms / 1000)} s`;
    const estimate = sums.now || isTerminal(state) ? '' : this.#estimate.sayOnce();
    const share = progress === undefined ? null : progress / 100;
    this.#show(subject, word + percent, `${word}${percent}${age}${next}${estimate}`, news, share);
  }

  #queryFailed(subject: Subject, { code, message }: Parameters<Observer['queryFailed']>[0]): void {
    const { isBatch } = this.#sums;
    // The lines of a batch share their poller, and so its failures.
    const teller = isBatch ? this.#subjects.of(null, null) : subject;
    const news = code === teller.failure ? 'same' : 'new';
    teller.failure = code;
    const sentence = `${code}: ${message} Continuing.`;
    if (isBatch && news === 'new') this.line(sentence);
    else this.#show(subject, `${code}: ${message}`, sentence, news);
  }

  #downloading(subject: Subject, bytes: number, total: number | null): void {
    const news = this.#meter.note(subject.key, bytes, total);
    const have = `, ${size(bytes)}${total === null ? '' : ` of ${size(total)}`}`;
    if (news) this.#show(subject, 'downloading', `downloading${news === 'new' ? '' : have}`, news);
  }

  #sayState({ label }: Subject, state: TaskState): void {
    this.#sums.linesAbout(label, state).forEach(this.line);
  }

  /** Shows the state of a task; in a batch, the sums. */
  #show(subject: Subject, state: string, sentence: string, news: News, share?: number | null): void {
    const { now, isBatch } = this.#sums;
    if (now && isBatch) this.#draw(subject, sumsText(now), 'same');
    else this.#draw(subject, `${subject.label}${sentence}`, news, state, share);
  }

  #draw(subject: Subject, text: string, news: News, state = '', share: number | null = null): void {
    const view = () => ({
      subject: this.#clean(subject.label),
      state: this.#clean(state),
      ageMs: this.#sums.now ? monotonic() - this.#startedAt : this.#subjects.ageOf(subject),
      share,
      expected: this.#estimate.expected,
      transfer: this.#meter.transfer(),
      batch: this.#sums.now,
    });
    this.#display.now(view, this.#clean(text), news);
  }

  #clean(text: string): string {
    return redact(plain(text, 400), this.#secrets);
  }
}
