/**
 * How long a video takes of whose model no run is on record: no recorded run of any video model took less than 2 min, and
 * most took 2 to 7 min (AIVideoMaker, 2026-09-10 and 2026-09-17).
 */
export const ANY_VIDEO = { earliestMs: 120_000, latestMs: 420_000 };
