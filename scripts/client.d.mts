// Compiled from scripts/src/client/ by `npm run build`; do not edit.
/// <reference types="node" />

/**
 * Returns a client of one service and one key. It opens no connection before its first call.
 * @throws InvalidRequestError that names each option whose value cannot be used
 */
export declare function createClient(options: ClientOptions): Client;
/** Returns all services: what each can do, and the limits that it documents. */
export declare function providers(): ProviderInfo[];

/**
 * Returns a name resolver that gives public addresses only, for connections to addresses that users name: the option
 * `lookup` of `https.request`. The connection goes to the address that was checked.
 */
export declare function publicLookup(): Promise<import('node:net').LookupFunction>;
/** Starts a server on this machine that emulates both services: for tests and demonstrations, without cost. It is loaded when this is called. */
export declare function startSandbox(options?: SandboxOptions): Promise<Sandbox>;
export declare const signatures: Signatures;

/** The facts of an error. */
export interface ClientErrorDetails {
    outcome?: SubmitOutcome | null;
    retryAfter?: number | null;
    taskId?: string | null;
    state?: TaskState | null;
    issues?: Issue[];
    transient?: boolean;
    cause?: unknown;
}
/** Every error that a client throws. It holds neither the key nor the body of a request. */
export declare class ClientError extends Error {
    /** What failed, as a name that stays. */
    readonly code: ErrorCode;
    /** What became of the submit; null where the call was none. */
    readonly outcome: SubmitOutcome | null;
    /** Seconds after which the call makes sense; null where that is not known. */
    readonly retryAfter: number | null;
    /** The task that the error is about; null where none is known. */
    readonly taskId: string | null;
    /** The state of the task as last known; null where no task is involved. */
    readonly state: TaskState | null;
    /** What is wrong with the input; empty for other errors. */
    readonly issues: readonly Issue[];
    /** The same call may succeed later. After a submit with `outcome` unknown that call is `reconcile`. */
    readonly transient: boolean;
    constructor(code: ErrorCode, message: string, details?: ClientErrorDetails);
}
/** INVALID_MODEL or INVALID_PAYLOAD: the input is wrong, and `issues` says where. */
export declare class InvalidRequestError extends ClientError {
}
/** AUTH_FAILED: the service rejects the key. */
export declare class AuthenticationError extends ClientError {
}
/** RATE_LIMITED: too many requests; `retryAfter` says when the next one may be sent. */
export declare class RateLimitError extends ClientError {
}
/** INSUFFICIENT_CREDITS: the balance of the account is too small. */
export declare class InsufficientCreditsError extends ClientError {
}
/** BUDGET_EXCEEDED: the price is above `maxCredits`. */
export declare class BudgetExceededError extends ClientError {
}
/** IDEMPOTENCY_CONFLICT: the idempotency key was used for another request. */
export declare class IdempotencyConflictError extends ClientError {
}
/** TASK_NOT_FOUND: the service shows no such task to this key. */
export declare class TaskNotFoundError extends ClientError {
}
/** NETWORK_ERROR: no usable answer came. */
export declare class ConnectionError extends ClientError {
}
/** CANCEL_REJECTED: the task was not cancelled; `state` is its state. */
export declare class CancelRejectedError extends ClientError {
}
/** SUBMIT_OUTCOME_UNKNOWN: the list does not tell; where `transient` is false, no later call will know either. */
export declare class SubmitUnknownError extends ClientError {
}
/** DOWNLOAD_FAILED: a file could not be fetched or stored. The task and its result are untouched. */
export declare class DownloadError extends ClientError {
}
/** ABORTED: the caller's signal, or `close`, ended the call. `cause` is the signal's reason. */
export declare class AbortedError extends ClientError {
}

/** One thing wrong with an input: where it is, what was expected, what came, and what would pass. */
export interface Issue {
    /** Field path such as `duration` or `prompt[2]`; the name of a flag or a variable where the input is not the payload. */
    path: string;
    expected: string;
    received: string;
    hint: string;
}
/** Any value that JSON can express. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
    [key: string]: Json;
}
/** The states of a task, the same for every provider. UNKNOWN: the service showed no state that is known. */
export type TaskState = 'SUBMITTED' | 'PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCEL' | 'UNKNOWN';
/** The codes of errors. ABORTED: the caller's signal, or `close`, ended the call. A task that FAILED is a result, not an error. */
export type ErrorCode = 'INVALID_MODEL' | 'INVALID_PAYLOAD' | 'AUTH_FAILED' | 'RATE_LIMITED' | 'INSUFFICIENT_CREDITS' | 'TASK_NOT_FOUND' | 'NETWORK_ERROR' | 'UNKNOWN_ERROR' | 'CANCEL_REJECTED' | 'BUDGET_EXCEEDED' | 'IDEMPOTENCY_CONFLICT' | 'SUBMIT_OUTCOME_UNKNOWN' | 'DOWNLOAD_FAILED' | 'ABORTED';
/**
 * What became of a submit. `rejected`: the service certainly did not accept it, nothing is charged, it may be submitted
 * again. `unknown`: it may be accepted and charged; only `reconcile` may follow, never another submit.
 */
export type SubmitOutcome = 'rejected' | 'unknown';
/** A moment: a Date, or milliseconds since the epoch. */
export type Moment = Date | number;
export interface CallOptions {
    /** Ends the call. It rejects with an `AbortedError` whose cause is the signal's reason. */
    signal?: AbortSignal;
}

/** Sends HTTP requests. Unlike `fetch`, it says whether one has left: that decides whether a failed submit may have been charged. */
export interface HttpClient {
    /**
     * Starts one HTTP exchange.
     * @param fresh uses a new connection and closes it afterwards
     * @throws when the request cannot be sent at all
     */
    start(request: HttpRequest, events: HttpEvents, fresh: boolean): OngoingRequest;
    /** Ends all exchanges that are under way. Idle connections do not keep the process alive. */
    close(): void;
}
/** The events of one HTTP exchange, in this order. */
export interface HttpEvents {
    /** The first byte leaves next. A submit that fails before this event is `rejected`: the service has received nothing; later `unknown`. */
    onLeave(): void;
    onHead(head: HttpHead): void;
    onData(chunk: Buffer): void;
    onEnd(): void;
    /** The exchange ended without a complete answer. */
    onError(error: unknown): void;
}
/** The beginning of an answer. Header names are in lower case; a header that came twice is joined with a comma. */
export interface HttpHead {
    status: number;
    headers: Record<string, string>;
}
/** One HTTP request, complete: nothing is added, no redirect is followed. */
export interface HttpRequest {
    method: 'GET' | 'POST' | 'PUT';
    url: URL;
    headers: Record<string, string>;
    body?: Iterable<Uint8Array> & {
        /** Bytes. */
        readonly length: number;
    };
}
export interface OngoingRequest {
    /** Stops reading, so that the sender waits. */
    pause(): void;
    resume(): void;
    abort(): void;
}
export interface ProxySettings {
    httpProxy?: string | undefined;
    httpsProxy?: string | undefined;
    noProxy?: string | undefined;
}
/** Time and randomness. Both are parameters, so that tests control them. */
export interface Clock {
    /** Milliseconds that only ever grow; every deadline is measured with these. */
    monotonic(): number;
    /** Milliseconds since the epoch, by this machine. It may jump: only for dates that other processes or machines read, and for what outlasts a process. */
    wall(): number;
    /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
    sleep(ms: number, signal?: AbortSignal): Promise<void>;
    /** A number from 0 up to 1. */
    random(): number;
}
/** What `createClient` takes. */
export interface ClientOptions {
    /** Id of the service; `providers()` lists them. */
    provider: string;
    /** The API key. It goes to the service's own address in one header, and appears nowhere else. */
    key: string;
    /** Another address of the service: https, or http on this machine. */
    baseUrl?: string | URL;
    /** Milliseconds for one request; 30,000 by default. */
    timeoutMs?: number;
    /** Retries of a read (status, task, list, quote, account, download) and of a cancel; 3 by default. A submit is never retried. */
    maxRetries?: number;
    /** Milliseconds between the first polls of `wait`; 2,000 by default. The interval then grows to 3 s, and in a wait of more than 10 minutes up to 12 s. */
    pollIntervalMs?: number;
    /** Proxies; the environment is not read. */
    proxy?: ProxySettings;
    /** Sends the requests to the service in place of Node's client. Files are fetched without it: their addresses are checked as the connection is made. */
    httpClient?: HttpClient;
    /** The folder of the contracts, `<provider>/<model>.yaml`; the skill's own by default. */
    contractsFolder?: string;
    /** Time and randomness, for tests. */
    clock?: Clock;
}

/** What a service can do. The workflow depends on these only, never on the name of a service. */
export interface Capabilities {
    cancel: boolean;
    list: boolean;
    quote: boolean;
    account: boolean;
    signedWebhooks: boolean;
}
/** What is known of a service without calling it. */
export interface ProviderInfo {
    id: string;
    title: string;
    /** The service's own address. */
    url: string;
    capabilities: Capabilities;
    /** Queries that one address may send in a minute, all processes together; null where the service documents no limit. */
    rateLimit: {
        queriesPerMinute: number;
    } | null;
    /** The environment variables of the key and of another address, by which the commands know them; a client reads none. */
    keyVariable: string;
    urlVariable: string;
}
/** Credits that a payload may cost by its contract, at the date of the contract's price. */
export interface PriceEstimate {
    least: number;
    most: number;
    /** The date of the price, such as `2026-09-17`, or `about 2026-05-25`. */
    asOf: string;
    note: string;
}
export interface ModelDescription {
    provider: string;
    model: string;
    /** What the model makes. */
    output: 'video' | 'image' | 'audio' | 'model3d';
    /** JSON Schema 2020-12 of the payload, with the keywords of contracts/README.md. */
    schema: JsonObject;
    /** A payload that passes. */
    example: JsonObject;
    /** Where the contract's facts come from, with dates. */
    sources: {
        what: string;
        date: string;
    }[];
    /** What the sources leave open. */
    notes: string[];
    /** The service documents that a submit repeated with the same idempotency key is not charged again; null where it does not. */
    replay: string | null;
}
export interface Validation {
    valid: boolean;
    /** Empty where the payload is valid. */
    issues: Issue[];
    /** Null where the payload is not valid, or no estimate is known. */
    estimate: PriceEstimate | null;
}

export interface Quote {
    credits: number;
    /** Credits on the account; null where the answer does not say. */
    balance: number | null;
    affordable: boolean | null;
    record: JsonObject;
}
/** A request for a generation, charged at most once. */
export interface GenerationRequest {
    model: string;
    payload: JsonObject;
    /** 8 to 128 printable ASCII characters. Make it, and store it, before the first attempt; never change it. */
    idempotencyKey: string;
}
/** What `submit` takes. */
export interface SubmitRequest extends GenerationRequest {
    /** Where the service reports the end; https, or loopback where the service runs on this machine. */
    callbackUrl?: string;
    /** The most credits that the request may cost: checked before the submit, and sent to a service that has such a limit. */
    maxCredits?: number;
}
/** What `reconcile` takes: the request as it was submitted. */
export interface LostRequest extends SubmitRequest {
    /** When the submit was about to be sent: the time that was stored before it. */
    submittedAt: Moment;
    /** When its attempt ended without an answer; `submittedAt` where that is not known, because the process died. */
    lostAt?: Moment;
    /** The request was already sent a second time. */
    resubmitted?: boolean;
}
/** The options of `reconcile`. */
export interface ReconcileOptions extends CallOptions {
    /** Reads the list, at growing intervals, until then; for 1.5 s by default. */
    until?: Moment;
    /** Returns a list that `list` read, in place of reading it: one list serves any number of lost requests. Asked once where `until` has passed. */
    list?(): TaskList | Promise<TaskList>;
    /** Returns which of these tasks belong to other requests: a similar task of another request does not belong to this one. */
    taken?(taskIds: string[]): Iterable<string> | Promise<Iterable<string>>;
}
/**
 * What the service's list says of a lost submit. `found`: its `task`. `clear`: the list has been clear of it for 60 s, and
 * `resubmit` sends the request once more, with the same key; store before it that it is resubmitted. It returns the task,
 * or throws a `ClientError` whose `outcome` is `rejected` or `unknown`. That task is certainly its own: an equal request that
 * was given it as `found`, by a list without keys, has another one. `unsure`: there is no list, it was read too early, or
 * a task in it may be the one. `unreadable`: `error` says why. `retryAfter`: seconds after which the list can tell; null where
 * no later call will know either.
 */
export type Reconciled = {
    kind: 'found';
    task: Task;
} | {
    kind: 'clear';
    resubmit(options?: CallOptions): Promise<SubmittedTask>;
} | {
    kind: 'unsure';
    retryAfter: number | null;
} | {
    kind: 'unreadable';
    retryAfter: number | null;
    error: Error & {
        transient: boolean;
    };
};
/** A task right after its submit. */
export interface SubmittedTask extends Task {
    /** Credits by the service's quote; null where none was asked for. */
    quoted: number | null;
}
export interface QuoteRequest {
    model: string;
    payload: JsonObject;
    maxCredits?: number;
}

export interface Account {
    balance: number | null;
    models: string[];
    record: JsonObject;
}
/** A task in the form that is the same for every provider. */
export interface Task {
    id: string;
    state: TaskState;
    /** The service's own word, where it is not a known one. */
    unknownState?: string;
    model?: string;
    /** The payload, as the service shows it. */
    input?: Json;
    /** Milliseconds since the epoch, by the service's clock. */
    createdAt?: number;
    idempotencyKey?: string;
    /** Credits, as the service reported them; absent where it did not. */
    charged?: number;
    refunded?: number;
    /** Where the finished files are; empty until there are any. They expire. */
    urls: string[];
    /** The service's word on why the task failed. */
    error?: string;
    /** The service's answer, as it came. */
    record: JsonObject;
}
/** The state of a task, as one poll shows it. */
export interface TaskStatus {
    taskId: string;
    state: TaskState;
    unknownState?: string;
    /** Percent, where the service reports it. */
    progress?: number;
    record: JsonObject;
}
/** The options of `wait`. */
export interface WaitOptions extends CallOptions {
    /** When the wait is over; the task runs on. Without it, the wait lasts as long as the task. */
    until?: Moment;
    /** Called after each poll. An error that it throws ends the wait. */
    onStatus?(status: TaskStatus): void;
}
/**
 * `kind: 'ended'`, with the `task`, which is COMPLETED (with its files' addresses), FAILED or CANCEL; or `kind: 'running'`, with
 * `taskId`, `state`, `retryAfter` and `lastError`: the time is over, and the task runs on. Never submit it again.
 */
export type WaitResult = {
    kind: 'ended';
    task: Task;
} | {
    kind: 'running';
    taskId: string;
    state: TaskState;
    /** Seconds until the next query makes sense; null where the service said nothing. */
    retryAfter: number | null;
    /** Why the last query failed; null where it succeeded. */
    lastError: Error | null;
};
export interface TaskList {
    /** Newest first, as the service lists them. */
    tasks: Task[];
    /** Entries that could not be read as tasks. */
    unread: number;
    /** The service's clock in milliseconds since the epoch; null where the answer carries no date. */
    serverTime: number | null;
    /** When the list was asked for, and when it was there; milliseconds since the epoch by this machine. */
    askedAt: number;
    answeredAt: number;
    /** The service's answer, as it came. */
    record: JsonObject;
}
/** What a callback claims. A hint to poll that task now; never a result, because anybody can send one. */
export interface CallbackHint {
    taskId?: string;
    state?: TaskState;
}

/** A file that is whole: its length, its format and its hash are checked. */
export interface CheckedFile {
    /** From 1; the place of the file among those of the task. */
    number: number;
    /** A name without a path, made from the task's id, with the extension of the format. */
    name: string;
    bytes: number;
    sha256: string;
    contentType: string;
}
/** Receives a checked file. It is called once the whole file is there, so length and hash are known before the first byte. */
export type FileTarget = (file: CheckedFile) => import('node:stream').Writable | Promise<import('node:stream').Writable>;
/** The options of `download`. */
export interface DownloadOptions extends CallOptions {
    /** A folder, into which the files are renamed when they are whole; or a function that returns where to write each one. */
    to: string | FileTarget;
    /** Where a file is gathered before it goes to a function; a new folder below the system's own by default, removed afterwards. A folder that stays lets a later call resume. */
    temporaryFolder?: string;
    /** When the download has to be over; without it each file may take as long as it brings bytes. */
    until?: Moment;
    /** Called as bytes arrive; `total` is null where the host does not say. */
    onProgress?(file: {
        number: number;
        bytes: number;
        total: number | null;
    }): void;
}
export interface DownloadedFile extends CheckedFile {
    /** Absolute; null where a function received the file. */
    path: string | null;
}
/** The formats of media files. */
export interface Signatures {
    /** Bytes from the beginning of a file that `kindOf` needs. */
    readonly bytes: number;
    /** Returns the format that begins with these bytes; null where it is none that is known. */
    kindOf(head: Uint8Array, contentType?: string): {
        ext: string;
        contentType: string;
        makes: 'video' | 'image' | 'audio' | 'model3d';
    } | null;
}

export interface Sandbox {
    /** For `baseUrl`. */
    origin: string;
    /** For `key`. Any other key works too; each has an account of its own. */
    key: string;
    /** Why tasks are not kept between processes, or null. */
    readonly warning: string | null;
    close(): Promise<void>;
}
/** What `startSandbox` takes. */
export interface SandboxOptions {
    /** Where tasks are kept between processes; null or absent keeps them in memory. */
    folder?: string | null;
    /** Any free port by default. The host is always 127.0.0.1. */
    port?: number;
    /** Simulated seconds per real second. */
    speed?: number;
    /** Receives a line for each request. */
    log?(line: string): void;
}
/** A client of one service and one key. It keeps no state but its connections, and never writes to the terminal. */
export interface Client {
    readonly provider: ProviderInfo;
    /** Returns the ids of the models that have a contract, sorted. */
    models(): Promise<string[]>;
    /** Returns what a model takes and makes. */
    describe(model: string): Promise<ModelDescription>;
    /** Checks a payload against its model's contract. Sends nothing. */
    validate(model: string, payload: JsonObject): Promise<Validation>;
    /**
     * Submits a request in one attempt, and returns its task.
     * @throws ClientError whose `outcome` is `rejected` or `unknown`
     */
    submit(request: SubmitRequest, options?: CallOptions): Promise<SubmittedTask>;
    /**
     * Searches the service's list for the task of a submit whose outcome is unknown, and returns what the list says.
     * Submits nothing. If the list is clear, the result has `resubmit`, which submits the request once more.
     */
    reconcile(request: LostRequest, options?: ReconcileOptions): Promise<Reconciled>;
    /** Returns the state of a task. */
    status(taskId: string, options?: CallOptions): Promise<TaskStatus>;
    /** Returns the record of a task; of a finished one whose status names no file, the second record where that does. */
    task(taskId: string, options?: CallOptions): Promise<Task>;
    /** Returns the tasks of this key. */
    list(options?: CallOptions): Promise<TaskList>;
    /**
     * Cancels a task, and returns it once it is CANCEL.
     * @throws ClientError CANCEL_REJECTED where it runs on or has ended, NETWORK_ERROR where that is not known
     */
    cancel(taskId: string, options?: CallOptions): Promise<TaskStatus>;
    /** Returns the service's price of a payload. Free. @throws ClientError BUDGET_EXCEEDED above `maxCredits` */
    quote(request: QuoteRequest, options?: CallOptions): Promise<Quote>;
    /** Returns the account of the key. */
    account(options?: CallOptions): Promise<Account>;
    /**
     * Polls a task until it ends. A query that fails in a transient way does not end the wait. Pass the task that `submit`
     * returned where you have it: then, for 30 s, "not found" only means that the service does not show it yet.
     */
    wait(task: string | Task, options?: WaitOptions): Promise<WaitResult>;
    /**
     * Fetches the files of a COMPLETED task. Only public addresses are connected to; an expired link is replaced once.
     * @throws ClientError DOWNLOAD_FAILED; the task and its result are untouched
     */
    download(task: string | Task, options: DownloadOptions): Promise<DownloadedFile[]>;
    /** Returns what the body of a callback claims: a hint. Never throws, whatever the bytes are. */
    parseCallback(body: string | Uint8Array): CallbackHint;
    /** Ends what is under way and releases the connections. */
    close(): Promise<void>;
}
