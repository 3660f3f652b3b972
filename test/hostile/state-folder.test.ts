// The built command, with its records in folders that others could change.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../scripts/src/cli/exit-codes.ts';
import { envelopeOf, live, run, T2V_ARGS, tempFolder } from '../support/command.ts';
import { service } from '../support/service.ts';

const OTHER_USER = 12_345;

const isRoot = process.getuid?.() === 0;

interface Folder {
  what: string;
  needsRoot?: boolean;
  /** Makes the state folder, and returns the one in it, or it itself, that is not safe. */
  make(state: string): string;
  repair: RegExp;
}

const FOLDERS: Folder[] = [
  {
    what: 'every user can write to',
    make: (state) => {
      mkdirSync(state);
      chmodSync(state, 0o777);
      return state;
    },
    repair: /^chmod o-w /,
  },
  {
    what: 'every user can write to the records in',
    make: (state) => {
      const records = path.join(state, 'records');
      mkdirSync(records, { recursive: true });
      chmodSync(records, 0o1777);
      return records;
    },
    repair: /^chmod o-w /,
  },
  {
    what: 'every user can write to the records of an earlier version in',
    make: (state) => {
      const journal = path.join(state, 'journal');
      mkdirSync(journal, { recursive: true });
      chmodSync(journal, 0o1777);
      return journal;
    },
    repair: /^chmod o-w /,
  },
  {
    what: 'belongs to another user',
    needsRoot: true,
    make: (state) => {
      mkdirSync(state);
      chownSync(state, OTHER_USER, OTHER_USER);
      return state;
    },
    repair: /^chown "\$\(id -un\)" /,
  },
];

describe('fault 101: a state folder that', () => {
  it.for(FOLDERS)(
    '$what is refused before anything is sent; its repair makes it work',
    async (folder, { skip }) => {
      const { needsRoot = false, make, repair } = folder;
      skip(needsRoot && !isRoot, 'only root can give a folder to another user');
      const server = await service();
      const state = path.join(tempFolder(), "anybody's folder");
      const unsafe = make(state);
      const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: state });
      const refused = await run(T2V_ARGS, { env });
      expect(refused.code).toBe(EXIT.badInput);
      expect(server.received).toEqual([]);
      const { errorMessage, data, status } = envelopeOf(refused);
      expect(status).toBe('FAILED');
      expect(errorMessage).toContain(unsafe);
      expect(data.issues).toMatchObject([{ path: 'ASYNC_MEDIA_STATE_DIR' }]);
      const [command] = data.nextSteps as string[];
      expect(command).toMatch(repair);
      expect(spawnSync('sh', ['-c', command!], { encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
      const done = await run(T2V_ARGS, { env });
      expect(done.code, done.stdout).toBe(0);
      expect(server.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
    },
  );

  it('is not safe is not read either: nothing in it is believed', async () => {
    const server = await service();
    const state = tempFolder();
    const env = live(server.origin, { ASYNC_MEDIA_STATE_DIR: state });
    expect((await run(T2V_ARGS, { env })).code).toBe(0);
    const before = server.received.length;
    chmodSync(state, 0o777);
    const all = await Promise.all(
      [
        T2V_ARGS,
        ['--action', 'listPending'],
        ['--action', 'waitTask', '--all'],
        ['--action', 'forget', '--taskId', 'task1'],
      ].map((args) => run(args, { env })),
    );
    for (const one of all) {
      expect(one.code, one.stdout).toBe(EXIT.badInput);
      expect(envelopeOf(one).errorMessage).toContain(state);
    }
    expect(server.received).toHaveLength(before);
  });
});
