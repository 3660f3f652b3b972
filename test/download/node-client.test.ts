// The tests of downloads once more, as they run in the process of another program: files come through Node's own client.
import { PROCESS } from '../core/session.ts';

PROCESS.ownsProcess = false;
await import('./download.test.ts');
await import('./resume.test.ts');
