// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/http/rate-limit.ts
var MARGIN_MS = 1e3;
var LONGEST_PAUSE_MS = 5 * 6e4;
function permitRulesFor({ queries, windowMs }) {
  const count = Math.max(1, queries - Math.ceil(queries / 30));
  const reserve = Math.floor(count / 14);
  const window = windowMs + MARGIN_MS;
  return { count, windowMs: window, reserve, spacingMs: Math.ceil(window / (count - reserve)) };
}
var LOOKUP_SHARE = 1 / 3;
function nextPermit(permits, now, kind, { count, windowMs, reserve, spacingMs }) {
  const isFree = ({ usedAt }) => usedAt <= now - windowMs;
  const low = kind === "lookup" ? permits.filter(({ number }) => number < count * LOOKUP_SHARE) : [];
  const usable = low.length > 0 ? low : permits;
  const newest = Math.max(...permits.map((one) => one.isLookup ? Number.NEGATIVE_INFINITY : one.usedAt));
  const spacing = kind === "poll" && newest > now - windowMs ? newest + spacingMs - now : 0;
  const inUse = usable.filter((one) => !isFree(one)).sort((a, b) => b.usedAt - a.usedAt);
  const most = Math.max(1, kind === "poll" ? usable.length - reserve : usable.length);
  const blocking = inUse[most - 1];
  const wait = Math.max(0, spacing, blocking === void 0 ? 0 : blocking.usedAt + windowMs - now);
  const candidates = inUse.length < usable.length ? usable.filter(isFree) : usable;
  const isBefore = (a, b) => kind === "lookup" ? a.number < b.number : a.number > b.number;
  return { permit: candidates.reduce((a, b) => isBefore(b, a) ? b : a), wait };
}
var MemoryRateLimiter = class {
  #rules;
  #clock;
  #permits;
  #pausedUntil = 0;
  constructor(limit, clock) {
    this.#rules = permitRulesFor(limit);
    this.#clock = clock;
    this.#permits = Array.from({ length: this.#rules.count }, (_, number) => {
      return { number, usedAt: Number.NEGATIVE_INFINITY, isLookup: false };
    });
  }
  async acquire(kind) {
    const { permit, wait } = this.#next(kind);
    if (wait > 0) return wait;
    permit.usedAt = this.#clock.monotonic();
    permit.isLookup = kind === "lookup";
    return 0;
  }
  async nextIn(kind) {
    return this.#next(kind).wait;
  }
  async pauseFor(ms) {
    const until = this.#clock.monotonic() + Math.min(ms, LONGEST_PAUSE_MS);
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }
  #next(kind) {
    const now = this.#clock.monotonic();
    const { permit, wait } = nextPermit(this.#permits, now, kind, this.#rules);
    return { permit, wait: Math.max(wait, this.#pausedUntil - now) };
  }
};

// scripts/src/ports/status-cache.ts
var NO_LIST = { startedAt: 0, tookMs: 0, badUntil: 0, failures: 0, unchecked: 0 };
export {
  LONGEST_PAUSE_MS,
  MemoryRateLimiter,
  NO_LIST,
  nextPermit,
  permitRulesFor
};
