import { systemClock } from '../../model/clock.ts';
import type { View } from './draw.ts';

export interface Screen {
  write(text: string): void;
  readonly columns: number;
}

/** How new a fact is: a word that was not said before, or the same word again. */
export type News = 'new' | 'same';

/** Shows the progress of a call. All text is clean: one line, no control characters, no secrets. */
export interface Display {
  line(text: string): void;
  /**
   * Shows what is happening now.
   * @param view the facts, as they are when they are drawn
   * @param sentence the same as a line, where lines are all there is
   */
  now(view: () => View, sentence: string, news: News): void;
  clear(): void;
}

// An agent pays for each line it reads.
const QUIET_MS = 60_000;

/** Writes a line for each change, and between changes at most one a minute. */
export function lines(screen: Screen): Display {
  let lastAt = Number.NEGATIVE_INFINITY;
  const line = (text: string) => {
    screen.write(`${text}\n`);
    lastAt = systemClock.monotonic();
  };
  return {
    line,
    now(_, sentence, news) {
      if (news === 'new' || systemClock.monotonic() - lastAt >= QUIET_MS) line(sentence);
    },
    clear() {},
  };
}
