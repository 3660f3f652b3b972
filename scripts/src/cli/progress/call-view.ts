import type { ExpectedDuration } from '../../core/observer.ts';
import { systemClock } from '../../model/clock.ts';
import type { TaskState } from '../../model/task.ts';
import { plain, redact } from '../../model/text.ts';
import type { Display, News } from './display.ts';
import { Meter } from './meter.ts';
import { Situation } from './situation.ts';
import { Sums } from './sums.ts';
import { sums as sumsText } from './words.ts';

/** A request or a task, and what was last said of it: a state between two equal failures repeats neither of them. */
export interface Subject {
  /** The name of a request among several; null for the call as a whole. */
  readonly name: string | null;
  readonly taskId: string | null;
  /** What a line about it begins with, with a space behind it; empty for the call as a whole. */
  readonly label: string;
  /** What tells a line of a batch, or a task, from the others. */
  readonly key: string;
  said: string;
  failure: string;
}

/** What is known of a call while it runs, and what was said of it as a whole. */
export class CallView {
  readonly situation = new Situation();
  readonly sums = new Sums();
  readonly meter = new Meter();
  expected: ExpectedDuration | null = null;
  isExpectedSaid = false;
  isOtherSaid = false;
  readonly #display: Display;
  readonly #secrets: readonly string[];
  readonly #startedAt = systemClock.monotonic();
  readonly #subjects = new Map<string, Subject>();
  /** When each task was made, on this clock; only of those for which that is known. */
  readonly #made = new Map<string | null, number>();

  constructor(display: Display, secrets: readonly string[]) {
    this.#display = display;
    this.#secrets = secrets;
  }

  line(text: string): void {
    this.#display.line(this.#clean(text));
  }

  /** Tells of a change of a line of the batch, as long as these are told. */
  lineAbout({ label }: Subject, state: TaskState): void {
    for (const text of this.sums.linesAbout(label, state)) this.line(text);
  }

  subject(name: string | null, taskId: string | null): Subject {
    const id = JSON.stringify([name, taskId]);
    const label = `${name === null ? '' : `${name} `}${taskId === null ? '' : `task ${taskId} `}`;
    const key = name === null ? (taskId ?? '') : JSON.stringify(name);
    const subject = this.#subjects.get(id) ?? { name, taskId, label, key, said: '', failure: '' };
    this.#subjects.set(id, subject);
    return subject;
  }

  /** Notes that a task is so old now. The first note stands. */
  setAge(taskId: string, ms: number): void {
    if (!this.#made.has(taskId)) this.#made.set(taskId, systemClock.monotonic() - ms);
  }

  /** Returns milliseconds; null where they are not known. */
  ageOf({ taskId }: Subject): number | null {
    const since = this.#made.get(taskId);
    return since === undefined ? null : systemClock.monotonic() - since;
  }

  /** Shows what happens to a request or a task; in a batch, the sums of its lines. */
  show(subject: Subject, state: string, sentence: string, news: News, share: number | null = null): void {
    if (this.sums.isBatch) this.showSums('same');
    else this.#draw(subject, state, `${subject.label}${sentence}`, news, share);
  }

  showSums(news: News): void {
    this.#draw(this.subject(null, null), '', sumsText(this.sums.now!), news, null);
  }

  #draw(subject: Subject, state: string, sentence: string, news: News, share: number | null): void {
    const view = () => ({
      subject: this.#clean(subject.label),
      state: this.#clean(state),
      ageMs: this.sums.now ? systemClock.monotonic() - this.#startedAt : this.ageOf(subject),
      share,
      expected: this.expected,
      transfer: this.meter.transfer(),
      batch: this.sums.now,
    });
    this.#display.now(view, this.#clean(sentence), news);
  }

  #clean(text: string): string {
    return redact(plain(text, 400), this.#secrets);
  }
}
