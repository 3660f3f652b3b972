import { setMaxListeners } from 'node:events';
import { stemOfOutput } from '../../download/names.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import { isTerminal } from '../../model/task.ts';
import { folderFor } from '../deliver/place.ts';
import { type Begun, begin, conclude } from '../generate.ts';
import { madeBy, taskResult } from '../result.ts';
import type { Session } from '../session.ts';
import { Slots } from '../slots.ts';
import { knownTaskOf } from '../submit/submit-on-record.ts';
import { BatchGate } from './batch-gate.ts';
import { BatchSpending, type Price, sumOf } from './caps.ts';
import { nameOfFile, namesFor } from './file-names.ts';
import { keyOf } from './identity.ts';
import { type Known, knownLines, statusOf, unsavedTasks } from './known-lines.ts';
import { type LeftOver, leftOver, newRunOf } from './left-over.ts';
import { type BatchLine, isLarge, type LineEnd } from './line.ts';
import { pricesWithin } from './line-prices.ts';
import type { BatchOptions, BatchResult } from './options.ts';
import { creditsOfEnd, ProgressSums, stateAfter } from './totals.ts';
import { interruptedEnd, type Line, tracked } from './track.ts';

// So many submits at the same time: the service's limit for them is not published.
const SUBMITS = 4;
// Results that are fetched at the same time.
const RESULTS = 4;
// Without a wait of its own, a call that no submit gets through any more ends after this time.
const STALLED_MS = 30_000;
const GLANCE_MS = 3_000;
// In place of what may repeat an image of many megabytes.
const NO_PAYLOAD = { record: {}, input: null };

/** Makes a task for every line that has none, waits for all of them, and saves their files. What an earlier call began is resumed. */
export async function runBatch(session: Session, options: BatchOptions): Promise<BatchResult> {
  return new Batch(session, options).run();
}

class Batch {
  readonly #session: Session;
  readonly #options: BatchOptions;
  readonly #submits = new Slots(SUBMITS);
  readonly #spending: BatchSpending;
  readonly #gate: BatchGate;
  readonly #deadline: number;
  #acceptedAt: number;
  #folder: string | null = null;
  #lines: Line[] = [];
  #prices = new Map<number, Price>();
  /** Lets one of several equal lines be submitted at a time: two that are alike must not be under way together. */
  readonly #equals = new Map<string, Slots>();
  readonly #progress = new ProgressSums();

  constructor(session: Session, options: BatchOptions) {
    const { clock, signal } = session.api;
    this.#session = { ...session, results: new Slots(RESULTS) };
    const { terms, note, wait } = options;
    // One line alone leaves nothing of itself as it was.
    const isRun = terms.isNew && options.lines.length > 1;
    this.#options = {
      ...options,
      note: { ...note, ...(isRun && { newRun: newRunOf(options.lines, clock.wall()) }) },
      wait: { ...wait, isVersioned: true },
    };
    this.#acceptedAt = clock.monotonic();
    this.#deadline = this.#acceptedAt + wait.waitMs;
    this.#spending = new BatchSpending(terms.caps.maxTotalCredits);
    const stop = options.stop.requested;
    // Without a wait every line is submitted, unless the service lets none through.
    const isPatient = options.isDetached || wait.waitMs === 0;
    const until = () => (isPatient ? this.#acceptedAt + STALLED_MS : this.#deadline);
    this.#gate = new BatchGate({ clock, signal, stop, until, spending: this.#spending });
    // Each request of each line listens to the signal that ends the call.
    if (signal) setMaxListeners(0, signal);
  }

  async run(): Promise<BatchResult> {
    const { lines, terms, wait, pattern } = this.#options;
    const journal = await this.#session.records();
    const known = await knownLines(journal, lines);
    const folder = await orFailure(folderFor(wait.folder));
    if (folder instanceof Failure) throw terms.isNew ? folder : folder.with({ status: statusOf(known) });
    this.#folder = folder;
    const pending = (await journal?.pending()) ?? [];
    const names = namesFor(lines, known, folder, pending, terms.isNew, pattern);
    this.#lines = lines.map((line, n) => this.#lineOf(line, known[n]!, names[n]!));
    const open = this.#lines.filter((line) => this.#mayCharge(line)).map(({ line }) => line);
    const { prices, held } = await pricesWithin(this.#session, open, terms);
    this.#prices = prices;
    this.#gate.held = held;
    this.#options.onPriced?.(open.length, this.#quoted);
    // The prices took time that belongs to them.
    this.#acceptedAt = this.#session.api.clock.monotonic();
    for (const line of this.#lines) {
      line.quoted = prices.get(line.number)?.credits ?? line.quoted;
      this.#progress.count(line.number, line);
    }
    this.#session.observer.batch(this.#progress.progress);
    await Promise.all(this.#lines.map((line) => this.#follow(line)));
    return {
      kind: 'batch',
      lines: this.#lines,
      quoted: this.#quoted,
      held: this.#gate.held,
      isInterrupted: this.#options.stop.requested.aborted || this.#session.api.signal?.aborted === true,
      isReused: open.length === 0,
      isNew: terms.isNew,
      leftOver: this.#leftOver(known),
      unsaved: unsavedTasks(this.#lines),
    };
  }

  /** Returns the lines with an earlier task that this run, or the last one for new tasks, was to make once more and did not. */
  #leftOver(known: readonly Known[]): LeftOver | undefined {
    const { terms, note } = this.#options;
    if (!terms.isNew) return leftOver(this.#options.lines, known);
    const left = this.#lines.filter((line) => line.taskId === null && line.known.entry?.record.taskId);
    if (!note.newRun || left.length === 0) return undefined;
    return { began: note.newRun.began, lines: new Set(left.map(({ number }) => number)) };
  }

  #lineOf(line: BatchLine, known: Known, name: string): Line {
    const before = this.#options.terms.isNew ? undefined : known.entry?.record;
    const record = before?.taskId ? before : undefined;
    const priced = known.entry?.record.credits;
    // Where nothing is saved, a name says nothing of who made it.
    const isOthers = record && this.#folder !== null && stemOfOutput(record.output ?? '') !== name;
    return {
      line,
      known,
      number: line.number,
      name,
      isNameTaken: false,
      model: line.contract.model,
      taskId: record?.taskId ?? null,
      state: record?.status ?? null,
      credits: record?.credits,
      isReused: record !== undefined,
      madeBefore: isOthers ? record.created : undefined,
      quoted: priced?.quoted ?? priced?.charged ?? null,
      isSubmitting: false,
      isOver: false,
      end: null,
    };
  }

  #mayCharge({ taskId }: Line): boolean {
    return this.#options.terms.isNew || taskId === null;
  }

  async #follow(line: Line): Promise<void> {
    try {
      line.end = this.#mayCharge(line) ? await this.#submitted(line) : await this.#resumed(line);
    } catch (error) {
      if (error instanceof Failure) line.end = error;
      else if (this.#session.api.signal?.aborted) line.end = interruptedEnd(line);
      else throw error;
    }
    this.#close(line);
  }

  /** Keeps what the answer needs of a line's end: a whole record may repeat an image. */
  #close(line: Line): void {
    const { end } = line;
    if (end instanceof Failure) {
      const { record, ...details } = end.details;
      line.end = new Failure(end.code, end.message, details);
      line.taskId ??= details.taskId ?? null;
    } else if (end) {
      line.end = { ...end, seen: { ...end.seen, ...NO_PAYLOAD } };
      line.name = nameOfFile(end.files?.[0]?.path, line.name);
      line.taskId = end.taskId;
    }
    line.isNameTaken = line.name !== line.line.name && /-v\d+$/.test(line.name);
    line.credits = creditsOfEnd(end) ?? line.credits;
    line.state = stateAfter(line.end, line.state);
    line.isOver = true;
    this.#tell(line);
  }

  /** Submits a line, as often as the service rejects it for the moment and there is time, and waits for its end. */
  async #submitted(line: Line): Promise<LineEnd> {
    const content = keyOf({ model: line.model, payloadHash: line.line.payloadHash });
    const equals = this.#equals.get(content) ?? new Slots(1);
    this.#equals.set(content, equals);
    const leaveEquals = await equals.enter();
    let begun: Begun | null = null;
    try {
      for (let attempt = 1; begun === null; attempt += 1) {
        const leave = await this.#submits.enter(isLarge(line.line) ? SUBMITS : 1);
        try {
          if (this.#gate.held && !line.known.isUnknown) return this.#gate.held;
          if (this.#gate.isOver) return line.end;
          begun = await this.#begin(line, leave);
        } catch (error) {
          const isRejected = error instanceof Failure && error.code !== 'SUBMIT_OUTCOME_UNKNOWN';
          if (!isRejected || line.taskId !== null) throw error;
          this.#spending.release(line.number);
          if (!this.#gate.rejected(error, attempt)) throw error;
          line.end = error;
        } finally {
          leave();
        }
      }
    } finally {
      leaveEquals();
    }
    this.#acceptedAt = this.#session.api.clock.monotonic();
    return conclude(this.#sessionOf(line), begun);
  }

  async #begin(line: Line, leave: () => void): Promise<Begun> {
    const { terms, note, wait, webhookUrl, isDetached, stop } = this.#options;
    const { maxCredits, maxTotalCredits } = terms.caps;
    const { contract, ordinal } = line.line;
    const resume = stop.defer();
    try {
      const price = this.#prices.get(line.number);
      const begun = await begin(this.#sessionOf(line, { leave, resume }), {
        contract,
        generation: {
          model: line.model,
          payload: await line.line.read(),
          idempotencyKey: crypto.randomUUID(),
          // What the sum was made of is also the limit of each line.
          maxCredits: maxTotalCredits === undefined ? maxCredits : (price?.credits ?? maxCredits),
          webhookUrl,
        },
        terms,
        note: { ...note, ordinal },
        wait: { ...wait, output: line.name, waitMs: this.#left },
        isDetached: isDetached || wait.waitMs === 0,
        quote: price?.quote,
      });
      const { known } = begun;
      const { task, credits, origin } = known;
      line.isReused = origin?.resumed !== undefined;
      line.credits = credits;
      this.#tell(line);
      this.#spending.charged(line.number, credits?.charged);
      // The service may repeat the payload in its answer.
      return task ? { ...begun, known: { ...known, task: { ...task, ...NO_PAYLOAD } } } : begun;
    } finally {
      resume();
    }
  }

  async #resumed(line: Line): Promise<LineEnd> {
    const { wait, isDetached } = this.#options;
    const entry = line.known.entry!;
    const place = { folder: this.#folder, output: line.name };
    const known = await knownTaskOf(entry, place);
    const { status, taskId, credits } = entry.record;
    if (isDetached && !isTerminal(status)) {
      return taskResult(
        taskId!,
        { state: status, record: {} },
        { origin: { resumed: madeBy(entry.record) }, credits },
      );
    }
    // Without a wait, each line would be a query of its own. So soon the list has shown all of them.
    const waitMs = Math.max(this.#left, isTerminal(status) ? 0 : GLANCE_MS);
    return conclude(this.#sessionOf(line), {
      known,
      warnings: [],
      maxCredits: undefined,
      wait: { ...wait, ...place, waitMs },
      start: this.#session.api.clock.monotonic(),
    });
  }

  #sessionOf(line: Line, submit?: { leave(): void; resume(): void }): Session {
    const price = this.#prices.get(line.number)?.credits ?? null;
    const observer = tracked(this.#session.observer.named(line.name), line, {
      answered: () => submit?.resume(),
      changed: () => this.#tell(line),
    });
    const submits = this.#gate.of(line.number, price, () => {
      submit?.leave();
      submit?.resume();
    });
    return { ...this.#session, observer, submits };
  }

  /** Credits that the lines cost together that were not charged before; null where no price was asked for. */
  get #quoted(): number | null {
    return this.#prices.size > 0 ? sumOf(this.#prices.values()) : null;
  }

  get #left(): number {
    return Math.max(0, this.#deadline - this.#session.api.clock.monotonic());
  }

  #tell(line: Line): void {
    this.#progress.count(line.number, line);
    this.#session.observer.batch(this.#progress.progress);
  }
}
