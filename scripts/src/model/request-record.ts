import type { TaskState } from './task.ts';
import { isTerminal } from './task.ts';

/** The states of a request. */
export const PHASES = [
  /** A submit may be under way. */
  'submitting',
  /** The service certainly did not accept the last submit, and none is under way. */
  'rejected',
  /** A submit ended without an answer: the next command reconciles it. */
  'unknown',
  /** The service accepted it and made a task. */
  'submitted',
  /** Its outcome is unknown, and the user has decided to submit another request in its place. */
  'abandoned',
] as const;

export type Phase = (typeof PHASES)[number];

/** Credits as the service reported them; null without a report. */
export interface Credits {
  quoted: number | null;
  charged: number | null;
  refunded: number | null;
}

/** A saved file. */
export interface RecordedFile {
  /** Absolute. */
  path: string;
  bytes: number;
  sha256: string;
  contentType: string;
  /** Which of the task's files it is, from 1; absent in records of earlier versions. */
  number?: number;
}

/** A run for new tasks: of one request, or of each line of a batch. */
export interface NewRun {
  /** ISO 8601. */
  began: string;
  /** The hash of its lines; of one request alone, that of its payload. */
  lines: string;
}

/** The account of a key: whose requests and tasks those are. */
export interface AccountId {
  provider: string;
  /** The address of the service. */
  service: string;
  /** The fingerprint of the key. */
  account: string;
}

/** The record of one request. Of a prompt it holds the beginning; it never holds a media URL, a callback URL or an API key. */
export interface RequestRecord extends AccountId {
  /** The name of the request, which all its records share. */
  request: string;
  owner: string | null;
  model: string;
  payloadHash: string;
  /** The first characters of the prompt, by which the user tells the request from others; null without a prompt. */
  promptExcerpt: string | null;
  idempotencyKey: string;
  phase: Phase;
  taskId: string | null;
  /** The list showed the task without a key, and it looks like its own: it may be that of an equal request. */
  foundAlike?: boolean;
  status: TaskState;
  /** Dates by the local wall clock, in ISO form. */
  created: string;
  /** When the first submit with an unknown outcome began. */
  sentAt: string;
  /** When the last submit ended without an answer. For a submit that may be under way: when it was about to be sent. */
  unsettledSince: string;
  /** Milliseconds that a submit may take: a process that died may have ended so long after `unsettledSince`. Null: not known. */
  submitTimeout: number | null;
  /** The submit was retried after its answer was lost; that happens at most once. */
  resubmitted: boolean;
  /** When the service last reported the state of the task. */
  checked: string | null;
  /** Seconds from the submit to the end of the task, where a process waited for that end; else null. */
  duration: number | null;
  /** When the result was delivered to the caller, or the failure was reported. */
  delivered: string | null;
  /** When the user last asked for its result again. */
  used: string | null;
  /** Seconds that its command waits; null when the command does not say. */
  wait: number | null;
  /** The absolute path of the folder for its files. */
  download: string | null;
  /** The name that was asked for its file; null or absent: named by the task's id. */
  output?: string | null;
  /** Which of several equal requests it is, from 1; absent: the first. */
  ordinal?: number;
  /** The run for new tasks that made it; absent: it was made otherwise. */
  newRun?: NewRun;
  /** The number of files of its result; null until it is known. */
  fileCount: number | null;
  credits: Credits;
  files: RecordedFile[];
}

/** Fields of a record to change, or a function of the record as it is stored now. */
export type RecordFields = Partial<RequestRecord>;
export type RecordChange = RecordFields | ((now: RequestRecord) => RecordFields);

const FOLLOWING: Record<Phase, readonly Phase[]> = {
  submitting: ['rejected', 'unknown', 'submitted', 'abandoned'],
  rejected: ['submitting', 'submitted'],
  unknown: ['submitted', 'abandoned'],
  submitted: [],
  abandoned: ['submitted'],
};

/**
 * Returns the part of a change that a record may take. A task id, a final state, its delivery and its duration stay what
 * they are. A request whose submit may be charged is submitted again only as a resubmit, once, and never becomes a rejected one.
 */
export function allowedChange(now: RequestRecord, change: RecordFields): RecordFields {
  const allowed = { ...change };
  if (now.taskId !== null) delete allowed.taskId;
  if (isTerminal(now.status)) delete allowed.status;
  if (now.delivered !== null) delete allowed.delivered;
  if (now.duration !== null) delete allowed.duration;
  if (change.phase !== undefined && change.phase !== now.phase && !mayFollow(now, change)) {
    delete allowed.phase;
    delete allowed.resubmitted;
  }
  return allowed;
}

/** Tells whether a record is in the phase that a change asked for: another process may have moved the request on. */
export function hasTaken(now: RequestRecord, change: RecordChange): boolean {
  if (typeof change === 'function') return true;
  const { phase = now.phase, resubmitted = now.resubmitted } = change;
  return phase === now.phase && resubmitted === now.resubmitted;
}

function mayFollow(now: RequestRecord, { phase, resubmitted }: RecordFields): boolean {
  if (now.phase === 'unknown' && phase === 'submitting') return resubmitted === true && !now.resubmitted;
  // A rejected resubmit says nothing about the first submit.
  if (now.phase === 'submitting' && phase === 'rejected') return !now.resubmitted;
  return FOLLOWING[now.phase].includes(phase!);
}

/** Tells whether a request is unfinished, or its result was not delivered. */
export function isPending({ delivered, phase }: RequestRecord): boolean {
  return delivered === null && phase !== 'abandoned' && phase !== 'rejected';
}

/** Tells whether the task runs on, as far as is known, or is COMPLETED and not all its files were saved that were wanted. */
export function isUnsaved({ taskId, status, download, files, fileCount }: RequestRecord): boolean {
  if (taskId === null) return false;
  if (!isTerminal(status)) return true;
  const saved = new Set(files.map(({ number, path }) => number ?? path)).size;
  return status === 'COMPLETED' && download !== null && saved < (fileCount ?? 1);
}

/** Tells whether a lost submit has no task, and was given up for a new task of the same request. */
export function isReplaced({ phase, taskId }: RequestRecord): boolean {
  return phase === 'abandoned' && taskId === null;
}

/**
 * Returns the credits that a request cost or may still cost, without refunds; null when they are unknown. Of one that was
 * submitted twice both submits count: the list was clear of the first, but a list may be late, and a key ignored.
 */
export function spentOn({ phase, resubmitted, credits }: RequestRecord): number | null {
  if (phase === 'rejected') return 0;
  const { quoted, charged, refunded } = credits;
  const cost = charged ?? quoted;
  if (cost === null) return null;
  return Math.max(0, cost - (refunded ?? 0)) + (resubmitted ? (quoted ?? cost) : 0);
}

/** Returns when a record was last used, in milliseconds; undefined where it stays until its outcome is known. */
export function lastUse({ phase, created, checked, delivered, used }: RequestRecord): number | undefined {
  if (phase === 'submitting' || phase === 'unknown') return undefined;
  return Math.max(...[created, checked, delivered, used].map((date) => Date.parse(date ?? created)));
}

/** For how many days a record is kept after its last use. */
export const KEPT_DAYS = 30;
