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

export interface Sandbox {
  /** For `baseUrl`. */
  origin: string;
  /** For `key`. Any other key works too; each has an account of its own. */
  key: string;
  /** Why tasks are not kept between processes, or null. */
  readonly warning: string | null;
  close(): Promise<void>;
}
