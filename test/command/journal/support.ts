import path from 'node:path';
import { expect } from 'vitest';
import type { RequestRecord } from '../../../scripts/src/model/request-record.ts';
import { type Ledger, ledger } from '../../kill/ledger.ts';
import { live, run, T2V, tempFolder } from '../../support/command.ts';
import { type RecordFile, recordsIn } from '../../support/records.ts';

export interface Place {
  service: Ledger;
  folder: string;
  state: string;
  out: string;
  env: Record<string, string | undefined>;
}

/** A service that charges, and a folder whose records nobody else has. */
export async function place(options: Parameters<typeof ledger>[0] = {}): Promise<Place> {
  const service = await ledger(options);
  const folder = tempFolder();
  const state = path.join(folder, 'state');
  const env = live(service.origin, { ASYNC_MEDIA_STATE_DIR: state });
  return { service, folder, state, out: path.join(folder, 'out'), env };
}

export const FAST = ['--pollInterval', '0.02'];
export const REQUEST = ['--model', 't2v', '--payload', JSON.stringify(T2V)];
export const again = (here: Place, ...flags: string[]) =>
  run([...REQUEST, ...FAST, ...flags], { env: here.env });
export const act = (here: Place, action: string, ...flags: string[]) =>
  run(['--action', action, ...flags], { env: here.env });

export const charges = ({ service }: Place): number => (service.charges.get(T2V.prompt) ?? []).length;

export const journalOf = ({ state }: Place): RecordFile[] => recordsIn(state);

export const recordOf = (here: Place): RequestRecord => journalOf(here)[0]!.record;

/** Runs the command and kills it as soon as the service has its submit; the answer never comes. */
export async function killedInSubmit(here: Place, ...flags: string[]): Promise<void> {
  here.service.script.push('reset');
  await run([...REQUEST, ...FAST, ...flags], {
    env: here.env,
    onStart: (kill) => {
      here.service.onSubmit = () => kill('SIGKILL');
    },
  });
  here.service.onSubmit = undefined;
  expect(recordOf(here)).toMatchObject({ phase: 'submitting', taskId: null });
}
