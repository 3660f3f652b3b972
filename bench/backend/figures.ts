// `npm run figures`: what the backend does in figures, beside their goals. Names run some of them: `npm run figures posts`.
import { makeCopy } from '../../test/backend/support/install.ts';
import { callbacks } from './callbacks.ts';
import { firstClip } from './first-clip.ts';
import { posts } from './posts.ts';
import { rows } from './rows.ts';
import { running } from './running.ts';

const ALL = { 'first-clip': firstClip, posts, callbacks, running, rows };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(ALL, name));
if (unknown.length > 0)
  throw new Error(`${unknown.join(', ')}: the figures are ${Object.keys(ALL).join(', ')}`);
const { folder, remove } = makeCopy();
try {
  for (const [name, run] of Object.entries(ALL)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n${name}`);
    await run(folder);
  }
} finally {
  remove();
}
