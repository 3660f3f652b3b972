import stringWidth from 'string-width';
import { systemClock } from '../../model/clock.ts';
import type { Display, Screen } from './display.ts';
import { drawn, type View } from './draw.ts';

// The clock on the line moves, whether or not anything else does.
const TICK_MS = 500;
// Often enough for the eye; a fast download brings thousands of chunks a second.
const FRAME_MS = 200;

/** Keeps one line at the bottom of a terminal that changes in place, below the lines that stay. */
export function terminal(screen: Screen): Display {
  let view: (() => View) | null = null;
  /** The columns that the line on the screen takes; 0: there is none. */
  let shown = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  /** Returns what takes the line off the screen. A terminal that became narrower has wrapped it into several rows. */
  const erasure = () => {
    const rows = Math.ceil(shown / Math.max(1, screen.columns));
    return rows > 1 ? `\u001b[${rows - 1}A\r\u001b[J` : '\r\u001b[K';
  };
  const draw = () => {
    if (!view) return;
    drawnAt = systemClock.monotonic();
    const text = drawn(view(), screen.columns);
    screen.write(`${erasure()}${text}`);
    shown = stringWidth(text);
  };
  return {
    line(text) {
      screen.write(`${erasure()}${text}\n`);
      shown = 0;
      draw();
    },
    now(next) {
      view = next;
      timer ??= setInterval(draw, TICK_MS).unref();
      if (systemClock.monotonic() - drawnAt >= FRAME_MS) draw();
    },
    clear() {
      clearInterval(timer);
      timer = undefined;
      view = null;
      if (shown > 0) screen.write(erasure());
      shown = 0;
    },
  };
}
