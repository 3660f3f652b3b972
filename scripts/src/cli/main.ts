import { Failure } from '../model/failure.ts';
import { isLoopback } from '../model/service-address.ts';
import { plain } from '../model/text.ts';
import type { Action } from './action.ts';
import { AdvisedFailure } from './advised-failure.ts';
import { type Arguments, guessAction, parseArguments } from './arguments.ts';
import { commandAgain, commandAnew, placeFlags, resumeFlags } from './command-line.ts';
import { overrule, readEnvironment, secretsIn } from './environment.ts';
import { EXIT } from './exit-codes.ts';
import { isAboutTask, isLocal, isSubmit, needsRecords } from './flags.ts';
import { Interruption, interruptedOutcome } from './interruption.ts';
import { finishWith, printText, screen } from './output.ts';
import { checkInterval, keyMissing } from './preflight.ts';
import { type Situation, watch } from './progress.ts';
import type { CheckedRequest } from './read-request.ts';
import { callerOf } from './render/caller.ts';
import { failed, type Outcome } from './render/envelope.ts';
import { explained } from './render/failure.ts';
import { actionWords, commandLine } from './words.ts';

declare const VERSION: string;

/** Runs one call of the command: it always writes one document to standard output and sets an exit code. */
export async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const secrets = secretsIn(process.env);
  const overruled = overrule(process.env);
  const { observer, situation, clear } = watch(screen, secrets);
  const interruption = new Interruption();
  const warn = (text: string) => screen.write(`${plain(text, 400)}\n`);
  let action: Action = guessAction(argv);
  let args: Arguments | undefined;
  let request: CheckedRequest | null = null;

  const onBug = (error: unknown) => {
    clear();
    void finishWith(bugOutcome(error, action, situation, args), secrets);
    process.exitCode = EXIT.bug;
    // The answer is written: nothing that still runs may keep the process.
    interruption.stop();
  };
  process.on('uncaughtException', onBug);
  process.on('unhandledRejection', onBug);

  let outcome: Outcome | undefined;
  let hasSaidOverruled = false;
  try {
    args = parseArguments(argv);
    action = args.action;
    if (args.version) return printText(VERSION);
    if (args.help) return printText((await import('./help.ts')).helpText(VERSION));
    const isLive = !args.sandbox && !isLocal(action);
    const environment = readEnvironment(process.env, args.profile, {
      isLive,
      isRehearsal: args.sandbox && !isLocal(action),
      hasState: args.sandbox || (needsRecords(action) && !args.noJournal),
    });
    if (action === 'listModels') {
      outcome = await (await import('./describe.ts')).describeAll(args);
    } else if (action === 'describeModel') {
      outcome = await (await import('./describe.ts')).describeOne(args, args.model!);
    } else if (action === 'listPending' || action === 'forget') {
      outcome = await (await import('./pending.ts'))[action]({ args, environment, warn });
    } else {
      for (const text of overruled) warn(text);
      hasSaidOverruled = true;
      interruption.listen(situation);
      situation.taskId = args.taskId ?? null;
      const { signal } = interruption;
      const { baseUrl } = environment;
      const loopback = args.sandbox || (baseUrl !== undefined && isLoopback(baseUrl));
      checkInterval(args, loopback);
      if (args.model !== undefined) {
        request = await (await import('./read-request.ts')).readRequest(args, loopback, signal);
      }
      if (!args.sandbox && environment.key === undefined) throw keyMissing(args.profile, argv);
      const { runLive } = await import('./live.ts');
      outcome = await runLive({ args, argv, request, environment, loopback, observer, signal, warn });
    }
  } catch (error) {
    // After a bug, nothing that still runs may keep the process.
    if (!(error instanceof Failure)) interruption.stop();
    outcome = interruption.received
      ? interruptedOutcome(interruption.received, situation, {
          resume: resumeCommand(args, situation),
          findOut: findOut(args),
          isSubmit: isSubmit(action),
          downloads: args?.download !== undefined,
          generation: request?.generation,
        })
      : error instanceof Failure
        ? failed(
            args ? explained(error, callerOf(args, argv)) : error,
            fallbackState(action, situation),
            situation.taskId,
          )
        : bugOutcome(error, action, situation, args);
  }
  if (hasSaidOverruled) addWarnings(outcome, overruled);
  if (args?.sandbox && outcome.envelope.taskId !== null) addWarnings(outcome, [SANDBOX_WARNING]);
  clear();
  // A result counts as delivered only when the whole document was written: otherwise the same command brings it again.
  // This runs last: a process that is killed earlier has delivered nothing.
  if (await finishWith(outcome, secrets)) process.once('exit', () => outcome.onWritten?.());
}

// A later reader of the document cannot tell otherwise.
const SANDBOX_WARNING = 'Sandbox run: nothing was charged, and each file is a stand-in.';

/** Adds warnings to the document. */
function addWarnings({ envelope }: Outcome, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const before = Array.isArray(envelope.data?.warnings) ? envelope.data.warnings : [];
  envelope.data = { ...envelope.data, warnings: [...before, ...warnings] };
}

/** Returns the state for a failure that names none: FAILED only where nothing can have been submitted, null without a task. */
function fallbackState(action: Action, { taskId, state }: Situation) {
  if (state !== null) return state;
  if (taskId !== null) return 'UNKNOWN';
  return isSubmit(action) ? 'FAILED' : isAboutTask(action) ? 'UNKNOWN' : null;
}

function bugOutcome(error: unknown, action: Action, situation: Situation, args?: Arguments): Outcome {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const where =
    error instanceof Error
      ? (error.stack ?? '')
          .split('\n')
          .slice(1, 6)
          .map((line) => plain(line, 200))
      : [];
  const unknown = situation.phase === 'submitting';
  const failure = new AdvisedFailure('UNKNOWN_ERROR', `This program failed: ${plain(text)}`, {
    exitCode: EXIT.bug,
    ...(unknown && { status: 'UNKNOWN' as const }),
    data: { where },
    nextSteps: [
      ...(unknown ? ['Whether the submit was accepted is not known.', ...findOut(args)] : []),
      ...(!unknown && situation.taskId !== null ? [resumeCommand(args, situation)] : []),
      'This is a bug in async-media-workflow; please report it with errorMessage and data.where.',
    ],
  });
  return failed(failure, fallbackState(action, situation), situation.taskId);
}

/** Returns the command that resumes the task of this call. */
function resumeCommand(args: Arguments | undefined, { taskId, isAboutMany }: Situation): string {
  if (isAboutMany) return commandAgain(process.argv.slice(2));
  const place = args && placeFlags(args);
  const words =
    taskId === null
      ? actionWords('listTasks', place)
      : actionWords('waitTask', { taskId, ...(args && resumeFlags(args)), ...place });
  return commandLine(words);
}

/** Returns the steps that find out whether a submit was accepted. */
function findOut(args: Arguments | undefined): string[] {
  const isRecorded = args && !args.noJournal;
  if (args && !args.profile.can.list) {
    return [
      'Do not submit this again before you know: it may be charged twice.',
      args.profile.says.tasks,
      ...(isRecorded
        ? [`Only if the user accepts that it may be charged once more: ${commandAnew(args)}.`]
        : []),
    ];
  }
  return [
    ...(isRecorded
      ? [
          'Run the same command again: it reconciles, and never submits while that may charge twice.',
          commandAgain(process.argv.slice(2)),
        ]
      : ['Without a journal the same command submits again, and may be charged twice: find its task first.']),
    ...(args ? [commandLine(actionWords('listTasks', placeFlags(args)))] : []),
  ];
}
