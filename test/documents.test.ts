import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTIONS } from '../scripts/src/cli/command-line/flags.ts';
import { EXIT, EXIT_WORDS, ONE_CHARGE } from '../scripts/src/cli/exit-codes.ts';
import { quoteWord } from '../scripts/src/model/shell-word.ts';
import { startSandbox } from '../scripts/src/sandbox/server.ts';
import { runShell } from './command/shell.ts';
import { ROOT, T2V, tempFolder } from './support/command.ts';
import { PNG } from './support/media.ts';

const references = readdirSync(path.join(ROOT, 'references')).map((file) => `references/${file}`);
const documents = ['SKILL.md', 'README.md', 'CONTRIBUTING.md', 'contracts/README.md', ...references];
const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Printed {
  file: string;
  command: string;
  /** The exit code that the document announces; 0 where it says nothing. */
  exit: number;
}

/** Where a script that a document names lies: an agent puts the skill's folder there, quoted for its shell. */
const scriptPath = (script: string): string => path.join(ROOT, 'scripts', script);

/** Every command line in a fence that is marked as shell. */
function printed(file: string): Printed[] {
  const fences = [...text(file).matchAll(/^( *)```sh\n([\s\S]*?)^ *```/gm)].map(([, , code]) => code!);
  return fences
    .flatMap((code) => code.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, command, exit] = /^(.*?)(?:\s+# exit (\d+))?$/.exec(line)!;
      return { file, command: command!, exit: Number(exit ?? 0) };
    });
}

/** What the table of SKILL.md puts after the script's name: in a row, the flags of commands that are run one after the other. */
function asked(): { ask: string; command: string }[] {
  const table = /^\| The user asks \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(text('SKILL.md'))![1]!;
  return table.split('\n').flatMap((row) => {
    const [, ask, answer] = /^\| (.*?) \| (.*) \|$/.exec(row) ?? [];
    const flags = [...(answer ?? '').matchAll(/`(--(?:action|model|provider) [^`]*)`/g)];
    return flags.map(([, flag]) => ({
      ask: ask!,
      command: `node {baseDir}/scripts/run-workflow.mjs ${flag}`,
    }));
  });
}

const commands = documents.flatMap(printed);
const ours = commands.filter(({ command }) => command.startsWith('node '));
const lasting = ours.filter(({ command }) => command.includes('sandbox.mjs'));
const ending = ours.filter((one) => !lasting.includes(one));

const TIMEOUT_MS = 120_000;
// The file that references/batches.md shows.
const SHOTS = /```jsonl\n([\s\S]*?)```/.exec(text('references/batches.md'))![1]!;
// As the row of SKILL.md on a last frame makes it.
const LAST_FRAME = {
  ...{ content: 'the sun rises', duration: 5 },
  lastFrameUrl: `data:image/png;base64,${PNG.toString('base64')}`,
};
// A file of the sandbox lasts a simulated day: twice as long as a test may take, however busy the machine is.
const SPEED = (24 * 3_600_000) / (2 * TIMEOUT_MS);

describe('every command that is printed', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  /** Its task has ended, and its clock stands still: the file is always there. */
  let ended: typeof sandbox;
  let taskId: string;
  /** Its tasks stay SUBMITTED for as long as the tests run. */
  let slow: typeof sandbox;
  const places = mkdtempSync(path.join(tmpdir(), 'amw documents '));

  beforeAll(async () => {
    // In place of the live service: what a document shows as a live command runs against this.
    sandbox = await startSandbox({ folder: null, speed: SPEED });
    slow = await startSandbox({ folder: null, speed: 1 });
    let now = Date.now();
    ended = await startSandbox({ folder: null, speed: SPEED, now: () => now });
    taskId = await submitted(ended.origin);
    now += 10_000;
  });
  afterAll(async () => {
    rmSync(places, { recursive: true, force: true });
    await Promise.all([sandbox.close(), slow.close(), ended.close()]);
  });

  async function submitted(origin: string): Promise<string> {
    const answer = await fetch(`${origin}/api/v1/generate/t2v`, {
      method: 'POST',
      headers: { key: 'ak_documents', 'content-type': 'application/json' },
      body: JSON.stringify(T2V),
    });
    return ((await answer.json()) as { taskId: string }).taskId;
  }

  test('there are some, and the others are npm scripts that exist', () => {
    expect(ending.length).toBeGreaterThan(8);
    const scriptsOf = (file: string) =>
      Object.keys((JSON.parse(text(file)) as { scripts: Record<string, string> }).scripts);
    // Those of this package, and of the backend that a document has just copied.
    const names = [
      'ci',
      'cit',
      'install',
      ...scriptsOf('package.json'),
      ...scriptsOf('assets/backend/package.json'),
    ];
    for (const { command } of commands) {
      if (command.startsWith('node ') || command === 'cd ../backend') continue;
      expect(names, command).toContain(/^npm (?:run )?(\S+)$/.exec(command)?.[1]);
    }
  });

  const inTable = asked().map(({ command }) => ({ file: 'SKILL.md', command, exit: 0 }));
  test('what the user asks, by the table of SKILL.md', () => {
    expect(inTable.length).toBeGreaterThan(12);
  });

  test.concurrent.each([...ending, ...inTable].map((one) => [one.file, one.command, one.exit] as const))(
    '%s: %s',
    async (_, command, exit) => {
      const cwd = path.join(mkdtempSync(path.join(places, 'run-')), 'here');
      mkdirSync(cwd);
      // What a reader runs in the skill's own folder runs in one here: it must not be copied into.
      const isHere = command.startsWith('node scripts/create-backend.mjs');
      for (const part of isHere ? ['scripts', 'assets', 'contracts'] : [])
        cpSync(path.join(ROOT, part), path.join(cwd, part), { recursive: true });
      const isCancel = command.includes('cancelTask');
      const { origin } = isCancel ? slow : /<task_id>|<taskId>|<id>/.test(command) ? ended : sandbox;
      const id = isCancel ? await submitted(origin) : taskId;
      const payload = command.includes('--model minimax ') ? LAST_FRAME : T2V;
      writeFileSync(path.join(cwd, 'payload.json'), JSON.stringify(payload));
      writeFileSync(path.join(cwd, 'photo.jpg'), PNG);
      writeFileSync(path.join(cwd, 'ideas.txt'), 'a lighthouse\nfog\nwaves\nrain\nsnow\n');
      writeFileSync(path.join(cwd, 'shots.jsonl'), SHOTS);
      const line = command
        .replace(/^node (?:\{baseDir\}\/)?scripts\/(\S+)/, (_, script) =>
          isHere ? `node scripts/${script}` : `node ${quoteWord(scriptPath(script))}`,
        )
        .replaceAll(/<task_id>|<taskId>|<id>/g, id)
        .replaceAll('<model>', 't2v');
      const env = {
        AIVIDEO_BASE_URL: origin,
        AIVIDEO_API_KEY: 'ak_documents',
        APIDOT_BASE_URL: origin,
        APIDOT_API_KEY: 'ak_documents',
        ASYNC_MEDIA_STATE_DIR: path.join(cwd, 'state'),
      };
      const done = await runShell(line, { cwd, env });
      expect(done.code, done.stderr + done.stdout).toBe(exit);
      const isText = /--help|--version|create-backend/.test(line);
      if (!isText) expect(Object.keys(JSON.parse(done.stdout))).toHaveLength(7);
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    'README.md: its command, run twice, is one task, and the second run ends at once and says so',
    async () => {
      const cwd = mkdtempSync(path.join(places, 'twice '));
      const [{ command } = { command: '' }] = printed('README.md').filter((one) =>
        one.command.startsWith('node '),
      );
      expect(command).toContain('--sandbox');
      const line = command.replace('scripts/run-workflow.mjs', quoteWord(scriptPath('run-workflow.mjs')));
      const runs = [];
      for (let n = 0; n < 2; n += 1) {
        const done = await runShell(line, { cwd, env: { ASYNC_MEDIA_STATE_DIR: path.join(cwd, 'state') } });
        expect(done.code, done.stderr).toBe(0);
        runs.push({ stderr: done.stderr, envelope: JSON.parse(done.stdout) });
      }
      const [first, second] = runs as [(typeof runs)[0], (typeof runs)[0]];
      expect(first.envelope.data).not.toHaveProperty('reused');
      expect(second.envelope).toMatchObject({ ok: true, status: 'COMPLETED', data: { reused: true } });
      expect(second.envelope.taskId).toBe(first.envelope.taskId);
      expect(second.envelope.data.files).toEqual(first.envelope.data.files);
      // It waited for nothing: neither for the task nor for a file.
      expect(first.stderr).toMatch(/downloading/);
      expect(second.stderr).not.toMatch(/PROGRESS|downloading/);
    },
    TIMEOUT_MS,
  );

  test.each(lasting.map((one) => [one.file, one.command] as const))('%s: %s', async (_, command) => {
    const [, script, flags] = /^node \{baseDir\}\/scripts\/(\S+)(.*)$/.exec(command)!;
    const line = `node ${quoteWord(scriptPath(script!))}${flags!.replace('--port 8787', '--port 0')}`;
    const child = spawn('sh', ['-c', `exec ${line}`], {
      cwd: tempFolder(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const first = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data) => resolve(String(data))),
    );
    child.kill('SIGTERM');
    expect(JSON.parse(first)).toMatchObject({ origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    expect(await exitOf(child)).toBe(0);
  });
});

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', resolve));
}

describe('what the documents name', () => {
  const all = documents.map(text).join('\n');

  // Codes, flags, variables and models: test/references.test.ts; and each command that is printed is run.
  test('its actions exist, and they are all there are', () => {
    for (const [, action] of all.matchAll(/--action ([A-Za-z]+)/g)) expect(ACTIONS).toContain(action);
    for (const action of ACTIONS.filter((name) => name !== 'generate')) expect(all).toContain(action);
  });

  test.each(['SKILL.md', 'references/envelope.md'])('%s says of each exit code what --help says', (file) => {
    const plain = (words: string) => words.replaceAll('`', '').replace(/\s+/g, ' ');
    expect(plain(text(file))).toContain(plain(ONE_CHARGE));
    for (const name of Object.keys(EXIT) as (keyof typeof EXIT)[]) {
      const row = text(file)
        .split('\n')
        .find((line) => new RegExp(`^\\| (\\d+, )*${EXIT[name]}(, \\d+)* \\|`).test(line));
      expect(plain(row ?? ''), String(EXIT[name])).toContain(plain(EXIT_WORDS[name].means));
      expect(plain(row ?? ''), String(EXIT[name])).toContain(plain(EXIT_WORDS[name].next));
    }
  });

  test('links inside the package resolve, and no reference is an orphan', () => {
    const linked = new Set<string>();
    for (const file of documents) {
      for (const [, target] of text(file).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)) {
        const to = path.join(path.dirname(file), target!);
        expect(() => readFileSync(path.join(ROOT, to)), `${file} links to ${target}`).not.toThrow();
        linked.add(to);
      }
    }
    for (const file of references) expect(text('SKILL.md')).toContain(file);
  });

  test('README.md has the picture of the flow, each module, and where it is installed', () => {
    const readme = text('README.md');
    expect([...readme.matchAll(/^```mermaid$/gm)]).toHaveLength(1);
    for (const word of ['on record?', 'SUBMIT_OUTCOME_UNKNOWN', 'scripts/lib/', '`src/`, in `scripts/`'])
      expect(readme).toContain(word);
    const folders = readdirSync(path.join(ROOT, 'scripts/src'), { withFileTypes: true });
    const modules = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const named = [...readme.matchAll(/^\| `(\w+)\/(?:file\/)?` \|/gm)].map(([, name]) => name!);
    expect(named).toEqual(expect.arrayContaining(modules));
    for (const place of ['openclaw skills install', '.claude/skills/', '.agents/skills/'])
      expect(readme).toContain(`${place}`);
  });

  test.each(['README.md', 'CONTRIBUTING.md', 'LICENSE', 'contracts/README.md', 'references/sandbox.md'])(
    '%s names places that exist',
    (file) => {
      const place =
        /(?<![\w./-])(?:(?:scripts|test|bench|contracts|references|\.ci)\/[\w./-]*\w\/?|model\/[\w-]+\.ts|cli\/[\w-]+\.ts)/g;
      const prose = text(file).replace(/^```[\s\S]*?^```/gm, '');
      for (const [name] of prose.matchAll(place)) {
        const at = /^(model|cli)\//.test(name) ? path.join('scripts/src', name) : name;
        expect(existsSync(path.join(ROOT, at)), name).toBe(true);
      }
    },
  );

  test('CONTRIBUTING.md names files, folders and words of the code that are there', () => {
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
    const code = tracked.filter((file) => /\.(ts|py)$/.test(file) && existsSync(path.join(ROOT, file)));
    const words = new Set(code.flatMap((file) => text(file).match(/[A-Za-z]\w+/g) ?? []));
    const named = [...text('CONTRIBUTING.md').matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!);
    // As it is written there, a place may begin in a folder that the sentence names.
    const places = named.filter((name) => /^[\w./-]+(\.\w{2,5}|\/)$/.test(name));
    const isThere = (name: string) => tracked.some((file) => `/${file}`.includes(`/${name}`));
    // The backend's copy of this folder is made, not tracked.
    expect(places.filter((name) => name !== 'vendor/' && !isThere(name))).toEqual([]);
    const identifiers = named.filter((name) => /^([a-z]+[A-Z]\w*|[A-Z]+_?[A-Z_]+)$/.test(name));
    expect(identifiers.filter((name) => !words.has(name))).toEqual([]);
    expect([places.length, identifiers.length].every((count) => count > 30)).toBe(true);
  });

  test('SKILL.md stays within its limits', () => {
    const skill = text('SKILL.md');
    expect(skill.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
    const description = /description: >-\n((?: {2}.*\n)+)/.exec(skill)![1]!.replace(/\s+/g, ' ').trim();
    expect(description.length).toBeLessThanOrEqual(1024);
    expect(description).not.toMatch(/[<>]/);
    // The reference validator of the format reads no flow style.
    expect(/^---\n([\s\S]*?)\n---/.exec(skill)![1]).not.toMatch(/[{[]/);
    for (const file of references) expect(text(file).split('\n').length, file).toBeLessThan(200);
  });
});
