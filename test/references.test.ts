import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { transformSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FLAGS } from '../scripts/src/cli/command-line/flags.ts';
import { EXIT, EXIT_OF_ERROR } from '../scripts/src/cli/exit-codes.ts';
import { listModels } from '../scripts/src/contracts/contract.ts';
import { ERROR_CODES } from '../scripts/src/model/failure.ts';
import { PROFILES } from '../scripts/src/providers/registry.ts';
import { startSandbox } from '../scripts/src/sandbox/server.ts';
import { ROOT, run, tempFolder } from './support/command.ts';
import { AIVIDEOMAKER_MODELS } from './support/models.ts';
import { serve } from './support/server.ts';

const references = readdirSync(path.join(ROOT, 'references')).map((file) => `references/${file}`);
const documents = ['SKILL.md', ...references];
const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const ref = (name: string): string => text(`references/${name}.md`);
const all = documents.map(text).join('\n');

/** The code of every fence of one language in a document. */
function fences(document: string, language: string): string[] {
  return [...document.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm'))].map(
    ([, code]) => code!,
  );
}

/** The text in lower case, its white space and emphasis evened out: a line break must not hide a phrase. */
const flat = (document: string): string => document.toLowerCase().replace(/[\s*]+/g, ' ');

function holds(document: string, ...literals: string[]): void {
  for (const literal of literals) expect(flat(document).includes(literal.toLowerCase()), literal).toBe(true);
}

/** The rows of all tables, as their cells. */
function rows(document: string): string[][] {
  return document
    .split('\n')
    .filter((line) => /^\|.*\|$/.test(line) && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) => line.slice(1, -1).split(/(?<!\\)\|/))
    .map((cells) => cells.map((cell) => cell.trim()));
}

describe('the guide (A)', () => {
  const skill = text('SKILL.md');
  const description = skill.slice(0, skill.indexOf('license:'));

  test('A1: is used for what people ask about', () => {
    holds(
      description,
      ...['APIDot', 'integration', 'image', 'video', 'music', '3D', 'task_id', 'polling', 'task status API'],
      ...['callback_url', 'webhook', 'duplicate', 'storage', 'retries', 'result URLs', 'ownership', 'docs'],
      ...['models', 'examples'],
    );
  });

  test('A2: keeps keys and facts safe', () => {
    for (const document of [skill, ref('security')]) {
      holds(document, 'APIDOT_API_KEY', 'browser code', 'frontend bundles', 'public repositories', 'logs');
      holds(document, 'screenshots', 'chat output', 'secret manager', 'environment', 'live call');
    }
    holds(skill, 'invented facts', 'prices', 'availability', 'reliability', 'refunds', 'comparisons');
    holds(ref('apidot-api'), 'never guess a model-specific field', 'https://apidot.ai/models');
  });

  test('A3: tells the stable flow, in its order', () => {
    const order = ['current docs', 'documented async flow', 'data.task_id', 'task status api'];
    const places = [...order, 'callback_url', 'terminal success'].map((word) =>
      flat(skill).indexOf(word, flat(skill).indexOf('stable flow')),
    );
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    holds(skill, 'before waiting, retrying, polling or showing progress', 'never guess', 'example');
    holds(ref('polling-or-webhooks'), 'before waiting, retrying, polling or showing progress');
    holds(ref('polling-or-webhooks'), 'terminal success');
  });

  test('A4: polling: what is stored together, and when to stop', () => {
    const fields = ['task_id', 'selected model', 'request owner', 'request status', 'created time'];
    for (const name of ['polling', 'storage']) {
      const first = rows(ref(name)).map(([cell]) => cell!.replaceAll('`', ''));
      expect(first).toEqual(expect.arrayContaining([...fields, 'last checked time']));
    }
    holds(ref('polling'), 'local tests', 'admin tools', 'small backend jobs');
    holds(ref('polling'), 'users who stay in the session');
    holds(ref('polling'), 'moderate interval', 'terminal state', 'never block a user-facing request');
    holds(ref('polling'), 'unknown or delayed states are pending', 'Retry-After', 'jitter');
  });

  test('A5: webhooks', () => {
    holds(ref('webhooks'), 'callback_url', 'webhookUrl', 'page, the tab or the request', 'you control');
    holds(ref('webhooks'), 'unguessable', 'ownership', 'dedup', 'persist before work', 'fast 2xx', '202');
    holds(ref('webhooks'), 'no source that was read mentions a signature', 'hint', 'status query');
    holds(ref('webhooks'), 'idempotent', 'fallback sweep', 'sticky');
    holds(ref('webhooks'), '413', '405', 'by hand', 'out of order', 'never log');
    const log = rows(ref('webhooks')).find(([cell]) => cell === 'Never log')![1]!;
    holds(log, 'API keys', 'private prompts', 'source media URLs', 'result URLs', 'callback URLs');
  });

  test('A6: retries and failures', () => {
    const document = ref('retries-and-failures');
    holds(document, 'backoff', 'never retry an invalid payload unchanged');
    holds(document, 'submit retries apart from status retries');
    holds(document, 'reconcile', 'task_id', 'terminal statuses, error classes', 'current docs', 'timeout');
    holds(document, '429');
    holds(document, 'reconciling', 'idempotency key', 'credits');
  });

  test('A7: routes to what is current, in tables', () => {
    const cells = rows(skill).flat().join(' ');
    for (const page of ['docs', 'docs/quickstart', 'docs/webhooks', 'models'])
      expect(cells).toContain(`https://apidot.ai/${page}`);
    expect(cells).toContain('https://github.com/APIDotAI/apidot-examples');
    for (const name of ['apidot-image-generation-api', 'apidot-video-generation-api', 'apidot-ai-api'])
      expect(cells).toContain(`https://clawhub.ai/jiehao71727/${name}`);
    holds(skill, 'async workflow design across model families', 'image, video and broad skills');
  });

  test('A8: official links', () => {
    for (const link of [
      /https:\/\/apidot\.ai(?![/\w])/,
      /https:\/\/apidot\.ai\/dashboard\/api-key/,
      /https:\/\/github\.com\/APIDotAI(?![/\w])/,
      /support@apidot\.ai/,
    ])
      expect(skill).toMatch(link);
  });

  test('A9: the key of APIDot is declared and optional, and nothing is set up', () => {
    expect(skill).toMatch(/- name: APIDOT_API_KEY\n\s+required: false/);
    expect(skill).not.toMatch(/requires:\n(?:\s+bins:\n\s+- node\n)?\s+env:/);
    holds(skill, 'no key, no network and no setup');
  });
});

describe('facts about the services', () => {
  test('APIDot: endpoints, states, both result shapes, what is not documented', () => {
    const document = ref('apidot-api');
    holds(document, 'POST https://api.apidot.ai/api/generate/submit', 'Authorization: Bearer');
    holds(document, 'callback_url');
    holds(document, '/api/generate/status/{task_id}', '/api/generate/detail/music', 'audio_url', '3 days');
    holds(document, 'data.output.files[]', 'data.files[]', 'not_started', 'running', 'processing');
    holds(document, 'finished');
    holds(document, '--provider apidot', 'stays so', 'idempotency key', 'signature', 'balance');
    holds(document, 'rate limits');
  });

  test('AIVideoMaker: endpoints, headers, states, limits', () => {
    const document = ref('aivideomaker-api');
    for (const end of ['account', 'quote/{model}', 'generate/{model}', 'tasks/{taskId}/status'])
      holds(document, `/api/v1/${end}`);
    holds(document, 'PUT /api/v1/tasks/{taskId}/cancel', 'Idempotency-Key', 'X-Max-Credits', 'webhookUrl');
    holds(document, 'SUBMITTED', 'PROGRESS', 'COMPLETED', 'FAILED', 'CANCEL', '60 requests a minute');
    holds(document, '24 hours');
  });

  test('carry a date wherever they speak of money, and no tag of a source list', () => {
    for (const file of documents) {
      const sections = text(file).split(/^#+ /m);
      for (const section of sections) {
        if (/US\$|duration × \d|\bper second: /.test(section))
          expect(section, file).toMatch(/(?:March|April|September) 2026/);
      }
      expect(text(file)).not.toMatch(/\b(?:EX|SIB|DOC|TS|SK|OAS|MEAS|PLUG|DOC8|LLMS|P-DEV):|\/work\//);
    }
  });
});

describe('the shape of the documents', () => {
  test('examples are JSON', () => {
    for (const file of documents)
      for (const code of fences(text(file), 'json')) expect(() => JSON.parse(code), code).not.toThrow();
  });
});

describe('what the documents name exists, and what exists is named', () => {
  const table = rows(ref('envelope'));

  test('every exit code', () => {
    const heads = table.map(([cell]) => cell!).filter((cell) => /^[\d, ]+$/.test(cell));
    const listed = heads.flatMap((cell) => cell.split(',').map(Number));
    expect(listed.toSorted((a, b) => a - b)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
    for (const [, code] of all.matchAll(/(?:\bexits?(?: code)?|\bcode|# exit) (\d+)\b/gi))
      expect(Object.values(EXIT)).toContain(Number(code));
  });

  test('every error code, with its exit code', () => {
    const listed = table.filter(([cell]) => /^`[A-Z_]+`$/.test(cell!));
    const codes = listed.map(([cell, exit]) => [cell!.replaceAll('`', ''), Number(exit)]);
    expect(Object.fromEntries(codes)).toEqual(EXIT_OF_ERROR);
    expect(codes).toHaveLength(ERROR_CODES.length);
  });

  test('every environment variable, and no other word in capitals', () => {
    const code = text('scripts/src/cli/environment.ts');
    const read = new Set([...code.matchAll(/\b(?:env|way)\.([A-Z][A-Z_]+)\b/g)].map(([, name]) => name!));
    for (const { keyVariable, urlVariable } of PROFILES) read.add(keyVariable).add(urlVariable);
    expect(read.size).toBeGreaterThan(8);
    for (const name of read) expect(all.includes(`\`${name}\``), name).toBe(true);
    const ofBackend = text('assets/backend/src/config.ts').matchAll(/'([A-Z]+_[A-Z_]+)'/g);
    const previous = PROFILES.map(({ keyVariable }) => `${keyVariable}_PREVIOUS`);
    const own = [...ofBackend].map(([, name]) => name!);
    const known = new Set<string>([...read, ...ERROR_CODES, ...own, ...previous]);
    // Names of other people's things, and of constants in the examples.
    for (const name of ['NEXT_PUBLIC_', 'VITE_', 'UND_ERR_SOCKET', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'])
      known.add(name);
    const prose = documents.map((file) => text(file).replace(/^ *```ts\n[\s\S]*?^ *```/gm, ''));
    for (const [name] of prose.join('\n').matchAll(/\b[A-Z]+(?:_[A-Z]+)+_?/g))
      expect([...known]).toContain(name);
  });

  test('every flag', () => {
    for (const name of Object.keys(FLAGS)) expect(all.includes(`--${name}`), name).toBe(true);
    // Of the sandbox and of uvicorn, and the beginnings of Node's own.
    const others = ['port', 'folder', 'speed', 'no', 'tls', 'inspect'];
    for (const [, name] of all.replace(/^```text\n[\s\S]*?^```/gm, '').matchAll(/(?<![\w-])--([A-Za-z]\w*)/g))
      expect([...Object.keys(FLAGS), ...others]).toContain(name);
  });

  test('every model', async () => {
    const models = await listModels('aivideomaker');
    const heads = rows(ref('aivideomaker-api')).map(([cell]) => cell!);
    for (const model of AIVIDEOMAKER_MODELS) expect(heads).toContain(`\`${model}\``);
    const known = [...models, ...(await listModels('apidot'))];
    for (const [, model] of all.matchAll(/--model ([\w.-]+)/g)) expect(known).toContain(model);
  });
});

describe('the documents point into the code', () => {
  /** Files of assets/ that the documents name, each with the functions that are named with it: `f` and `g` in `file`. */
  const named = documents.flatMap((document) =>
    [
      ...text(document).matchAll(
        /((?:`\w+`(?:, | and )?)+) in `(assets\/[\w./-]+)`|(?<![\w./])(assets\/[\w./-]*\w)/g,
      ),
    ].map(([, functions = '', withFunctions, alone]) => ({
      document,
      file: withFunctions ?? alone!,
      functions: [...functions.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
    })),
  );

  test('there are many', () => {
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ functions }) => functions.length > 0).length).toBeGreaterThan(20);
  });

  test('every file exists, and declares the functions that are named with it', () => {
    for (const { document, file, functions } of named) {
      expect(existsSync(path.join(ROOT, file)), `${document}: ${file}`).toBe(true);
      for (const name of functions)
        expect(text(file), `${document}: ${name} in ${file}`).toMatch(
          new RegExp(`(?:function|const|FUNCTION|def) ${name}\\b`),
        );
    }
  });

  test.each([
    [
      '"add generation with callbacks to my Next.js app"',
      'references/webhooks.md',
      'create-backend.mjs ./backend',
    ],
    [
      '"my worker died in the middle of a submit"',
      'assets/backend/src/generations/reconciling.ts',
      'findStaleSubmits',
    ],
    ['"callbacks create duplicates"', 'assets/backend/src/generations/callbacks.ts', 'ON CONFLICT'],
    ['"two machines, one key, we get 429"', 'assets/backend/src/services/limiter.ts', 'paused_until'],
    [
      '"two users must not see each other\'s clips"',
      'assets/backend/src/generations/read.ts',
      'user_id = $1',
    ],
  ])('SKILL.md answers %s by the file that does it', (question, file, inFile) => {
    const row = rows(text('SKILL.md')).find(([asked]) => asked!.includes(question));
    expect(row?.[1]).toContain(file);
    expect(text(file)).toContain(inFile);
    expect(text('SKILL.md')).toContain('`node {baseDir}/scripts/create-backend.mjs ./backend`');
  });

  test("in a copied backend too, and what the backend's README names is there", async () => {
    const copy = path.join(tempFolder(), 'backend');
    const done = await run([copy], { entry: path.join(ROOT, 'scripts', 'create-backend.mjs') });
    expect(done.code, done.stderr).toBe(0);
    for (const { file } of named)
      if (file.startsWith('assets/backend/'))
        expect(existsSync(path.join(copy, path.relative('assets/backend', file))), file).toBe(true);
    const readme = readFileSync(path.join(copy, 'README.md'), 'utf8');
    const files = readdirSync(path.join(copy, 'src'), { recursive: true, encoding: 'utf8' });
    const places = [...readme.matchAll(/`((?:src|migrations|vendor|test)\/[\w./-]*)`/g)].map(
      ([, name]) => name!,
    );
    expect(places.length).toBeGreaterThan(20);
    for (const place of places) expect(existsSync(path.join(copy, place)), place).toBe(true);
    // `poll.ts` after a file of the same folder was named.
    const names = new Set(files.map((file) => path.basename(file)));
    for (const [, name] of readme.matchAll(/`([\w-]+\.ts)`/g)) expect([...names], name).toContain(name);
  });

  test('the SQL stands once: no document repeats a table or a statement', () => {
    for (const file of documents) {
      expect(text(file), file).not.toMatch(/^ *```(?:sql|pgsql)$/m);
      expect(text(file), file).not.toMatch(/CREATE TABLE|INSERT INTO|DELETE FROM|UPDATE \w+ SET/);
    }
  });

  test('every column, table, trigger and state that storage.md names is in the migrations', async () => {
    const known = new Set<string>(sql.match(/[a-z_]+/g));
    const [tables, states] = ref('storage').split(/^## States$/m) as [string, string];
    const columns = rows(tables)
      .filter((cells) => cells.length === 3 && cells[0] !== 'Field')
      .flatMap(([, cell]) => [...cell!.matchAll(/`(?:service_account\.)?(\w+)`/g)].map(([, name]) => name!));
    expect(columns.length).toBeGreaterThan(20);
    const others = [...states.split(/^## In/m)[0]!.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!);
    expect(others).toEqual(expect.arrayContaining(['generation_transition', 'submitting', 'saving']));
    for (const name of [...columns, ...others]) expect([...known], name).toContain(name);
  });
});

/** A module of the backend. Its packages are not installed here, so its types are not known either. */
const backend = (file: string) =>
  import(/* @vite-ignore */ pathToFileURL(path.join(ROOT, 'assets', 'backend', 'src', file)).href);

interface Queries {
  query<Row>(statement: string, values?: unknown[]): Promise<Row[]>;
}

const MIGRATIONS = path.join(ROOT, 'assets', 'backend', 'migrations');
const sql = readdirSync(MIGRATIONS)
  .sort()
  .map((file) => readFileSync(path.join(MIGRATIONS, file), 'utf8'))
  .join('\n');

describe('assets/python', () => {
  const PYTHON = ['settings.py', 'callbacks.py', 'poller.py'].map((file) => `assets/python/${file}`);
  const source = PYTHON.map(text).join('\n');
  /** The statements, by their names. */
  const statements = Object.fromEntries(
    [...source.matchAll(/^([A-Z]+) = (?:"""([\s\S]*?)"""|"([A-Z].* .*)")$/gm)].map(
      ([, name, long, short]) => [name!, long ?? short!],
    ),
  );
  const evened = (statement: string) =>
    statement
      .replace(/\s+/g, ' ')
      .replace(/ ?([()]) ?/g, '$1')
      .trim();
  let db: PGlite;
  let queries: Queries;

  beforeAll(async () => {
    db = await PGlite.create();
    await db.exec(sql);
    queries = {
      query: async <Row>(statement: string, values: unknown[] = []) =>
        (await db.query<Row>(statement, values)).rows,
    };
  });
  afterAll(() => db.close());
  beforeEach(() => db.exec('TRUNCATE generation, service_account CASCADE'));

  test('its statements are those of the backend, word for word', async () => {
    const spoken: string[] = [];
    const listener = {
      query: async (statement: string) => {
        spoken.push(statement);
        return [];
      },
    };
    const poll = { id: '', lease: '', wakes: 0 };
    const { recordCallback } = await backend('generations/callbacks.ts');
    const { claimPolls, recordRunning, pollLater, recordCompleted, recordFailed } =
      await backend('generations/polling.ts');
    const { giveToPerson } = await backend('generations/reconciling.ts');
    const { createLimiter } = await backend('services/limiter.ts');
    await recordCallback(listener, { provider: '', token: '' }, { taskId: '', state: '' });
    await claimPolls(listener, '', 1);
    await recordRunning(listener, poll, { isRunning: true, providerState: '', nextSeconds: 1 });
    await pollLater(listener, poll, 1);
    await recordCompleted(listener, '', [], {});
    await recordFailed(listener, '', { status: 'failed', code: null, message: null });
    await giveToPerson(listener, poll, '');
    const limiter = createLimiter(listener, { provider: '', account: '' }, null);
    await limiter.isOpen();
    await limiter.pause(null);
    await limiter.stop('');
    await limiter.succeeded();
    const known = spoken.map(evened);
    expect(Object.keys(statements)).toHaveLength(12);
    for (const [name, statement] of Object.entries(statements))
      expect(known, name).toContain(evened(statement));
  });

  test('PostgreSQL understands each of them', async () => {
    for (const [name, statement] of Object.entries(statements))
      await db.exec(`PREPARE ${name.toLowerCase()}_of_python AS ${statement}`);
  });

  test('it knows the account, the interval and the states as the backend does', () => {
    expect(text('assets/backend/src/services/service.ts')).toContain('JSON.stringify([key, baseUrl])');
    expect(source).toContain('json.dumps([KEY, BASE_URL], separators=(",", ":"))');
    expect(source).toContain('min(max(2, age / 30), 15)');
    expect(text('assets/backend/src/queue/poll.ts')).toContain('Math.min(Math.max(2, ageSeconds / 30), 15)');
    const states = /^STATES = (\{.*\})$/m.exec(source)![1]!;
    expect(JSON.parse(states)).toEqual(PROFILES.find(({ id }) => id === 'apidot')!.states);
  });

  const hasPython = spawnSync('python3', ['--version']).status === 0;
  test.runIf(hasPython)('it is Python (left out where there is no python3)', () => {
    const compile = 'import sys\nfor name in sys.argv[1:]: compile(open(name).read(), name, "exec")';
    const { status, stderr } = spawnSync(
      'python3',
      ['-c', compile, ...PYTHON.map((file) => path.join(ROOT, file))],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  describe('what the statements that once stood in these documents got wrong', () => {
    const hash = createHash('sha256').update('a-token-of-a-callback').digest('hex');
    const claimLost = async () =>
      (await backend('generations/reconciling.ts')).claimLost(queries, ACCOUNT, 10);
    const ACCOUNT = 'apidot:0123456789abcdef';
    const say = <Row>(name: string, ...values: unknown[]) => queries.query<Row>(statements[name]!, values);
    const callback = (taskId = 'task-1', state = 'PROGRESS') =>
      say<{ placed: number }>('RECORD', 'apidot', hash, taskId, state);
    const claim = (lease: string) =>
      say<{ id: string; lease: string; wakes: number }>('CLAIM', lease, ACCOUNT, 10, []);
    const [first, second] = ['11111111', '22222222'].map((part) => `${part}-0000-4000-8000-000000000000`) as [
      string,
      string,
    ];
    const row = async () => (await queries.query<Record<string, unknown>>('SELECT * FROM generation'))[0]!;

    /** A generation of APIDot; each value can be replaced. */
    async function generation(values: Record<string, unknown> = {}): Promise<void> {
      const columns = {
        ...{ id: crypto.randomUUID(), user_id: 'ann', idempotency_key: 'key-0001', body_hash: 'h' },
        ...{ provider: 'apidot', account: ACCOUNT, model: 'm', callback_hash: hash },
        ...{ submit_started_at: new Date(), submitted_at: new Date(), status: 'running', task_id: 'task-1' },
        ...values,
      };
      const names = Object.keys(columns);
      await queries.query(
        `INSERT INTO generation (${names}) VALUES (${names.map((_, n) => `$${n + 1}`)})`,
        Object.values(columns),
      );
    }

    test('fault 88: a callback leaves a live lease alone, so no second worker polls the task', async () => {
      await generation();
      const [poll] = await claim(first);
      const { leased_until } = await row();
      expect(await callback()).toEqual([{ placed: 1 }]);
      expect(await row()).toMatchObject({ lease: poll!.lease, leased_until, wakes: 1 });
      expect(await claim(second)).toEqual([]);
    });

    test('a callback that comes during a poll makes the next poll due at once', async () => {
      await generation();
      for (const end of ['RUNNING', 'LATER']) {
        const [poll] = await claim(first);
        await callback('task-1', end);
        const values = end === 'RUNNING' ? [true, 'running', 300] : [300, false];
        await say(end, poll!.id, poll!.lease, poll!.wakes, ...values);
        const [next] = await claim(second);
        expect(next, end).toMatchObject({ id: poll!.id, lease: second });
        // Without a callback meanwhile the interval holds.
        await say(end, next!.id, next!.lease, next!.wakes, ...values);
        expect(await claim(first), end).toEqual([]);
        await queries.query('UPDATE generation SET due_at = now(), woken_at = NULL');
      }
    });

    test('a lost submit that a callback wakes is claimed, with the task that was named', async () => {
      const later = new Date(Date.now() + 3_600_000);
      const lost = { task_id: null, submitted_at: null, lost_at: new Date(), due_at: later };
      await generation({ ...lost, status: 'reconciling' });
      expect(await claimLost()).toEqual([]);
      await callback('task-7', 'COMPLETED');
      expect(await claimLost()).toMatchObject([{ namedTasks: ['task-7'] }]);
    });

    test('a lost submit that waits for a person is claimed again when a callback names its task', async () => {
      const lost = { task_id: null, submitted_at: null, lost_at: new Date(), due_at: null };
      await generation({ ...lost, status: 'needs_attention', attention: 'its answer was lost' });
      await callback('task-7', 'COMPLETED');
      expect(await claimLost()).toMatchObject([{ namedTasks: ['task-7'] }]);
    });
  });
});

/** A fence of TypeScript as a module, with some names handed to it as globals. */
async function load<T>(code: string, globals: Record<string, unknown> = {}): Promise<T> {
  Object.assign(globalThis, globals);
  const { code: js } = transformSync(code, { loader: 'ts', format: 'esm' });
  return (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(js)}`)) as T;
}

test('the TypeScript of the documents has the right types', () => {
  const folder = path.join(ROOT, 'node_modules', '.fences');
  mkdirSync(folder, { recursive: true });
  try {
    const files = documents.flatMap((file) =>
      fences(text(file), 'ts').map((code, n) => {
        const name = `${path.basename(file, '.md')}-${n}.ts`;
        const session = 'declare function tokenOfSession(request: Request): Promise<string | null>;';
        const client = path.join(ROOT, 'scripts', 'client.mjs');
        const own = code
          .replace(/^ *import \{ tokenOfSession \}.*$/m, session)
          .replace('./vendor/scripts/client.mjs', client);
        writeFileSync(path.join(folder, name), own);
        return name;
      }),
    );
    expect(files.length).toBeGreaterThan(3);
    const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const flags =
      '--ignoreConfig --noEmit --strict --noUncheckedIndexedAccess --skipLibCheck --target es2022 --module nodenext --types node';
    execFileSync(process.execPath, [tsc, ...flags.split(' '), ...files], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    throw new Error(String((error as { stdout?: string }).stdout ?? error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('the TypeScript of the documents works', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('polling.md: waits for a stored task id, and leaves a task that runs on', async () => {
    const sandbox = await startSandbox({ folder: null, speed: 600 });
    const client = path.join(ROOT, 'scripts', 'client.mjs');
    const folder = tempFolder();
    try {
      const [code] = fences(ref('polling'), 'ts');
      const own = code!
        .replace('./vendor/scripts/client.mjs', pathToFileURL(client).href)
        .replace('process.env.APIDOT_API_KEY!', `'ak_documents', baseUrl: '${sandbox.origin}'`)
        .replace(`'media'`, JSON.stringify(folder));
      const { fileOf } = await load<{ fileOf(taskId: string, until: Date): Promise<string | undefined> }>(
        own,
      );
      const submit = async (prompt: string) => {
        const answer = await fetch(`${sandbox.origin}/api/generate/submit`, {
          method: 'POST',
          headers: { authorization: 'Bearer ak_documents', 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'gpt-image-2', input: { prompt } }),
        });
        return ((await answer.json()) as { data: { task_id: string } }).data.task_id;
      };
      const inTime = new Date(Date.now() + 25_000);
      expect(path.dirname((await fileOf(await submit('a lighthouse'), inTime))!)).toBe(folder);
      await expect(fileOf(await submit('x [sandbox:fail]'), inTime)).rejects.toThrow(/^FAILED: \w/);
      expect(await fileOf(await submit('x [sandbox:never]'), new Date())).toBeUndefined();
    } finally {
      await sandbox.close();
    }
  });

  test('webhooks.md: the route of a Next.js app forwards key, body and range as the signed-in user, and the answer as it is', async () => {
    const [rewrites, code] = fences(ref('webhooks'), 'ts') as [string, string];
    const { default: config } = await load<{
      default: { rewrites(): Promise<{ source: string; destination: string }[]> };
    }>(rewrites);
    expect(await config.rewrites()).toEqual([
      { source: '/v1/callbacks/:path*', destination: 'http://127.0.0.1:8080/v1/callbacks/:path*' },
    ]);
    const backend = await serve(({ method }) =>
      method === 'GET'
        ? { status: 206, headers: { 'content-range': 'bytes 0-3/9' }, body: 'clip' }
        : { status: 402, body: { detail: 'over' } },
    );
    const own = code
      .replace(/^ *import \{ tokenOfSession \}.*$/m, 'const { tokenOfSession } = globalThis;')
      .replace('http://127.0.0.1:8080', backend.origin);
    const tokenOfSession = vi.fn(async (): Promise<string | null> => 'token-of-ann');
    type Route = (request: Request) => Promise<Response>;
    const { GET, POST } = await load<{ GET: Route; POST: Route }>(own, { tokenOfSession });
    const submit = new Request('https://app.example/v1/generations', {
      method: 'POST',
      headers: { 'idempotency-key': 'press-0001', 'content-type': 'application/json', cookie: 'session=1' },
      body: '{"model":"m"}',
    });
    const answer = await POST(submit);
    expect([answer.status, await answer.json()]).toEqual([402, { detail: 'over' }]);
    // Without a body there is no type: the backend takes no text.
    await POST(new Request('https://app.example/v1/generations/7/cancel', { method: 'POST' }));
    const part = await GET(
      new Request('https://app.example/v1/generations/7/files/1?n=2', { headers: { range: 'bytes=0-3' } }),
    );
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 0-3/9',
      'clip',
    ]);
    const authorization = 'Bearer token-of-ann';
    expect(backend.received).toMatchObject([
      {
        path: '/v1/generations',
        headers: { authorization, 'idempotency-key': 'press-0001', 'content-type': 'application/json' },
        body: '{"model":"m"}',
      },
      { path: '/v1/generations/7/cancel', headers: { authorization }, body: '' },
      { path: '/v1/generations/7/files/1?n=2', headers: { authorization, range: 'bytes=0-3' } },
    ]);
    expect(backend.received[0]!.headers).not.toHaveProperty('cookie');
    expect(backend.received[1]!.headers).not.toHaveProperty('content-type');
    tokenOfSession.mockResolvedValueOnce(null);
    expect((await GET(new Request('https://app.example/v1/generations'))).status).toBe(401);
    expect(backend.received).toHaveLength(3);
  });
});
