// Real files and requests; time is played.
import { describe, expect, it } from 'vitest';
import { pollWithPermit } from '../../scripts/src/core/fetch-status.ts';
import { RateLimiter } from '../../scripts/src/stores/file/rate-limiter.ts';
import { tempFolder } from '../support/command.ts';
import { serve } from '../support/server.ts';
import { sessionWith } from './session.ts';

async function place() {
  const server = await serve(() => ({ body: '{"status":"PROGRESS"}' }));
  const session = sessionWith(server.origin);
  const folder = tempFolder();
  const pace = () => new RateLimiter(folder, 'service.test', session.clock);
  return { server, session, pace };
}

describe('a look at the end of the time', () => {
  it('right after the last one is not made, and nothing is said to be wrong', async () => {
    const { server, session, pace } = await place();
    const own = pace();
    expect(await pollWithPermit(session, own, 'ckx1', 5_000)).toMatchObject({ state: 'PROGRESS' });
    session.clock.now += 100;
    expect(await pollWithPermit(session, own, 'ckx1', session.clock.now)).toBeNull();
    expect(server.received).toHaveLength(1);
  });

  it('fault 51: that others left no turn for is told', async () => {
    const { server, session, pace } = await place();
    await pace().acquire();
    expect(await pollWithPermit(session, pace(), 'ckx1', session.clock.now)).toBe('crowded');
    expect(server.received).toHaveLength(0);
  });
});
