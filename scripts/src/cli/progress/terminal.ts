import stringWidth from 'string-width';
import type { Display, Screen } from './display.ts';
import { drawn, type View } from './draw.ts';

// The clock on the line moves, whether or not anything else does.
const TICK_MS = 500;
// Often enough for the eye; a fast download brings thousands of chunks a second.
const FRAME_MS = 200;

/** Keeps one line at the bottom of a terminal that changes in place, below the lines that stay. */
export class Terminal implements Display {
  readonly #screen: Screen;
  readonly #clock: () => number;
  #view: (() => View) | null = null;
  /** The columns that the line on the screen takes; 0: there is none. */
  #shown = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(screen: Screen, clock: () => number) {
    this.#screen = screen;
    this.#clock = clock;
  }

  line(text: string): void {
    this.#screen.write(`${this.#erasure()}${text}\n`);
    this.#shown = 0;
    this.#draw();
  }

  now(view: () => View): void {
    this.#view = view;
    this.#timer ??= setInterval(() => this.#draw(), TICK_MS).unref();
    if (this.#clock() - this.#drawnAt >= FRAME_MS) this.#draw();
  }

  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#view = null;
    if (this.#shown > 0) this.#screen.write(this.#erasure());
    this.#shown = 0;
  }

  #draw(): void {
    if (!this.#view) return;
    this.#drawnAt = this.#clock();
    const text = drawn(this.#view(), this.#screen.columns);
    this.#screen.write(`${this.#erasure()}${text}`);
    this.#shown = stringWidth(text);
  }

  /** Returns what takes the line off the screen. A terminal that became narrower has wrapped it into several rows. */
  #erasure(): string {
    const rows = Math.ceil(this.#shown / Math.max(1, this.#screen.columns));
    return rows > 1 ? `\u001b[${rows - 1}A\r\u001b[J` : '\r\u001b[K';
  }
}
