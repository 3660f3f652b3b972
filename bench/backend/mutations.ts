// `npm run mutations`: takes out what keeps each guarantee, one line at a time, and expects that the named test fails.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the lines are those of the source.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeCopy } from '../../test/backend/support/install.ts';
import { environment } from '../../test/backend/support/node.ts';
import { startPostgres } from '../../test/backend/support/postgres.ts';

interface Mutation {
  guarantee: string;
  file: string;
  /** A line, or a part of one, that stands there once. */
  line: string;
  /** What is there instead. */
  instead: string;
  test: string;
  title: string;
  /** What would keep the guarantee in its place. */
  also?: Pick<Mutation, 'file' | 'line' | 'instead'>;
}

const SCHEMA = 'migrations/0001-generations.sql';
// The state machine as later migrations left it.
const STATES = 'migrations/0006-account-of-queued.sql';

const MUTATIONS: Mutation[] = [
  {
    guarantee: '1: one generation for a user and key',
    file: 'src/generations/create.ts',
    line: '  return row.body_hash === bodyHash\n',
    instead: '  return row.body_hash !== ""\n',
    test: 'guarantees/01-one-charge',
    title: 'the same key with another body',
  },
  {
    guarantee: '1: one generation for a user and key',
    file: SCHEMA,
    line: '  UNIQUE (user_id, idempotency_key),\n',
    instead: '  UNIQUE (user_id, idempotency_key, id),\n',
    test: 'guarantees/01-one-charge',
    title: 'twenty times at once',
  },
  {
    guarantee: '1: a claim is of one worker',
    file: 'src/generations/submitting.ts',
    line: 'ORDER BY queue_order LIMIT $3 FOR UPDATE SKIP LOCKED',
    instead: 'ORDER BY queue_order LIMIT $3',
    test: 'guarantees/01-one-charge',
    title: 'two workers never claim one submit',
  },
  {
    guarantee: '1: submitting is committed before the request leaves',
    file: 'src/generations/submitting.ts',
    line: "SET status = 'submitting', submit_started_at = now(), ${LEASED}",
    instead: 'SET ${LEASED}',
    test: 'steps/service-answers',
    title: 'when the request reaches the service',
  },
  {
    guarantee: '1: never queued again after it may have left',
    file: STATES,
    line: "IF OLD.status = 'submitting' AND NEW.status = 'queued' AND NEW.refused_at IS NOT DISTINCT FROM OLD.refused_at THEN",
    instead: 'IF false THEN',
    test: 'guarantees/01-one-charge',
    title: 'the database refuses the way from submitting',
  },
  {
    guarantee: '1: the table of transitions',
    file: STATES,
    line: 'IF NOT EXISTS (SELECT FROM generation_transition WHERE from_status = OLD.status AND to_status = NEW.status) THEN',
    instead: 'IF false THEN',
    test: 'guarantees/01-one-charge',
    title: 'ends are final',
  },
  {
    guarantee: '1: a task is never replaced',
    file: STATES,
    line: 'OR (OLD.task_id IS NOT NULL AND NEW.task_id IS DISTINCT FROM OLD.task_id) THEN',
    instead: 'THEN',
    test: 'guarantees/01-one-charge',
    title: 'ends are final',
  },
  {
    guarantee: '1: the write of a task id is retried',
    file: 'src/queue/persist.ts',
    line: 'if (isRefused(error)) throw error;',
    instead: 'throw error;',
    test: 'guarantees/01-one-charge',
    title: 'as soon as the database is back',
  },
  {
    guarantee: '1: the task id is in the log',
    file: 'src/queue/persist.ts',
    line: "log.error({ ...facts, err: error }, 'an answer",
    instead: "log.error({ err: error }, 'an answer",
    test: 'guarantees/01-one-charge',
    title: 'as soon as the database is back',
  },
  {
    guarantee: '1: no row is forgotten',
    file: SCHEMA,
    line: '  CONSTRAINT open_rows_are_due CHECK ((due_at IS NULL) =\n',
    instead: '  CONSTRAINT open_rows_are_due CHECK (true OR (due_at IS NULL) =\n',
    test: 'guarantees/01-one-charge',
    title: 'a row that nobody will act on',
  },
  {
    guarantee: '2: a dead worker leaves a submit to reconcile',
    file: 'src/generations/reconciling.ts',
    line: "WHERE status = 'submitting' AND due_at <= now() AND ${FREE}`",
    instead: "WHERE false AND status = 'submitting' AND due_at <= now() AND ${FREE}`",
    test: 'guarantees/01-one-charge',
    title: 'a claim commits',
  },
  {
    guarantee: '2: a lost submit is found by its key',
    file: 'src/queue/search.ts',
    line: 'if (byKey || lost.lostSeconds <= CLEAR_SECONDS) return byKey;',
    instead: 'if (lost.lostSeconds <= CLEAR_SECONDS) return undefined;',
    test: 'steps/service-answers',
    title: 'found in the list by its key',
  },
  {
    guarantee: '2: sent once more, and only once',
    file: 'migrations/0002-resubmit.sql',
    line: 'IF NEW.resubmitted_at IS NOT NULL AND (OLD.resubmitted_at IS NOT NULL OR',
    instead: 'IF false AND (OLD.resubmitted_at IS NOT NULL OR',
    test: 'guarantees/02-resubmit',
    title: 'the database refuses a second resubmit',
  },
  {
    guarantee: '2: one worker sends it once more',
    file: 'src/generations/reconciling.ts',
    line: 'AND resubmitted_at IS NULL AND cancel_requested_at IS NULL RETURNING',
    instead: 'AND cancel_requested_at IS NULL RETURNING',
    test: 'guarantees/02-resubmit',
    title: 'died in the second submit',
  },
  {
    guarantee: '2: the row says so before the request leaves',
    file: 'src/queue/resubmit.ts',
    line: 'if (!(await recordResubmit(database, lost))) throw',
    instead: 'if (lost.wasResubmitted) throw',
    test: 'guarantees/02-resubmit',
    title: 'never arrived',
  },
  {
    guarantee: '2: what was sent once more, or is to be cancelled, is not sent again',
    file: 'src/generations/reconciling.ts',
    line: '(g.resubmitted_at IS NOT NULL OR g.cancel_requested_at IS NOT NULL) AS "isFinal"',
    instead: 'false AS "isFinal"',
    test: 'guarantees/02-resubmit',
    title: 'that its user has cancelled',
  },
  {
    guarantee: '2: the request of a dead worker may be under way',
    file: 'src/generations/reconciling.ts',
    line: "lost_at = greatest(now(), submit_started_at + interval '${SUBMIT_SECONDS} seconds')",
    instead: 'lost_at = now()',
    test: 'guarantees/02-resubmit',
    title: 'died between commit and request',
  },
  {
    guarantee: '2: so may its second request',
    file: 'src/generations/reconciling.ts',
    line: "resubmitted_at = now(), lost_at = now() + interval '${SUBMIT_SECONDS} seconds'",
    instead: 'resubmitted_at = now()',
    test: 'guarantees/02-resubmit',
    title: 'died in the second submit',
  },
  {
    guarantee: '2: a refused second submit is none',
    file: 'src/queue/resubmit.ts',
    line: 'await persist(log, facts, () => recordResubmitRefused(database, lost));',
    instead: '',
    test: 'guarantees/02-resubmit',
    title: 'refused for now',
  },
  {
    guarantee: '2: the first submit may have caused the rejection of the second',
    file: 'src/queue/resubmit.ts',
    line: 'const task = await searchAnew(work, service, lost);',
    instead: "const task = 'clear' as Task | 'clear' | undefined;",
    test: 'guarantees/02-resubmit',
    title: 'unless the list shows its task now',
  },
  {
    guarantee: '2: the refusal of the second submit proves nothing about the first',
    file: 'src/queue/resubmit.ts',
    line: 'if (task === undefined || !(error instanceof InvalidRequestError))',
    instead: 'if (!(error instanceof InvalidRequestError))',
    test: 'steps/reconcile',
    title: 'has an entry that may be the first one',
  },
  {
    guarantee: '1: a replaced key strands nothing that is queued',
    file: 'src/generations/submitting.ts',
    line: 'AND NOT held AND ${SAME_KIND} ORDER BY',
    instead: 'AND NOT held AND account = $2 ORDER BY',
    test: 'steps/submit',
    title: 'when a key is replaced',
  },
  {
    guarantee: '1: what the sandbox was asked for is never paid for',
    file: 'src/generations/submitting.ts',
    line: " AND (account = provider || ':sandbox') = ($2 = split_part($2, ':', 1) || ':sandbox')",
    instead: '',
    test: 'steps/submit',
    title: 'when a key is replaced',
  },
  {
    guarantee: '3: a result is stored without the key of its task',
    file: 'src/queue/save.ts',
    line: 'own ?? work.services.find(({ provider }) => provider === save.provider);',
    instead: 'own;',
    test: 'steps/save',
    title: 'no worker has the key of its task any more',
  },
  {
    guarantee: '3: a result is stored while no query is permitted',
    file: 'src/queue/save.ts',
    line: 'if (!(await limiter.acquire())) return save.urls;',
    instead: "if (!(await limiter.acquire())) throw new Error('no query');",
    test: 'steps/save',
    title: 'while the service is stopped by a 401',
  },
  {
    guarantee: '3: patience counts from the first odd answer',
    file: 'src/queue/poll.ts',
    line: 'return missingSeconds !== null && missingSeconds > MISSING_SECONDS;',
    instead: 'return missingSeconds === null || missingSeconds > MISSING_SECONDS;',
    test: 'steps/poll',
    title: 'gets the same patience',
  },
  {
    guarantee: '6: a 402 holds submits alone',
    file: 'src/queue/hold-back.ts',
    line: 'await limiter.pauseSubmits(NO_CREDITS_SECONDS);',
    instead: 'await limiter.pause(NO_CREDITS_SECONDS);',
    test: 'steps/submit',
    title: 'submits wait for credits',
  },
  {
    guarantee: '6: one refused request stops nothing else',
    file: 'src/queue/hold-back.ts',
    line: 'const isValid = await isKeyValid(work, service);',
    instead: 'const isValid = false as boolean | null;',
    test: 'steps/submit',
    title: '403 for one request',
  },
  {
    guarantee: '1: no task belongs to two generations',
    file: SCHEMA,
    line: 'CREATE UNIQUE INDEX generation_task ON',
    instead: 'CREATE INDEX generation_task ON',
    test: 'guarantees/01-one-charge',
    title: 'a task belongs to one generation',
  },
  {
    guarantee: '3: success needs every file',
    file: SCHEMA,
    line: '    OR EXISTS (SELECT FROM generation_file WHERE generation_id = NEW.id AND storage_key IS NULL) THEN',
    instead: '    THEN',
    test: 'guarantees/03-results',
    title: 'needs every file to be stored',
  },
  {
    guarantee: '3: a save belongs to its lease',
    file: 'src/generations/saving.ts',
    line: "`SELECT id FROM generation WHERE id = $1 AND lease = $2 AND status = 'saving' FOR UPDATE`",
    instead:
      "`SELECT id FROM generation WHERE id = $1 AND ($2::uuid IS NOT NULL) AND status = 'saving' FOR UPDATE`",
    test: 'guarantees/03-results',
    title: 'a save that lost its lease',
  },
  {
    guarantee: '3: an end is sticky',
    file: 'src/generations/polling.ts',
    line: "WHERE id = $1 AND status IN ('pending', 'running') RETURNING id\n     )",
    instead: 'WHERE id = $1 RETURNING id\n     )',
    test: 'guarantees/03-results',
    title: 'an end is sticky|the end of a task and its files',
  },
  {
    guarantee: '4: claims are capped',
    file: 'src/generations/callbacks.ts',
    line: 'const MOST_CLAIMS = 20;',
    instead: 'const MOST_CLAIMS = 20_000;',
    test: 'guarantees/04-callbacks',
    title: 'different claims of one generation are capped',
  },
  {
    guarantee: '4: a callback is recorded once',
    file: 'src/generations/callbacks.ts',
    line: 'DO UPDATE SET deliveries = e.deliveries + 1, last_received_at = now()',
    instead: 'DO UPDATE SET last_received_at = now()',
    test: 'guarantees/04-callbacks',
    title: 'is recorded once however often',
  },
  {
    guarantee: '4: a wake-up during a poll is not lost',
    file: 'src/generations/polling.ts',
    line: 'provider_state = $5, attempts = 0, missing_since = NULL,\n       due_at = CASE WHEN wakes = $3 THEN now() + make_interval(secs => $6) ELSE due_at END',
    instead:
      'provider_state = $5, attempts = 0, missing_since = NULL,\n       due_at = CASE WHEN $3::int IS NOT NULL THEN now() + make_interval(secs => $6) ELSE due_at END',
    test: 'guarantees/04-callbacks',
    title: 'a wake-up that arrives during a poll',
  },
  {
    guarantee: '4: a callback before the answer makes the first poll due',
    file: 'src/generations/submitting.ts',
    line: 'OR EXISTS (SELECT FROM callback_event e WHERE e.generation_id = g.id) THEN now()',
    instead: 'THEN now()',
    test: 'guarantees/04-callbacks',
    title: 'before the answer to the submit',
  },
  {
    guarantee: '5: one owner of a poll',
    file: 'src/generations/polling.ts',
    line: 'account = $2 AND due_at <= now() AND ${FREE}\n      AND (cancel',
    instead: 'account = $2 AND due_at <= now()\n      AND (cancel',
    test: 'guarantees/05-one-worker',
    title: 'two workers never poll one task at once',
  },
  {
    guarantee: '6: one bucket for all workers',
    file: 'src/services/limiter.ts',
    line: 'AND ${OPEN} AND ${level} >= $5 RETURNING permits',
    instead: 'AND ${OPEN} RETURNING permits',
    test: 'guarantees/06-rate-limits',
    title: 'all workers share one bucket',
  },
  {
    guarantee: '6: a pause holds all workers',
    file: 'src/services/limiter.ts',
    line: "const OPEN = '(paused_until IS NULL OR paused_until <= clock_timestamp()) AND stopped_at IS NULL';",
    instead: "const OPEN = 'stopped_at IS NULL';",
    test: 'guarantees/06-rate-limits',
    title: 'a pause holds all workers',
  },
  {
    guarantee: '6: a 401 holds everything',
    file: 'src/services/limiter.ts',
    line: 'paused_until <= clock_timestamp()) AND stopped_at IS NULL',
    instead: 'paused_until <= clock_timestamp())',
    test: 'guarantees/06-rate-limits',
    title: 'a key that is not valid stops everything',
  },
  {
    guarantee: '6: one reader of the list',
    file: 'src/services/limiter.ts',
    line: '           AND (list_leased_until IS NULL OR list_leased_until NOT BETWEEN now()',
    instead: '           AND (list_leased_until IS NULL OR true OR list_leased_until NOT BETWEEN now()',
    test: 'guarantees/06-rate-limits',
    title: 'one worker reads the list',
  },
  {
    guarantee: '7: the notice is written with the end',
    file: SCHEMA,
    line: '  IF NEW.ended_at IS NOT NULL THEN\n',
    instead: '  IF false THEN\n',
    test: 'guarantees/07-outbox',
    title: 'in the transaction of the end',
  },
  {
    guarantee: '8: only one’s own',
    file: 'src/generations/read.ts',
    line: '`SELECT ${COLUMNS} FROM generation g WHERE g.user_id = $1 AND g.id = $2',
    instead: '`SELECT ${COLUMNS} FROM generation g WHERE $1 <> g.id::text AND g.id = $2',
    test: 'guarantees/08-own',
    title: 'nothing of a generation is there for another user',
  },
  {
    guarantee: '8: only one’s own files',
    file: 'src/generations/read.ts',
    line: 'WHERE g.user_id = $1 AND g.id = $2 AND f.n = $3',
    instead: 'WHERE $1 <> g.id::text AND g.id = $2 AND f.n = $3',
    test: 'guarantees/08-own',
    title: 'nothing of a generation is there for another user',
  },
  {
    guarantee: '9: large inputs are files',
    file: 'src/generations/create.ts',
    line: 'const INLINE_BYTES = 32 * 1024;',
    instead: 'const INLINE_BYTES = 32 * 1024 * 1024;',
    test: 'guarantees/09-large-inputs',
    title: 'inputs are deleted',
  },
  {
    guarantee: '9: an input goes when its task is accepted',
    file: 'src/queue/submit.ts',
    line: 'else if (row.payloadKey !== null) await dropInput(work, generation, row.payloadKey);',
    instead: '',
    test: 'guarantees/09-large-inputs',
    title: 'a large input is a file',
  },
  {
    guarantee: '10: one start migrates',
    file: 'src/database/migrate.ts',
    line: 'await tx.script(`SELECT pg_advisory_xact_lock(${LOCK})`);',
    instead: '',
    test: 'guarantees/10-migrations',
    title: 'starts at once apply each migration once',
  },
  {
    guarantee: '11: a stop begins nothing new',
    file: 'src/queue/index.ts',
    line: '      stopping.abort();\n',
    instead: '',
    test: 'guarantees/11-stop',
    title: 'a stop waits for a submit',
  },
  {
    guarantee: '11: a stop waits for what is running',
    file: 'src/queue/index.ts',
    line: '      await stopped;\n',
    instead: '',
    test: 'guarantees/11-stop',
    title: 'a stop waits for a submit',
    also: { file: 'src/queue/boss.ts', line: 'graceful: true, timeout: 60_000', instead: 'graceful: false' },
  },
  {
    guarantee: 'caps: two requests do not pass the cap together',
    file: 'src/generations/create.ts',
    line: "await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [user]);",
    instead: '',
    test: 'steps/caps',
    title: 'MAX_CREDITS_PER_USER_PER_DAY holds',
  },
  {
    guarantee: 'caps: two workers do not pass the running limit together',
    file: 'src/generations/submitting.ts',
    line: "await tx.query('SELECT pg_advisory_xact_lock($1)', [PLACES_LOCK]);",
    instead: '',
    test: 'steps/caps',
    title: 'MAX_RUNNING_PER_USER holds',
  },
  {
    guarantee: '2: lost submits are sent once more one after the other',
    file: 'src/queue/reconcile.ts',
    line: 'await oneByOne(() => resubmit(work, service, lost))',
    instead: 'await resubmit(work, service, lost)',
    test: 'guarantees/02-resubmit',
    title: 'one after the other',
  },
  {
    guarantee: '2: a task that is listed late is found without a person',
    file: 'src/queue/poll.ts',
    line: '    await adoptLate(work, service, read.list);',
    instead: '',
    test: 'guarantees/02-resubmit',
    title: 'died in the second submit',
  },
  {
    guarantee: '8: a prompt goes with its payload',
    file: 'migrations/0004-prompt.sql',
    line: '  NEW.prompt := NULL;',
    instead: '',
    test: 'guarantees/08-own',
    title: 'the beginning of a prompt',
  },
  {
    guarantee: '11: a stop ends, with any connection held',
    file: 'src/start.ts',
    line: 'app.server.closeAllConnections()',
    instead: '{}',
    test: 'away',
    title: 'a stop does not wait',
  },
];

const only = process.argv.slice(2);
const chosen = MUTATIONS.filter(
  ({ guarantee }) => only.length === 0 || only.some((word) => guarantee.startsWith(word)),
);
const { folder, remove } = makeCopy();
const report = path.join(mkdtempSync(path.join(tmpdir(), 'amw-mutations-')), 'report.json');
const postgres = await startPostgres(['fsync=off']);
let missed = 0;
try {
  // A test that fails anyway would notice everything.
  for (const test of new Set(chosen.map(({ test }) => test))) {
    const titles = chosen.filter((one) => one.test === test).map(({ title }) => title);
    const { failed } = run(test, titles.join('|'));
    if (failed > 0) throw new Error(`${test} fails without any mutation`);
  }
  for (const { guarantee, test, title, also, ...mutation } of chosen) {
    const mutated = [mutation, ...(also ? [also] : [])].map(mutate);
    const place = mutated.map(({ place }) => place).join(' and ');
    const { failed, ran } = run(test, title);
    for (const { restore } of mutated) restore();
    if (failed === 0) missed += 1;
    console.log(
      `${failed > 0 ? 'noticed' : 'MISSED '}  ${guarantee}: ${place} -> ${test} "${title}" (${failed} of ${ran} failed)`,
    );
  }
} finally {
  postgres.end();
  rmSync(path.dirname(report), { recursive: true });
  remove();
}
console.log(`${chosen.length - missed} of ${chosen.length} noticed`);
process.exitCode = missed > 0 ? 1 : 0;

/** Runs the tests of a file whose titles match, and counts them. Throws where none ran: that notices nothing. */
function run(test: string, title: string): { failed: number; ran: number } {
  const { stdout, stderr } = spawnSync(
    'npx',
    ['vitest', 'run', `test/${test}.test.ts`, '-t', title, '--reporter=json', `--outputFile=${report}`],
    {
      cwd: folder,
      env: environment(folder, { DATABASE_URL: postgres.url }),
      encoding: 'utf8',
      maxBuffer: 2 ** 27,
    },
  );
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  rmSync(report, { force: true });
  const { numFailedTests: failed = 0, numPassedTests: passed = 0 } = counts as Record<string, number>;
  if (failed + passed === 0)
    throw new Error(`${test} "${title}": no test ran\n${JSON.stringify(counts)}\n${stdout}\n${stderr}`);
  return { failed, ran: failed + passed };
}

function mutate({ file, line, instead }: Pick<Mutation, 'file' | 'line' | 'instead'>) {
  const target = path.join(folder, file);
  const source = readFileSync(target, 'utf8');
  if (source.split(line).length !== 2) throw new Error(`${file} does not hold this once: ${line}`);
  writeFileSync(
    target,
    source.replace(line, () => instead),
  );
  const number = source.slice(0, source.indexOf(line)).split('\n').length;
  return { place: `${file}:${number}`, restore: () => writeFileSync(target, source) };
}
