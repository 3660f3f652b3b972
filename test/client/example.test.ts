// The example of README.md, as it is printed, in a process of its own.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ROOT, tempFolder } from '../support/command.ts';

const run = promisify(execFile);

test('E1: the example of 15 lines makes a clip, against the sandbox', async () => {
  const example = /```js\n([\s\S]*?)\n```/.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8'))![1]!;
  const code = example.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//'));
  expect(code.length).toBeLessThanOrEqual(15);
  const cwd = tempFolder();
  const client = pathToFileURL(path.join(ROOT, 'scripts', 'client.mjs')).href;
  const program = example
    .replace("'./scripts/client.mjs'", JSON.stringify(client))
    // Faster than the reader's.
    .replace('startSandbox()', 'startSandbox({ speed: 3000 })');
  expect(program).toContain('speed: 3000');
  writeFileSync(path.join(cwd, 'example.mjs'), program);
  const { stdout, stderr } = await run(process.execPath, ['example.mjs'], { cwd });
  expect(stdout).toMatch(/COMPLETED[\s\S]*sha256: '[0-9a-f]{64}'/);
  expect(stderr).toBe('');
  expect(readdirSync(path.join(cwd, 'sandbox-out'))).toEqual([expect.stringMatching(/\.mp4$/)]);
});
