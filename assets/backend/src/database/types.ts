import type { ConstructorOptions } from 'pg-boss';

export type Row = Record<string, unknown>;

export interface Queries {
  /**
   * Runs one statement with `$1` parameters and returns its rows.
   * @param name a server plans a named statement once for each connection. One name, one statement
   */
  query<R extends object = Row>(sql: string, parameters?: readonly unknown[], name?: string): Promise<R[]>;
  /** Runs statements that have no parameters, such as a migration. */
  script(sql: string): Promise<void>;
}

/** PostgreSQL, on a server or embedded. Times come as Date; nothing else is converted. */
export interface Database extends Queries {
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  /**
   * Receives the notifications of a channel, over a connection that is made again when it breaks.
   * @param onGap called after each new connection: notifications before it may be lost
   * @returns a function that ends it
   */
  listen(
    channel: string,
    onNotification: (payload: string) => void,
    onGap: () => void,
  ): Promise<() => Promise<void>>;
  /** How pg-boss reaches the same database. */
  readonly forQueue: Pick<ConstructorOptions, 'connectionString' | 'max' | 'db' | 'backend'> & {
    query_timeout?: number;
  };
  close(): Promise<void>;
}

/** Returns whether the database itself said no to a statement: trying it again changes nothing. */
export function isRefused(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  // Integrity violations, wrong data, errors in a statement, and what a trigger raises.
  return typeof code === 'string' && /^(22|23|42|P0)/.test(code);
}
