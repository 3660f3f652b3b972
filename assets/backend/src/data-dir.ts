import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Config, ConfigError } from './config.ts';

const MIB = 1024 * 1024;
// A new cluster takes 40 MiB, a further segment of its log 16. Where they do not fit, it neither opens nor fails.
const NEW_DATABASE_BYTES = 80 * MIB;
const DATABASE_BYTES = 20 * MIB;

/**
 * Makes the folder, and checks that it can be written to and has space for the embedded database. With a database and a
 * bucket, the API alone writes nothing there.
 * @param freeBytes how many bytes may still be written there
 * @throws ConfigError
 */
export async function checkDataDir(
  { dataDir, databaseUrl, s3, role }: Config,
  freeBytes = freeBytesOf,
): Promise<void> {
  if (databaseUrl !== null && s3 !== null && role === 'api') return;
  try {
    await makeFolder(dataDir);
    // With the slash, a file is none.
    await access(`${dataDir}/`, constants.W_OK);
  } catch (error) {
    throw new ConfigError('DATA_DIR', `is no folder to write to: ${(error as Error).message}`);
  }
  if (databaseUrl !== null) return;
  const needed = (await isThere(join(dataDir, 'database', 'cluster'))) ? DATABASE_BYTES : NEW_DATABASE_BYTES;
  const free = await freeBytes(dataDir);
  if (free < needed)
    throw new ConfigError(
      'DATA_DIR',
      `has ${Math.floor(free / MIB)} MiB free, and the embedded database needs ${needed / MIB}: free some, or name a folder of another disk`,
    );
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Not `mkdir` with `recursive`: that one never ends in a folder like /proc, which is there and takes no folder. */
async function makeFolder(folder: string): Promise<void> {
  if (await isThere(folder)) return;
  await makeFolder(dirname(folder));
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    // Another process was faster.
    if (error.code !== 'EEXIST') throw error;
  });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
