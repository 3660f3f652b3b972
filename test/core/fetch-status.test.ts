// Real files and requests; the clock is simulated.
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
  const limiter = () => new RateLimiter(folder, 'service.test', session.clock);
  return { server, session, limiter };
}

describe('a status query at the end of the wait', () => {
  it('is not sent right after the last one, and that is no failure', async () => {
    const { server, session, limiter } = await place();
    const own = limiter();
    expect(await pollWithPermit(session, own, 'ckx1', 5_000)).toMatchObject({ state: 'PROGRESS' });
    session.clock.now += 100;
    expect(await pollWithPermit(session, own, 'ckx1', session.clock.now)).toBeNull();
    expect(server.received).toHaveLength(1);
  });

  it('fault 51: is not sent without a permit, and the result says so', async () => {
    const { server, session, limiter } = await place();
    await limiter().acquire();
    expect(await pollWithPermit(session, limiter(), 'ckx1', session.clock.now)).toBe('crowded');
    expect(server.received).toHaveLength(0);
  });
});
