// The entry: written so that even an old Node can read it and say what it lacks.
const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number);

if (major > 20 || (major === 20 && (minor > 18 || (minor === 18 && patch >= 1)))) {
  import('./cli/main.ts').then(({ main }) => main());
} else {
  const message = `Node 20.18.1 or newer is needed; this is ${process.versions.node}.`;
  process.stdout.write(
    `${JSON.stringify({
      ok: false,
      status: 'FAILED',
      taskId: null,
      data: { nextSteps: ['Install a current Node from https://nodejs.org and run the same command again.'] },
      errorCode: 'UNKNOWN_ERROR',
      errorMessage: message,
      retryAfter: null,
    })}\n`,
  );
  process.exitCode = 2;
}
