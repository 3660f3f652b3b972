import { Failure } from '../model/failure.ts';
import { isLoopback } from '../model/service-address.ts';
import { AdvisedFailure } from './advised-failure.ts';
import type { CheckedBatch } from './batch/read-batch.ts';
import type { Call } from './call.ts';
import { type Arguments, guessAction, parseArguments } from './command-line/arguments.ts';
import { checkInterval } from './command-line/check-flags.ts';
import { isAboutTask, isLocal, isSubmit, takesPayload } from './command-line/flags.ts';
import { readFlags } from './command-line/read-flags.ts';
import { type Environment, overrule, readEnvironment, redraws, secretsIn } from './environment.ts';
import { EXIT, EXIT_OF_SIGNAL, type StopSignal } from './exit-codes.ts';
import { Interruption } from './interruption.ts';
import { finishWith, printText, screen } from './output.ts';
import { type Progress, watch } from './progress.ts';
import { type Caller, callerOf } from './render/caller.ts';
import { failed, inSandbox, type Outcome, withWarnings } from './render/envelope.ts';
import { bugOutcome, interruptedOutcome } from './render/stopped.ts';

declare const VERSION: string;

/**
 * Runs one call of the command: it always writes one document to standard output and sets an exit code.
 * @param early signals that came before the call
 */
export async function main(early: readonly StopSignal[]): Promise<void> {
  const argv = process.argv.slice(2);
  const secrets = secretsIn(process.env);
  const overruled = overrule(process.env);
  const progress = await startProgress(secrets);
  const interruption = new Interruption(progress.situation, early);
  const call: Call = { argv, progress, interruption, secrets, overruled, request: null, warnings: [] };
  const onBug = (error: unknown) => {
    progress.clear();
    void finishWith(warned(bugOf(error, call), call), secrets);
    process.exitCode = EXIT.bug;
    // The answer is written: nothing that still runs may keep the process.
    interruption.stop();
  };
  process.on('uncaughtException', onBug);
  process.on('unhandledRejection', onBug);

  let outcome: Outcome;
  try {
    const args = parseArguments(argv);
    if (args.version) return printText(VERSION);
    if (args.help) return printText((await import('./command-line/help.ts')).helpText(VERSION));
    const caller = callerOf(args, argv);
    call.caller = caller;
    outcome = await runAction(call, args, caller);
    const { isInterrupted, envelope } = outcome;
    const signal = interruption.received;
    // What needs no service is not interrupted: it is done at once.
    if (signal && (isInterrupted || isLocal(args.action))) {
      const data = { ...envelope.data, interruptedBy: signal };
      outcome = { ...outcome, exitCode: EXIT_OF_SIGNAL[signal], envelope: { ...envelope, data } };
    }
  } catch (error) {
    // After a bug, nothing that still runs may keep the process.
    if (!(error instanceof Failure)) interruption.stop();
    outcome = await outcomeOfError(error, call);
  }
  outcome = warned(outcome, call);
  progress.clear();
  // A result counts as delivered only when the whole document was written: until then `listPending` shows it. This runs
  // last: a process that is killed earlier has delivered nothing.
  if (!(await finishWith(outcome, secrets))) return;
  process.once('exit', () => {
    outcome.onWritten?.();
    // Nothing is left to do. Without this call Node first takes the heap apart, a tenth of the time of a short command.
    process.exit();
  });
}

/** Runs the action of a call. Loads only the modules that it needs. */
async function runAction(call: Call, args: Arguments, caller: Caller): Promise<Outcome> {
  const { action } = args;
  const environment = readEnvironment(process.env, args);
  if (action === 'listModels') return (await import('./actions/describe.ts')).describeAll(args);
  if (action === 'describeModel')
    return (await import('./actions/describe.ts')).describeOne(args, args.model!);
  // Without a folder for records, these two are refused above.
  if (isLocal(action)) return (await fromRecords(call, args, caller, environment))!;
  return runServiceAction(call, args, caller, environment);
}

async function fromRecords({ progress }: Call, args: Arguments, caller: Caller, environment: Environment) {
  const { answerFromRecords } = await import('./actions/records.ts');
  return answerFromRecords(args, caller, environment, progress.line);
}

async function runServiceAction(call: Call, args: Arguments, caller: Caller, environment: Environment) {
  const { interruption, overruled } = call;
  const { situation, line: warn } = call.progress;
  for (const text of overruled) warn(text);
  call.warnings = overruled;
  situation.taskId = args.taskId ?? null;
  const { signal } = interruption;
  signal.throwIfAborted();
  const loopback = args.sandbox || (environment.baseUrl !== undefined && isLoopback(environment.baseUrl));
  checkInterval(args.pollInterval, loopback);
  let batch: CheckedBatch | null = null;
  if (args.batch !== undefined) {
    const { readBatch } = await import('./batch/read-batch.ts');
    batch = await readBatch(args, caller, loopback, signal);
  } else if (takesPayload(args.action)) {
    call.request = await (await import('./request/read-request.ts')).readRequest(args, loopback, signal);
  }
  try {
    if (!args.sandbox && environment.key === undefined) {
      const { action, taskId } = args;
      const isRecorded = action === 'spending' || (action === 'cancelTask' && taskId === undefined);
      const known = isRecorded && (await fromRecords(call, args, caller, environment));
      if (known) return known;
      throw new Failure('AUTH_FAILED', 'No key is set, so no live call is made.', {
        reason: { kind: 'keyMissing' },
      });
    }
    const { runLive } = await import('./actions/live.ts');
    return await runLive({ ...call, args, caller, environment, loopback }, batch);
  } finally {
    // Node 26 takes a file that nobody closed for an error. Not awaited: the answer need not wait for it.
    void batch?.close();
  }
}

async function outcomeOfError(error: unknown, call: Call): Promise<Outcome> {
  const { caller } = call;
  const { situation } = call.progress;
  const signal = call.interruption.received;
  if (signal && caller) return interruptedOutcome(signal, situation, caller, call.request?.generation);
  if (!(error instanceof Failure)) return bugOf(error, call);
  // A failure without its advice came after the arguments were understood.
  const failure =
    error instanceof AdvisedFailure
      ? error
      : (await import('./render/errors/explained.ts')).explained(error, caller!);
  return failed(failure, stateOf(call), situation.taskId);
}

function bugOf(error: unknown, call: Call): Outcome {
  return bugOutcome(error, call.progress.situation, stateOf(call), call.caller);
}

/** Starts to show progress; what draws on a terminal is loaded where there is one. */
async function startProgress(secrets: readonly string[]): Promise<Progress> {
  if (!screen.isTTY || !redraws(process.env)) return watch(screen, secrets);
  // Without that part, progress is told in lines.
  const { terminal } = await import('./progress/terminal.ts').catch(() => ({ terminal: undefined }));
  return watch(screen, secrets, terminal);
}

function warned(outcome: Outcome, { argv, warnings }: Call): Outcome {
  const known = withWarnings(outcome, warnings);
  // This can be told where the arguments are refused, too.
  return readFlags(argv, []).has('sandbox') ? inSandbox(known) : known;
}

/** Returns the state for a failure that names none: FAILED only where nothing can have been submitted, null without a task. */
function stateOf({ argv, progress: { situation } }: Call) {
  const { taskId, state } = situation;
  const action = guessAction(argv);
  const untold = isSubmit(action) ? 'FAILED' : isAboutTask(action) ? 'UNKNOWN' : null;
  return state ?? (taskId === null ? untold : 'UNKNOWN');
}
