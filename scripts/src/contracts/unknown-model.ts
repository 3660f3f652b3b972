import { Failure } from '../types/failure.ts';
import { plain } from '../types/text.ts';
import { commandFor, DEFAULT_PROVIDER, listModels, listProviders } from './contract.ts';
import { nearest } from './nearest.ts';
import { whyUnsupported } from './unsupported.ts';

const MOST_NAMED = 12;

/**
 * The refusal of an id that has no contract with the provider: it names the other provider that has one, or says why
 * there is none, or else names the nearest of `models`.
 */
export async function unknownModel(
  provider: string,
  model: string,
  models: readonly string[],
  root: string,
): Promise<Failure> {
  return (await elsewhere(provider, model, root)) ?? nowhere(provider, model, models);
}

function describeModel(provider: string, model: string): string {
  return commandFor(provider, 'describeModel', { model });
}

/** The refusal of an id that is known, but not as a model of this provider; undefined for any other id. */
async function elsewhere(provider: string, model: string, root: string): Promise<Failure | undefined> {
  const others = listProviders(root).filter((name) => name !== provider);
  for (const other of [provider, ...others]) {
    if (other !== provider && (await listModels(other, root)).includes(model)) {
      const hint =
        provider === DEFAULT_PROVIDER
          ? `add --provider ${other}`
          : `write --provider ${other} instead of --provider ${provider}`;
      return refusal(model, `"${model}" is a model of ${other}: ${hint}`, `a model of ${provider}`, hint, [
        describeModel(other, model),
        commandFor(provider, 'listModels'),
      ]);
    }
    const reason = await whyUnsupported(root, other, model);
    if (reason !== undefined) {
      const message = `${other} has no contract for "${plain(model, 60)}": ${reason.why}`;
      const hint = `choose a model that has a contract; ${reason.page} shows what ${other} offers`;
      return refusal(model, message, `a model of ${provider} that has a contract`, hint, [
        `Read ${reason.page}: it shows what ${other} offers today.`,
        commandFor(other, 'listModels'),
      ]);
    }
  }
  return undefined;
}

function nowhere(provider: string, model: string, models: readonly string[]): Failure {
  const near = nearest(model, models);
  const shown = JSON.stringify(plain(model, 60));
  const list = commandFor(provider, 'listModels');
  const known =
    models.length > MOST_NAMED ? `the ${models.length} of --action listModels` : models.join(', ');
  return refusal(
    model,
    near === undefined
      ? `there is no model ${shown}; known are ${known}`
      : `there is no model ${shown}; the nearest is "${near}"`,
    `one of ${known}`,
    near === undefined ? 'choose one of the known models' : `write --model ${near}`,
    near === undefined ? [list] : [describeModel(provider, near), list],
  );
}

function refusal(
  model: string,
  message: string,
  expected: string,
  hint: string,
  nextSteps: string[],
): Failure {
  const received = `string ${JSON.stringify(plain(model, 60))}`;
  return new Failure('INVALID_MODEL', message, {
    nextSteps,
    issues: [{ path: '--model', expected, received, hint }],
  });
}
