import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { transformSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT, EXIT_OF_ERROR } from '../scripts/src/cli/exit-codes.ts';
import { FLAGS } from '../scripts/src/cli/flags.ts';
import { listModels } from '../scripts/src/contracts/contract.ts';
import { ERROR_CODES } from '../scripts/src/model/failure.ts';
import { PROFILES } from '../scripts/src/providers/registry.ts';
import { ROOT } from './support/command.ts';
import { AIVIDEOMAKER_MODELS } from './support/models.ts';

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
    const order = [
      'current docs',
      'documented async flow',
      'data.task_id',
      'task status api',
      'callback_url',
    ];
    const places = [...order, 'terminal success'].map((word) =>
      flat(skill).indexOf(word, flat(skill).indexOf('stable flow')),
    );
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    holds(skill, 'before waiting, retrying, polling or showing progress', 'never guess', 'example');
    holds(
      ref('polling-or-webhooks'),
      'before waiting, retrying, polling or showing progress',
      'terminal success',
    );
  });

  test('A4: polling: what is stored together, and when to stop', () => {
    const fields = ['task_id', 'selected model', 'request owner', 'request status', 'created time'];
    for (const name of ['polling', 'storage']) {
      const first = rows(ref(name)).map(([cell]) => cell!.replaceAll('`', ''));
      expect(first).toEqual(expect.arrayContaining([...fields, 'last checked time']));
    }
    holds(
      ref('polling'),
      'local tests',
      'admin tools',
      'small backend jobs',
      'users who stay in the session',
    );
    holds(ref('polling'), 'moderate interval', 'terminal state', 'never block a user-facing request');
    holds(ref('polling'), 'unknown or delayed states are pending', 'Retry-After', 'jitter');
  });

  test('A5: webhooks', () => {
    holds(ref('webhooks'), 'callback_url', 'webhookUrl', 'page, the tab or the request', 'you control');
    holds(ref('webhooks'), 'unguessable', 'ownership', 'dedup', 'persist before work', 'fast 2xx', '202');
    holds(
      ref('webhooks'),
      'no source that was read mentions a signature',
      'hint',
      'status query',
      'idempotent',
      'fallback sweep',
      'sticky',
    );
    holds(ref('webhooks'), '413', '405', 'by hand', 'out of order', 'never log');
    const log = rows(ref('webhooks')).find(([cell]) => cell === 'Never log')![1]!;
    holds(log, 'API keys', 'private prompts', 'source media URLs', 'result URLs', 'callback URLs');
  });

  test('A6: retries and failures', () => {
    const document = ref('retries-and-failures');
    holds(
      document,
      'backoff',
      'never retry an invalid payload unchanged',
      'submit retries apart from status retries',
    );
    holds(
      document,
      'reconcile',
      'task_id',
      'terminal statuses, error classes',
      'current docs',
      'timeout',
      '429',
    );
    holds(document, 'submit_unknown', 'idempotency key', 'credits');
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
    holds(
      document,
      'POST https://api.apidot.ai/api/generate/submit',
      'Authorization: Bearer',
      'callback_url',
    );
    holds(document, '/api/generate/status/{task_id}', '/api/generate/detail/music', 'audio_url', '3 days');
    holds(
      document,
      'data.output.files[]',
      'data.files[]',
      'not_started',
      'running',
      'processing',
      'finished',
    );
    holds(
      document,
      '--provider apidot',
      'stays so',
      'idempotency key',
      'signature',
      'balance',
      'rate limits',
    );
  });

  test('AIVideoMaker: endpoints, headers, states, limits', () => {
    const document = ref('aivideomaker-api');
    for (const end of ['account', 'quote/{model}', 'generate/{model}', 'tasks/{taskId}/status'])
      holds(document, `/api/v1/${end}`);
    holds(document, 'PUT /api/v1/tasks/{taskId}/cancel', 'Idempotency-Key', 'X-Max-Credits', 'webhookUrl');
    holds(
      document,
      'SUBMITTED',
      'PROGRESS',
      'COMPLETED',
      'FAILED',
      'CANCEL',
      '60 requests a minute',
      '24 hours',
    );
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
  test('each reference is under 200 lines and linked from SKILL.md', () => {
    for (const file of references) {
      expect(text(file).split('\n').length, file).toBeLessThan(200);
      expect(text('SKILL.md'), file).toContain(file);
    }
  });

  test('relative links resolve', () => {
    for (const file of documents) {
      for (const [, target] of text(file).matchAll(/\]\((?!https?:)([^)#]+)/g))
        expect(existsSync(path.join(ROOT, path.dirname(file), target!)), `${file}: ${target}`).toBe(true);
    }
  });

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
    const known = new Set<string>([...read, ...ERROR_CODES]);
    // Names of other people's things, and of constants in the examples.
    for (const name of ['NEXT_PUBLIC_', 'VITE_', 'UND_ERR_SOCKET', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'])
      known.add(name);
    const prose = documents.map((file) => text(file).replace(/^ *```(?:ts|sql|pgsql)\n[\s\S]*?^ *```/gm, ''));
    for (const [name] of prose.join('\n').matchAll(/\b[A-Z]+(?:_[A-Z]+)+_?/g))
      expect([...known]).toContain(name);
  });

  test('every flag', () => {
    for (const name of Object.keys(FLAGS)) expect(all.includes(`--${name}`), name).toBe(true);
    // Of the sandbox, and the beginnings of Node's own.
    const others = ['port', 'folder', 'speed', 'tls', 'inspect'];
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

const [schema] = fences(ref('storage'), 'sql');
/** The parametrised statements of the storage document, by what they begin with. */
const statements = {
  claim: statement('WITH due'),
  apply: statement('UPDATE generation_task\nSET status = CASE'),
  file: statement('INSERT INTO result_file'),
  adopt: statement('UPDATE generation_task SET task_id = $2'),
  stranded: statement("UPDATE generation_task SET status = 'submit_unknown'"),
  expiring: statement('SELECT generation_id, position, source_url'),
  read: statement('SELECT f.position'),
};

function statement(start: string): string {
  const found = fences(ref('storage'), 'pgsql').filter((code) => code.startsWith(start));
  expect(found, start).toHaveLength(1);
  return found[0]!;
}

describe('the tables', () => {
  let db: PGlite;
  let owner: string;
  let other: string;

  beforeAll(async () => {
    db = await PGlite.create();
    await db.exec(schema!);
  }, 60_000);
  afterAll(() => db.close());
  beforeEach(async () => {
    await db.exec('TRUNCATE app_user, generation_task, callback_event, result_file CASCADE');
    [owner, other] = (await ids('INSERT INTO app_user DEFAULT VALUES RETURNING id', 2)) as [string, string];
  });

  async function ids(sql: string, times: number): Promise<string[]> {
    const made: string[] = [];
    for (let n = 0; n < times; n += 1) made.push((await db.query<{ id: string }>(sql)).rows[0]!.id);
    return made;
  }

  /** A row with a task, of which each value can be replaced. */
  async function task(values: Record<string, unknown> = {}): Promise<string> {
    const row = {
      ...{ owner_id: owner, provider: 'apidot', key_ref: 'main', model: 'm', idempotency_key: 'key-0001' },
      ...{ task_id: 'task-1', status: 'running' },
      ...values,
    };
    const names = Object.keys(row);
    const { rows } = await db.query<{ id: string }>(
      `INSERT INTO generation_task (${names}) VALUES (${names.map((_, i) => `$${i + 1}`)}) RETURNING id`,
      Object.values(row),
    );
    return rows[0]!.id;
  }
  const set = (id: string, column: string, value: unknown) =>
    db.query(`UPDATE generation_task SET ${column} = $2 WHERE id = $1`, [id, value]);
  const one = async (id: string) =>
    (await db.query<Record<string, unknown>>('SELECT * FROM generation_task WHERE id = $1', [id])).rows[0]!;
  const addFile = (id: string, position = 1, url = 'https://a.example/1.mp4') =>
    db.query(statements.file, [id, position, url, 'video', new Date(Date.now() + 3_600_000)]);

  test.each(['finished', 'failed', 'cancelled'])('%s is final, and says when it ended', async (status) => {
    const id = await task();
    await set(id, 'status', status);
    expect((await one(id)).ended_at).toBeInstanceOf(Date);
    for (const later of ['running', 'pending', 'finished', 'failed', 'cancelled'].filter((s) => s !== status))
      await expect(set(id, 'status', later)).rejects.toThrow(/has ended/);
    expect((await one(id)).status).toBe(status);
  });

  test('a submit that was rejected or given up is final, a task that was accepted cannot become one', async () => {
    for (const [n, status] of ['rejected', 'abandoned'].entries()) {
      const id = await task({ task_id: null, status: 'submit_unknown', idempotency_key: `key-000${n}` });
      await set(id, 'status', status);
      await expect(set(id, 'status', 'submitting')).rejects.toThrow(/has ended/);
    }
    const taken = await task({ idempotency_key: 'key-0009' });
    for (const status of ['submitting', 'submit_unknown', 'rejected', 'abandoned'])
      await expect(set(taken, 'status', status)).rejects.toThrow(/already accepted/);
  });

  test('only known states, and none after the submit without a task', async () => {
    await expect(task({ status: 'queued' })).rejects.toThrow(/check/);
    await expect(task({ provider: 'elsewhere' })).rejects.toThrow(/check/);
    await expect(task({ task_id: null })).rejects.toThrow(/check/);
    const id = await task({ task_id: null, status: 'submitting' });
    await expect(set(id, 'status', 'pending')).rejects.toThrow(/check/);
  });

  test('duplicates are refused: a key of one owner, a task of one provider', async () => {
    await task();
    await expect(task({ task_id: 'task-2' })).rejects.toThrow(/unique/);
    await expect(task({ owner_id: other })).rejects.toThrow(/unique/);
    await task({ owner_id: other, task_id: 'task-2' });
    await task({ provider: 'aivideomaker' });
  });

  test('owner, key and task of a row never change', async () => {
    const id = await task();
    await expect(set(id, 'owner_id', other)).rejects.toThrow(/never change/);
    await expect(set(id, 'task_id', 'task-9')).rejects.toThrow(/never change/);
    await expect(set(id, 'task_id', null)).rejects.toThrow();
    await expect(set(id, 'idempotency_key', 'key-0002')).rejects.toThrow(/never change/);
  });

  test('results come only after success, belong to the owner of the task, and carry an end', async () => {
    const id = await task();
    await expect(addFile(id)).rejects.toThrow(/finished generations only/);
    await set(id, 'status', 'finished');
    const insert = (owns: string, expires: Date | null) =>
      db.query(
        `INSERT INTO result_file (generation_id, position, owner_id, source_url, expires_at) VALUES ($1, 7, $2, 'u', $3)`,
        [id, owns, expires],
      );
    await expect(insert(other, new Date())).rejects.toThrow(/foreign key/);
    await expect(insert(owner, null)).rejects.toThrow(/check/);
    await insert(owner, new Date());
    const nobody = { owner_id: '00000000-0000-4000-8000-000000000000', task_id: 'task-2' };
    await expect(task(nobody)).rejects.toThrow(/foreign key/);
  });

  test('a result that comes again renews the link, until the file is saved', async () => {
    const id = await task({ status: 'finished' });
    await addFile(id);
    await addFile(id, 1, 'https://a.example/again.mp4');
    const file = async () => (await db.query('SELECT * FROM result_file')).rows;
    expect(await file()).toMatchObject([{ source_url: 'https://a.example/again.mp4', owner_id: owner }]);
    await db.exec(`UPDATE result_file SET storage_key = 'k', stored_at = now()`);
    await addFile(id, 1, 'https://a.example/late.mp4');
    expect(await file()).toMatchObject([{ source_url: 'https://a.example/again.mp4', storage_key: 'k' }]);
    expect((await db.query(statements.read, [id, owner])).rows).toHaveLength(1);
    expect((await db.query(statements.read, [id, other])).rows).toHaveLength(0);
  });

  test('fault 72: the sweep claims what is due, once, and applies a status only to what has not ended', async () => {
    expect(statements.claim).toContain('FOR UPDATE SKIP LOCKED');
    const due = await task();
    await task({
      task_id: 'task-2',
      idempotency_key: 'key-0002',
      next_check_at: new Date(Date.now() + 60_000),
    });
    await task({ task_id: 'task-3', idempotency_key: 'key-0003', status: 'finished' });
    expect((await db.query(statements.claim, [10])).rows).toMatchObject([{ id: due, check_count: 1 }]);
    expect((await db.query(statements.claim, [10])).rows).toEqual([]);
    const apply = (status: string) => db.query(statements.apply, [due, status, status, null, 10]);
    expect((await apply('running')).rows).toHaveLength(1);
    // A word that nobody knows counts as pending, and takes nothing back.
    await apply('pending');
    expect(await one(due)).toMatchObject({ status: 'running', provider_status: 'pending' });
    expect((await apply('finished')).rows).toEqual([{ id: due, owner_id: owner }]);
    expect((await apply('running')).rows).toEqual([]);
    expect((await apply('failed')).rows).toEqual([]);
    expect(await one(due)).toMatchObject({ status: 'finished' });
  });

  test('what a dead process left behind is found, and files whose link ends soon', async () => {
    const old = { task_id: null, status: 'submitting', created_at: new Date(Date.now() - 3_600_000) };
    const id = await task(old);
    await task({ task_id: null, status: 'submitting', idempotency_key: 'key-0002' });
    expect((await db.query(statements.stranded)).rows).toEqual([{ id }]);
    expect((await db.query(statements.adopt, [id, 'task-lost'])).rows).toEqual([{ id }]);
    expect(await one(id)).toMatchObject({ status: 'pending', task_id: 'task-lost' });
    expect((await db.query(statements.adopt, [id, 'task-other'])).rows).toEqual([]);
    const done = await task({ status: 'finished', idempotency_key: 'key-0003' });
    await addFile(done);
    expect((await db.query(statements.expiring)).rows).toMatchObject([{ generation_id: done, position: 1 }]);
  });

  describe('the submit', () => {
    type Submit = (request: object, key: string, host: string) => Promise<string | null>;
    let submitOnce: Submit;
    beforeAll(async () => {
      const [code] = fences(ref('retries-and-failures'), 'ts');
      const own = code!.replace(/^import \{ db \}.*$/m, 'const { db } = globalThis;');
      submitOnce = (await load<{ submitOnce: Submit }>(own, { db })).submitOnce;
    });
    afterEach(() => vi.unstubAllGlobals());

    const submitting = (answer: () => Response | Promise<Response>) => {
      const fetched = vi.fn(async (_: string, __: RequestInit) => answer());
      vi.stubGlobal('fetch', fetched);
      return {
        fetched,
        submit: () => submitOnce({ owner, click: 'click-0001', model: 'm', input: {} }, 'k', 'a.example'),
      };
    };
    const json =
      (body: object, status = 200) =>
      () =>
        new Response(JSON.stringify(body), { status });

    test('writes the row first, sends once for each click, and stores the task', async () => {
      const { fetched, submit } = submitting(json({ code: 200, data: { task_id: 'task-9' } }));
      const id = await submit();
      expect(await one(id!)).toMatchObject({ status: 'pending', task_id: 'task-9', model: 'm' });
      expect(await submit()).toBeNull();
      expect(fetched).toHaveBeenCalledTimes(1);
      const sent = JSON.parse(String(fetched.mock.calls[0]![1].body)) as { callback_url: string };
      expect(sent.callback_url).toMatch(/^https:\/\/a\.example\/api\/callbacks\/[\w-]{43}$/);
    });

    test.each([
      ['rejected', json({ code: 402, error: {} }, 402), 'rejected'],
      ['rejected inside HTTP 200', json({ code: 400 }), 'rejected'],
      ['an error', json({ code: 500 }, 500), 'submit_unknown'],
      ['no task id', json({ code: 200, data: {} }), 'submit_unknown'],
      [
        'no answer',
        () => {
          throw new TypeError('fetch failed');
        },
        'submit_unknown',
      ],
    ])('%s: nothing is sent again', async (_, answer, status) => {
      const { fetched, submit } = submitting(answer);
      expect(await one((await submit())!)).toMatchObject({ status, task_id: null });
      expect(fetched).toHaveBeenCalledTimes(1);
    });

    test('a row that the sweep gave up meanwhile still gets its task', async () => {
      const { submit } = submitting(async () => {
        await db.query("UPDATE generation_task SET status = 'submit_unknown'");
        return json({ code: 200, data: { task_id: 'task-9' } })();
      });
      expect(await one((await submit())!)).toMatchObject({ status: 'pending', task_id: 'task-9' });
    });
  });

  describe('the callback handler', () => {
    const token = 'Zr0yQw3k1v5m7o9q1s3u5w7y9A1C3E5G7I9K1M3O5Q7';
    const token_hash = createHash('sha256').update(token).digest('hex');
    let handler: {
      POST(request: Request, context: { params: Promise<{ token: string }> }): Promise<Response>;
    };
    let id: string;

    beforeAll(async () => {
      handler = await load(
        fences(ref('webhooks'), 'ts')[0]!.replace(/^import \{ db \}.*$/m, 'const { db } = globalThis;'),
        {
          db,
        },
      );
    });
    beforeEach(async () => {
      const later = new Date(Date.now() + 600_000);
      id = await task({ callback_token_sha256: token_hash, next_check_at: later });
    });

    async function post(body: string | Uint8Array, path = token): Promise<{ status: number; said: unknown }> {
      const request = new Request('https://app.example/', { method: 'POST', body: body as string });
      const response = await handler.POST(request, { params: Promise.resolve({ token: path }) });
      return { status: response.status, said: await response.json() };
    }
    const events = async () =>
      (await db.query('SELECT task_id, claimed_state, deliveries FROM callback_event ORDER BY id')).rows;
    const isDue = async () => ((await one(id)).next_check_at as Date).getTime() <= Date.now() + 3_000;

    test('faults 67, 71: records the event once, counts deliveries, makes the task due, and believes nothing', async () => {
      const body = JSON.stringify({
        data: { task_id: 'task-1', status: 'finished', files: [{ file_url: 'u' }] },
      });
      expect(await post(body)).toEqual({ status: 200, said: { ok: true, duplicate: false } });
      expect(await post(body)).toEqual({ status: 200, said: { ok: true, duplicate: true } });
      expect(await events()).toEqual([{ task_id: 'task-1', claimed_state: 'finished', deliveries: 2 }]);
      expect(await isDue()).toBe(true);
      expect((await one(id)).status).toBe('running');
    });

    test('takes every form of body: flat, empty, no JSON, hostile', async () => {
      for (const body of [
        '{"taskId":"task-1","status":"PROGRESS"}',
        '',
        '<html>',
        '[null]',
        '{"status":{"a":1}}',
      ])
        expect((await post(body)).status).toBe(200);
      expect((await post('{"task_id":"../x?y","status":"x\\u0000"}')).status).toBe(200);
      expect(await events()).toEqual([
        { task_id: 'task-1', claimed_state: 'PROGRESS', deliveries: 1 },
        { task_id: '', claimed_state: 'unknown', deliveries: 5 },
      ]);
    });

    test('fault 69: answers 202 for an unknown path or a task that is not its own, and keeps nothing', async () => {
      expect((await post('{"task_id":"task-1"}', 'unknown')).status).toBe(202);
      expect((await post('{"task_id":"task-2"}')).status).toBe(202);
      expect(await events()).toEqual([]);
      expect(await isDue()).toBe(false);
    });

    test('fault 68: leaves a task that has ended as it is', async () => {
      await set(id, 'status', 'finished');
      expect((await post('{"task_id":"task-1","status":"failed"}')).status).toBe(200);
      expect(await isDue()).toBe(false);
      expect((await one(id)).status).toBe('finished');
    });

    test('names the task of a submit whose answer was lost', async () => {
      const lost = createHash('sha256').update('lost').digest('hex');
      await task({
        ...{
          task_id: null,
          status: 'submit_unknown',
          idempotency_key: 'key-0002',
          callback_token_sha256: lost,
        },
      });
      expect((await post('{"data":{"task_id":"task-7","status":"finished"}}', 'lost')).status).toBe(200);
      expect(await events()).toMatchObject([{ task_id: 'task-7' }]);
    });

    test('fault 73: answers 413 to a large body and 503 without a database, and logs no secret', async () => {
      expect((await post(new Uint8Array(2 * 1024 * 1024 + 1))).status).toBe(413);
      const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
      const query = vi.spyOn(db, 'query').mockRejectedValueOnce(new Error(`no database ${token}`));
      expect((await post('{"task_id":"task-1"}')).status).toBe(503);
      expect(JSON.stringify(logged.mock.calls)).not.toContain(token);
      query.mockRestore();
      logged.mockRestore();
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
        const db = 'declare const db: { query(text: string, values: unknown[]): Promise<{ rows: any[] }> };';
        writeFileSync(path.join(folder, name), code.replace(/^import \{ db \}.*$/m, db));
        return name;
      }),
    );
    expect(files.length).toBeGreaterThan(2);
    const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const flags =
      '--ignoreConfig --noEmit --strict --noUncheckedIndexedAccess --skipLibCheck --target es2022 --module nodenext --types node';
    execFileSync(process.execPath, [tsc, ...flags.split(' '), ...files], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    throw new Error(String((error as { stdout?: string }).stdout ?? error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

describe('the poller', () => {
  interface TaskStatus {
    state: string;
    providerState: string;
    urls: string[];
    error: string | null;
  }
  interface Poller {
    PollFailed: new (message: string, transient: boolean, retryAfterS?: number) => Error;
    fetchStatus(taskId: string, key: string): Promise<TaskStatus>;
    interval(n: number, retryAfterS?: number, random?: () => number): number;
    waitForEnd(
      poll: () => Promise<Partial<TaskStatus>>,
      onStatus: (status: TaskStatus) => Promise<void>,
      deadlineMs: number,
      sleep: (ms: number) => Promise<void>,
      now: () => number,
    ): Promise<TaskStatus | null>;
  }
  let poller: Poller;
  beforeAll(async () => {
    poller = await load<Poller>(fences(ref('polling'), 'ts')[0]!);
  });
  afterEach(() => vi.unstubAllGlobals());

  const answer = (body: unknown, init: ResponseInit = {}) => {
    const fetched = vi.fn(
      async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), init),
    );
    vi.stubGlobal('fetch', fetched);
    return fetched;
  };
  const status = (data: Record<string, unknown>) => answer({ code: 200, data: { task_id: 't', ...data } });

  test('reads both result shapes, encodes the id, and follows no redirect', async () => {
    const file = { file_url: 'https://a.example/1.mp4', file_type: 'video' };
    const fetched = status({ status: 'finished', output: { files: [file] }, error_message: null });
    const seen = { state: 'finished', providerState: 'finished', urls: [file.file_url], error: null };
    expect(await poller.fetchStatus('a/b', 'k')).toEqual(seen);
    const [url, init] = fetched.mock.calls[0] as unknown as [string, RequestInit];
    expect(url).toBe('https://api.apidot.ai/api/generate/status/a%2Fb');
    expect(init).toMatchObject({ redirect: 'error', headers: { authorization: 'Bearer k' } });
    for (const data of [
      { files: [file] },
      { files: [file], output: null },
      { files: [file], output: { files: [] } },
    ]) {
      status({ status: 'finished', ...data });
      expect(await poller.fetchStatus('t', 'k')).toEqual(seen);
    }
    status({ status: 'finished', files: [{ audio_url: 'https://a.example/1.mp3' }] });
    expect((await poller.fetchStatus('t', 'k')).urls).toEqual(['https://a.example/1.mp3']);
  });

  test.each([
    ['not_started', 'pending'],
    ['running', 'running'],
    ['processing', 'running'],
    ['failed', 'failed'],
    ['paused', 'pending'],
    ['constructor', 'pending'],
  ])('takes %s for %s', async (word, state) => {
    status({ status: word });
    expect(await poller.fetchStatus('t', 'k')).toMatchObject({ state, providerState: word });
  });

  test.each([
    [{ code: 401, error: { message: 'no' } }, { status: 401 }, false, 0],
    [{ code: 429 }, { status: 200 }, true, 0],
    [{ code: 429 }, { status: 429, headers: { 'retry-after': '7' } }, true, 7],
    ['<html>', { status: 502 }, true, 0],
    ['<html>', { status: 200 }, true, 0],
    [{ code: 200 }, { status: 200 }, true, 0],
  ])('an answer %j with %j is a poll that failed', async (body, init, transient, retryAfterS) => {
    answer(body, init);
    await expect(poller.fetchStatus('t', 'k')).rejects.toMatchObject({ transient, retryAfterS });
  });

  test('the interval grows to a cap, with jitter, and never goes below what the service asks for', () => {
    expect(poller.interval(0, 0, () => 0.5)).toBe(5_000);
    expect(poller.interval(50, 0, () => 0.5)).toBe(30_000);
    for (const random of [0, 0.5, 1])
      expect(poller.interval(0, 60, () => random)).toBeGreaterThanOrEqual(60_000);
  });

  test('a failed poll does not end the wait, the deadline does not end the task', async () => {
    let clock = 0;
    const sleep = async (ms: number) => {
      clock += ms;
    };
    const words = ['pending', null, 'running', 'finished'];
    const poll = async () => {
      const state = words.shift();
      if (state === undefined || state === null) throw new poller.PollFailed('no answer', true, 3);
      return { state };
    };
    const seen: string[] = [];
    const onStatus = async ({ state }: { state: string }) => {
      seen.push(state);
    };
    expect(await poller.waitForEnd(poll, onStatus, 600_000, sleep, () => clock)).toEqual({
      state: 'finished',
    });
    expect(seen).toEqual(['pending', 'running', 'finished']);
    clock = 0;
    const slow = async () => ({ state: 'running' });
    expect(await poller.waitForEnd(slow, onStatus, 60_000, sleep, () => clock)).toEqual({ state: 'running' });
    expect(clock).toBeLessThanOrEqual(60_000);
    const refused = async () => {
      throw new poller.PollFailed('401', false);
    };
    await expect(poller.waitForEnd(refused, onStatus, 60_000, sleep, () => clock)).rejects.toThrow('401');
  });
});
