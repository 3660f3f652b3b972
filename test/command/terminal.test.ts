import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ENTRY, live, T2V_ARGS, tempFolder } from '../support/command.ts';
import { FakeTerminal } from '../support/screen.ts';
import { service } from '../support/service.ts';

// Runs a command with its standard error on a pseudo terminal of so many columns, and prints what came there.
const ON_A_TERMINAL = `
import fcntl, os, pty, struct, subprocess, sys, termios
main, side = pty.openpty()
fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=side, close_fds=True)
os.close(side)
out = b''
while True:
    try:
        piece = os.read(main, 65536)
    except OSError:
        break
    if not piece: break
    out += piece
child.wait()
sys.stdout.buffer.write(out)
sys.exit(child.returncode)
`;
const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;

function onTerminal(columns: number, args: readonly string[], env: Record<string, string | undefined>) {
  const child = spawn('python3', ['-c', ON_A_TERMINAL, String(columns), process.execPath, ENTRY, ...args], {
    cwd: tempFolder(),
    env: {
      PATH: process.env.PATH,
      HOME: tempFolder(),
      ASYNC_MEDIA_STATE_DIR: tempFolder(),
      TERM: 'xterm',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += piece;
  });
  return new Promise<{ code: number | null; text: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, text: text.replaceAll('\r\n', '\n') })),
  );
}

/** A service whose task runs for three polls. */
const slow = () =>
  service({ status: (_, { count }) => ({ body: { status: count < 3 ? 'PROGRESS' : 'COMPLETED' } }) });
const ARGS = [...T2V_ARGS, '--download', 'out'];

describe.runIf(hasPython)('a real terminal', () => {
  it('draws one line in place, and leaves the lines that stay', async () => {
    const server = await slow();
    const { code, text } = await onTerminal(70, ARGS, live(server.origin));
    expect(code).toBe(0);
    const screen = new FakeTerminal(70);
    screen.write(text);
    expect(screen.lines.filter(Boolean)).toEqual(['task task1 SUBMITTED']);
    expect(text).toMatch(/\r\u001b\[Ktask task1 (SUBMITTED|PROGRESS)/);
    // Neither a colour nor anything else but moves and erasures.
    expect(text.match(/\u001b\[[\d;?]*[a-z]/gi)!.every((one) => /^\u001b\[(K|J|\d+A)$/.test(one))).toBe(true);
  });

  it.each([
    ['TERM=dumb', { TERM: 'dumb' }],
    ['CI', { CI: 'true' }],
  ])('%s: lines, as where no terminal is', async (_, env) => {
    const server = await slow();
    const { code, text } = await onTerminal(70, ARGS, { ...live(server.origin), ...env });
    expect(code).toBe(0);
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/^task task1 SUBMITTED\n/);
    expect(text).toMatch(/\ntask task1 downloading\n$/);
  });

  it('NO_COLOR changes nothing, and a terminal that says it has no columns is drawn on too', async () => {
    const server = await slow();
    const { code, text } = await onTerminal(0, ARGS, { ...live(server.origin), NO_COLOR: '1', CI: 'false' });
    expect(code).toBe(0);
    expect(text).toMatch(/\r\u001b\[K/);
    expect(text).not.toMatch(/\u001b\[[\d;]*m/);
  });
});
