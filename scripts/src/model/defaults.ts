// What a call has unless it is told otherwise: the same for the command line, its help, and programs that import the client.

interface WholeNumber {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** Milliseconds for one request. */
export const TIMEOUT_MS: WholeNumber = { fallback: 30_000, min: 1, max: 600_000 };

/** Retries of a read, a cancel or a download, and of a submit that was certainly rejected. The library retries no submit. */
export const RETRIES: WholeNumber = { fallback: 3, min: 0, max: 10 };

/** Milliseconds before the first poll. */
export const FIRST_POLL_MS = 2_000;
