// What the rules ask of a store of requests, whatever its tables or files are.

/** What is stored of a request. */
export interface StoredRequest {
  /** `free`: it may be submitted, as no submit was accepted. `unknown`: one may have been accepted. */
  phase: 'free' | 'submitting' | 'unknown' | 'accepted';
  taskId: string | null;
  task: 'running' | 'completed' | 'failed' | null;
}

/** The right of one process to submit a request. */
export interface Submit {
  /** @returns whether the request has this task now */
  accepted(taskId: string, charged?: number): Promise<boolean>;
  /** The service certainly made no task; the request may be submitted anew. */
  notAccepted(): Promise<void>;
  /** The submit ended without an answer. */
  lost(): Promise<void>;
  /** The process ends here, or is suspended for so long that the others believe so. */
  die(): Promise<void>;
}

/** The right of one process to find out what became of a lost submit. */
export interface LostSubmit {
  /** What the service knows the submit by. */
  key: string;
  /** @param isAlike the task only resembles the request @returns whether the request has this task now */
  found(taskId: string, isAlike?: boolean): Promise<boolean>;
  /** The submit is about to be sent once more. @returns whether it may be */
  resubmit(): Promise<boolean>;
  /** The service certainly made no task of that one. */
  notAccepted(): Promise<void>;
  /** That one ended without an answer, too. */
  lost(): Promise<void>;
  /** Nothing was found: another process continues. */
  release(): Promise<void>;
  die(): Promise<void>;
}

/** Credits that a request reserves, and the most that all may reserve. */
export interface Cap {
  credits: number;
  cap: number;
}

/** A store of requests. Each call is that of another process. */
export interface RequestStore {
  /**
   * Puts a request on record, unless it is there, and takes the right to submit it.
   * @param request what follows a `#` tells equal requests apart
   * @returns null where it is not to be submitted, or another process does that
   */
  begin(request: string, cap?: Cap): Promise<Submit | 'over the cap' | null>;
  /** @returns null where there is no lost submit, or another process has the right */
  reconcile(request: string): Promise<LostSubmit | null>;
  read(request: string): Promise<StoredRequest>;
  /** Begins a poll of the task. @returns what takes the state that the service shows */
  poll(request: string): Promise<(state: 'running' | 'completed' | 'failed') => Promise<void>>;
  /** The result, or the failure, has reached its user. */
  deliver(request: string): Promise<void>;
  /** Returns the request of a task that runs. */
  withTask(taskId: string): Promise<string | undefined>;
  /** Returns which of these tasks belong to a request. */
  takenAmong(taskIds: string[]): Promise<string[]>;
  /** Returns the requests that a process still has to come back to, sorted. */
  open(): Promise<string[]>;
}
