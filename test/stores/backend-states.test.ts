import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { allowedChange, type Phase, type RequestRecord } from '../../scripts/src/model/request-record.ts';
import { ROOT } from '../support/command.ts';

// The backend keeps its requests in rows of its own: by user and key, with a queue before the submit and files after the
// task. What it keeps of each is the same (request-rules.ts); this holds the ways between its states to those of a record.

const FOLDER = path.join(ROOT, 'assets', 'backend', 'migrations');
const SQL = readdirSync(FOLDER)
  .map((name) => readFileSync(path.join(FOLDER, name), 'utf8'))
  .join('\n');

/** The phase of a record that stands for a status; of `needs_attention` it depends on the task. */
const PHASES: Record<string, Phase[]> = {
  // Certainly not accepted: not sent, or refused.
  queued: ['rejected'],
  rejected: ['rejected'],
  submitting: ['submitting'],
  reconciling: ['unknown'],
  pending: ['submitted'],
  running: ['submitted'],
  saving: ['submitted'],
  succeeded: ['submitted'],
  failed: ['submitted'],
  // Before the submit, or as the end of a task.
  cancelled: ['rejected', 'submitted'],
  needs_attention: ['rejected', 'unknown', 'submitted'],
};

/** What a person decides is no change of one record: they take the risk of a second charge, or close it. */
const BY_A_PERSON = ['needs_attention queued', 'needs_attention failed'];

/** A second submit was rejected, and a list that was read after that shows no task of either: nothing was accepted. */
const BY_A_CLEAR_LIST = 'reconciling rejected';

const transitions = [...SQL.matchAll(/INSERT INTO generation_transition VALUES([^;]+);/g)]
  .flatMap(([, values = '']) => [...values.matchAll(/\('(\w+)', '(\w+)'\)/g)])
  .map(([, from = '', to = '']) => [from, to] as const);

const record = (phase: Phase) =>
  ({
    ...{ phase, taskId: phase === 'submitted' ? 'ck1' : null, status: 'UNKNOWN' },
    ...{ resubmitted: false, delivered: null, duration: null },
  }) as RequestRecord;

const mayBecome = (from: Phase, to: Phase): boolean =>
  from === to || allowedChange(record(from), { phase: to }).phase === to;

describe('the state machine of the backend is that of the records', () => {
  test('every status has a phase', () => {
    const statuses = new Set(transitions.flat());
    expect([...statuses].sort()).toEqual(Object.keys(PHASES).sort());
  });

  test.each(transitions.filter((one) => ![...BY_A_PERSON, BY_A_CLEAR_LIST].includes(one.join(' '))))(
    '%s -> %s',
    (from, to) => {
      const allowed = PHASES[from]!.some((one) => PHASES[to]!.some((other) => mayBecome(one, other)));
      expect(allowed).toBe(true);
    },
  );

  test('what a record never does, no row does: an accepted or unknown one is never sent anew by itself', () => {
    const reached = new Set(transitions.map((one) => one.join(' ')));
    for (const from of Object.keys(PHASES))
      for (const to of ['queued', 'submitting', 'rejected']) {
        const isForbidden = PHASES[from]!.every((one) =>
          PHASES[to]!.every((other) => !mayBecome(one, other)),
        );
        if (isForbidden && `${from} ${to}` !== BY_A_CLEAR_LIST)
          expect(reached).not.toContain(`${from} ${to}`);
      }
    expect(mayBecome('unknown', 'rejected')).toBe(false);
    expect(reached).not.toContain('reconciling queued');
    expect(reached).toContain(BY_A_CLEAR_LIST);
  });
});
