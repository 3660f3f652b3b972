import type { AccountId } from '../../model/request-record.ts';
import { COUNTS, type SpendingCounts, type SpendingRow, sumRows } from '../../model/spending-row.ts';

/** Rows of spending in few bytes: the words are kept once. */
export interface RowTable {
  /** Provider, service, account and model. */
  groups: [string, string, string, string][];
  rows: [day: string, group: number, ...counts: number[]][];
}

export function tableOf(rows: readonly SpendingRow[]): RowTable {
  const groups = new Map<string, number>();
  const table: RowTable = { groups: [], rows: [] };
  for (const row of sumRows(rows)) {
    const { day, provider, service, account, model } = row;
    const words: RowTable['groups'][number] = [provider, service, account, model];
    const key = words.join('\n');
    if (!groups.has(key)) groups.set(key, table.groups.push(words) - 1);
    table.rows.push([day, groups.get(key)!, ...COUNTS.map((name) => row[name])]);
  }
  return table;
}

/** Each account at least once. */
export function accountsIn(tables: readonly RowTable[]): AccountId[] {
  return tables.flatMap(({ groups }) =>
    groups.map(([provider, service, account]) => ({ provider, service, account })),
  );
}

/** Returns the rows of several tables from a day on, added up; oldest day first. */
export function sumTables(tables: readonly RowTable[], firstDay: string): SpendingRow[] {
  return sumRows(tables.flatMap((table) => rowsOf(table, firstDay)));
}

function rowsOf({ groups, rows }: RowTable, firstDay: string): SpendingRow[] {
  return rows.flatMap(([day, group, ...numbers]) => {
    if (day < firstDay) return [];
    const [provider, service, account, model] = groups[group]!;
    const counts = Object.fromEntries(COUNTS.map((name, n) => [name, numbers[n]])) as SpendingCounts;
    return [{ day, provider, service, account, model, ...counts }];
  });
}
