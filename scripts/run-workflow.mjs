// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/run-workflow.ts
var [major = 0, minor = 0, patch = 0] = process.versions.node.split(".").map(Number);
if (major > 20 || major === 20 && (minor > 18 || minor === 18 && patch >= 1)) {
  const early = [];
  for (const name of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(name, () => early.push(name));
  import("./lib/main.mjs").then(
    ({ main }) => main(early),
    (error) => {
      const message = `A part of this program cannot be loaded: ${error instanceof Error ? error.message : error}`;
      refuse(message, "Install the whole folder again: scripts/ is not complete, or cannot be read.", 70);
    }
  );
} else {
  const message = `Node 20.18.1 or newer is needed; this is ${process.versions.node}.`;
  refuse(message, "Install a current Node from https://nodejs.org and run the same command again.", 2);
}
function refuse(errorMessage, nextStep, exitCode) {
  const data = { nextSteps: [nextStep] };
  const error = { errorCode: "UNKNOWN_ERROR", errorMessage, retryAfter: null };
  const document = { ok: false, status: "FAILED", taskId: null, data, ...error };
  process.stdout.write(`${JSON.stringify(document)}
`);
  process.exitCode = exitCode;
}
