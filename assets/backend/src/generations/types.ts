/** The states of a generation, in the order in which they follow each other. */
export const STATUSES = [
  'queued',
  'submitting',
  'reconciling',
  'pending',
  'running',
  'saving',
  'succeeded',
  'failed',
  'cancelled',
  'rejected',
  'needs_attention',
] as const;

export type Status = (typeof STATUSES)[number];

/**
 * What holds a request in the queue. `credits`: the account at the service has too few. `key`: the service does not accept the API
 * key. `service`: it asked to wait, or is away. `limit`: the user has as many running as are allowed.
 */
export const WAIT_REASONS = ['credits', 'key', 'service', 'limit'] as const;

export type WaitReason = (typeof WAIT_REASONS)[number];

export interface StoredFile {
  /** From 1. */
  n: number;
  mediaType: string;
  bytes: number;
  sha256: string;
}

/** A request of a user, and what became of it. Times are ISO 8601, in UTC. */
export interface Generation {
  id: string;
  provider: string;
  model: string;
  /** The beginning of the payload's prompt; null where it has none, or it was deleted. */
  prompt: string | null;
  /** The sandbox stood in for the service. */
  sandbox: boolean;
  status: Status;
  taskId: string | null;
  createdAt: string;
  submittedAt: string | null;
  endedAt: string | null;
  /** Null where the service said nothing. `quoted` is an estimate by the contract. */
  credits: { quoted: number | null; charged: number | null; refunded: number | null };
  error: { code: string; message: string } | null;
  /** The stored copies. */
  files: StoredFile[];
  /** Why a person has to decide, and what they can do. */
  attention: string | null;
  /** What holds it in the queue, beside those before it. */
  waiting: WaitReason | null;
}

export interface CreateRequest {
  user: string;
  key: string;
  /** SHA-256, in hex, of the canonical JSON of the request. */
  bodyHash: string;
  provider: string;
  model: string;
  payload: object;
  maxCredits: number | null;
  /** The price by the contract; null where it is not known. */
  quoted: { least: number; most: number } | null;
}

export type CreateResult =
  | { outcome: 'created' | 'existing'; generation: Generation }
  /** The key was used for another request. */
  | { outcome: 'conflict' }
  | { outcome: 'overDailyCap'; reason: string };

export interface ListRequest {
  status?: Status;
  /** As an earlier answer gave it in `next`. */
  cursor?: string;
  limit: number;
}

/** What a callback claims, cut to what is kept of it. Empty where it says nothing. */
export interface CallbackClaim {
  taskId: string;
  state: string;
}

export type CallbackAddress = { provider: string; token: string } | { provider: string; taskId: string };

export interface GenerationEvent {
  /** Grows with each change of one generation. */
  id: string;
  generation: Generation;
}

export interface Change {
  user: string;
  /** `*`: changes may have been missed, so that everything has to be read again. */
  id: string;
}

export interface OpenCount {
  status: Status;
  count: number;
  oldestSeconds: number;
}

export interface LimiterFigures {
  provider: string;
  account: string;
  permits: number;
  pausedSeconds: number;
  /** For want of credits. */
  submitsPausedSeconds: number;
  isStopped: boolean;
}

export interface Figures {
  open: OpenCount[];
  /** How late the latest poll is. */
  pollLagSeconds: number;
  unsavedFiles: number;
  oldestUnsavedSeconds: number;
  outboxWaiting: number;
  oldestOutboxSeconds: number;
  limiters: LimiterFigures[];
}

/** What the HTTP side may do. Every call has the user in its condition. */
export interface Generations {
  create(request: CreateRequest): Promise<CreateResult>;
  /** Null: not theirs, or not there. */
  find(user: string, id: string): Promise<Generation | null>;
  /** Newest first. Null: the cursor is none that an earlier answer gave. */
  list(
    user: string,
    request: ListRequest,
  ): Promise<{ generations: Generation[]; next: string | null } | null>;
  cancel(
    user: string,
    id: string,
  ): Promise<{
    outcome: 'cancelled' | 'cancelling' | 'ended' | 'unsupported';
    generation: Generation;
  } | null>;
  /** Deletes files, payload and prompt; the row keeps what accounting needs. */
  remove(user: string, id: string): Promise<'deleted' | 'running' | null>;
  /** Null: not theirs, not there, or not stored yet. */
  file(user: string, id: string, n: number): Promise<(StoredFile & { storageKey: string }) | null>;
  /** Records what a callback claims, and makes a poll due. Never believes it. */
  recordCallback(address: CallbackAddress, claim: CallbackClaim): Promise<'recorded' | 'unplaced'>;
  /** The changes after an event, oldest first; all changes without one. */
  events(user: string, id: string, after: string | null): Promise<GenerationEvent[]>;
  /** Where the user's notices of ends go; null: nowhere. */
  webhook(user: string): Promise<string | null>;
  /** @returns the secret that signs the notices: it is shown this once */
  setWebhook(user: string, url: string): Promise<string>;
  /** @returns whether there was one */
  removeWebhook(user: string): Promise<boolean>;
  /** @returns a function that ends it */
  onChange(listener: (change: Change) => void): () => void;
  ready(): Promise<boolean>;
}
