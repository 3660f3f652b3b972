import type { StopSignal } from './cli/exit-codes.ts';

// The entry: written so that even an old Node can read it and say what it lacks.
const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number);

if (major > 20 || (major === 20 && (minor > 18 || (minor === 18 && patch >= 1)))) {
  // Signals that come before the program is loaded, which is to answer them.
  const early: StopSignal[] = [];
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(name, () => early.push(name));
  // A failure of the run itself is not caught here: the document of that call may have been written.
  import('./cli/main.ts').then(
    ({ main }) => main(early),
    (error) => {
      const message = `A part of this program cannot be loaded: ${error instanceof Error ? error.message : error}`;
      refuse(message, 'Install the whole folder again: scripts/ is not complete, or cannot be read.', 70);
    },
  );
} else {
  const message = `Node 20.18.1 or newer is needed; this is ${process.versions.node}.`;
  refuse(message, 'Install a current Node from https://nodejs.org and run the same command again.', 2);
}

function refuse(errorMessage: string, nextStep: string, exitCode: number): void {
  const data = { nextSteps: [nextStep] };
  const error = { errorCode: 'UNKNOWN_ERROR', errorMessage, retryAfter: null };
  const document = { ok: false, status: 'FAILED', taskId: null, data, ...error };
  process.stdout.write(`${JSON.stringify(document)}\n`);
  process.exitCode = exitCode;
}
