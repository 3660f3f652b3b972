// The same rows in PostgreSQL: in this process, or a server.
import type { RequestRecord } from '../../scripts/src/model/request-record.ts';
import type { Row, Table } from './table-store.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS record (
    id text PRIMARY KEY, request text NOT NULL, made bigint NOT NULL, version int NOT NULL, record jsonb);
  CREATE INDEX IF NOT EXISTS record_request ON record (request);
  CREATE TABLE IF NOT EXISTS lock (name text PRIMARY KEY, nonce text NOT NULL);
`;

interface Sql {
  query<T>(text: string, values: unknown[]): Promise<{ rows: T[]; affectedRows?: number | undefined }>;
  /** Several statements. */
  exec(text: string): Promise<unknown>;
}

export class SqlTable implements Table {
  readonly #sql: Sql;

  private constructor(sql: Sql) {
    this.#sql = sql;
  }

  static async in(sql: Sql): Promise<SqlTable> {
    await sql.exec(SCHEMA);
    await sql.exec('TRUNCATE record, lock');
    return new SqlTable(sql);
  }

  async rows(request?: string): Promise<Row[]> {
    const { rows } = await this.#sql.query<Row & { made: string }>(
      'SELECT id, made, version, record FROM record WHERE request = coalesce($1, request)',
      [request ?? null],
    );
    return rows.map((row) => ({ ...row, made: Number(row.made) }));
  }

  async insert(request: string, { id, made, version, record }: Row): Promise<void> {
    await this.#sql.query('INSERT INTO record VALUES ($1, $2, $3, $4, $5)', [
      ...[id, request, made, version],
      JSON.stringify(record),
    ]);
  }

  async replace(id: string, version: number, record: RequestRecord): Promise<boolean> {
    const { affectedRows } = await this.#sql.query(
      'UPDATE record SET version = version + 1, record = $3 WHERE id = $1 AND version = $2',
      [id, version, JSON.stringify(record)],
    );
    return affectedRows === 1;
  }

  async remove(id: string): Promise<void> {
    await this.#sql.query('DELETE FROM record WHERE id = $1', [id]);
  }

  async take(name: string, nonce: string): Promise<boolean> {
    const { affectedRows } = await this.#sql.query(
      'INSERT INTO lock VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [name, nonce],
    );
    return affectedRows === 1;
  }

  async has(name: string, nonce: string): Promise<boolean> {
    const { rows } = await this.#sql.query('SELECT 1 FROM lock WHERE name = $1 AND nonce = $2', [
      name,
      nonce,
    ]);
    return rows.length === 1;
  }

  async release(name: string, nonce: string): Promise<void> {
    await this.#sql.query('DELETE FROM lock WHERE name = $1 AND nonce = $2', [name, nonce]);
  }

  async damage(request: string): Promise<void> {
    await this.#sql.query('UPDATE record SET record = NULL WHERE request = $1', [request]);
  }

  async dies(name: string): Promise<void> {
    await this.#sql.query('DELETE FROM lock WHERE name = $1', [name]);
  }
}
