import { systemClock } from '../../model/clock.ts';

// Long enough to be calm, short enough to follow a connection that slows down.
const WINDOW_MS = 5_000;
// A transfer that brought nothing for so long is not shown as one.
const STALE_MS = 3_000;

// A fast download brings thousands of chunks a second.
const SHOWN_MS = 200;

/** What is being downloaded now. */
export interface Transfer {
  /** Bytes of the file that are here; of several files, the sum. */
  bytes: number;
  /** Null where it is not known, or there are several files. */
  total: number | null;
  /** Bytes a second; null until it can be measured. */
  speed: number | null;
}

/** Measures downloads, several at a time. What was there before a resumed download began is not counted as speed. */
export class Meter {
  readonly #files = new Map<string, { bytes: number; total: number | null; at: number }>();
  /** Bytes that came, at times on the clock; the oldest first. */
  #samples: { at: number; came: number }[] = [];
  #came = 0;
  #shownAt = Number.NEGATIVE_INFINITY;

  /** Notes that so many bytes of a file are here. Returns null where downloads were shown only just now. */
  note(file: string, bytes: number, total: number | null): 'new' | 'same' | null {
    const at = systemClock.monotonic();
    const before = this.#files.get(file);
    // A download that starts over has fewer bytes than before.
    if (before && bytes > before.bytes) this.#came += bytes - before.bytes;
    this.#files.set(file, { bytes, total, at });
    const last = this.#samples.at(-1);
    if (last?.at === at) last.came = this.#came;
    else this.#samples.push({ at, came: this.#came });
    // One sample from before the window stays: the speed is measured from there.
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - WINDOW_MS) this.#samples.shift();
    if (before && at - this.#shownAt < SHOWN_MS) return null;
    this.#shownAt = at;
    return before ? 'same' : 'new';
  }

  /** Returns what is being downloaded; null where nothing came for a while. */
  transfer(): Transfer | null {
    const now = systemClock.monotonic();
    const active = [...this.#files.values()].filter(({ at }) => now - at <= STALE_MS);
    if (active.length === 0) return null;
    const [first] = this.#samples;
    const ms = first ? now - first.at : 0;
    const speed = first && ms >= 200 ? ((this.#came - first.came) / ms) * 1000 : null;
    const bytes = active.reduce((sum, file) => sum + file.bytes, 0);
    return { bytes, total: active.length === 1 ? active[0]!.total : null, speed };
  }
}
