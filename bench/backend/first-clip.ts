import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startProgram } from '../../test/backend/support/program.ts';
import { report, reportLoad } from './report.ts';

/** From `npm start` of an installed copy, with nothing else, to a stored sandbox clip. */
export async function firstClip(copy: string): Promise<void> {
  const data = mkdtempSync(path.join(tmpdir(), 'amw-figures-'));
  const started = performance.now();
  const program = startProgram(copy, data, {}, ['npm', 'start']);
  const seconds = () => ((performance.now() - started) / 1_000).toFixed(1);
  try {
    const url = await program.listening;
    const listens = seconds();
    const headers = {
      authorization: 'Bearer demo-token',
      'content-type': 'application/json',
      'idempotency-key': 'the-first-clip',
    };
    const payload = { prompt: 'a lighthouse at dawn', aspectRatio: '16:9', duration: '5' };
    const body = JSON.stringify({ provider: 'aivideomaker', model: 't2v', payload });
    const made = (await (await fetch(`${url}/v1/generations`, { method: 'POST', headers, body })).json()) as {
      id: string;
    };
    let status = '';
    while (status !== 'succeeded') {
      await new Promise((resolve) => setTimeout(resolve, 100));
      ({ status } = (await (await fetch(`${url}/v1/generations/${made.id}`, { headers })).json()) as {
        status: string;
      });
      if (status === 'failed' || status === 'needs_attention') throw new Error(`the clip is ${status}`);
    }
    report(
      'npm start to the first stored clip',
      `listens after ${listens} s, clip after ${seconds()} s`,
      'one command',
      true,
    );
    reportLoad();
  } finally {
    process.kill(-program.child.pid!, 'SIGTERM');
    await program.ended;
    rmSync(data, { recursive: true, force: true });
  }
}
