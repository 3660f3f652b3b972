import path from 'node:path';
import { ROOT } from '../../support/command.ts';

/**
 * Records as the first released form of the journal wrote them, kept byte for byte: one request in each state that it
 * knew. The prompt of each names that state (see `version-1.test.ts`).
 */
export const VERSION_1 = path.join(ROOT, 'test', 'stores', 'file', 'fixtures', 'version-1');
