import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkReachable, closedFolders } from './support/reachable.ts';

test('a folder that the user of the test database may not enter is named, with what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backend-reachable-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const inner = join(folder, 'open', 'closed');
  await mkdir(inner, { recursive: true });
  await writeFile(join(inner, 'file'), '');
  await chmod(join(folder, 'open'), 0o711);
  await chmod(inner, 0o750);
  // What is above the folder is up to the machine.
  const below = (await closedFolders(join(inner, 'file'))).filter((path) => path.startsWith(folder));
  expect(below).toEqual([folder, inner]);
  const remedy = `chmod o+x ${(await closedFolders(inner)).join(' ')}`;
  await expect(checkReachable(inner)).rejects.toThrow(remedy);
  for (const path of below) await chmod(path, 0o711);
  expect((await closedFolders(inner)).filter((path) => path.startsWith(folder))).toEqual([]);
});
