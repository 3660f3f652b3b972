import { Failure } from '../model/failure.ts';
import { plain } from '../model/text.ts';
import { commandFor, DEFAULT_PROVIDER, listModels, listProviders } from './contract.ts';
import { nearest } from './nearest.ts';
import { type KnownName, knownName } from './unsupported.ts';

const MOST_NAMED = 12;

/**
 * The refusal of an id that has no contract with the provider: it names the other provider that has one, or the ids
 * that are meant by a name, or says why there is no contract, or else names the nearest of `models`.
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
    const models = await listModels(other, root);
    if (other !== provider && models.includes(model)) {
      const hint =
        provider === DEFAULT_PROVIDER
          ? `add --provider ${other}`
          : `write --provider ${other} instead of --provider ${provider}`;
      return refusal(model, `"${model}" is a model of ${other}: ${hint}`, `a model of ${provider}`, hint, [
        describeModel(other, model),
        commandFor(provider, 'listModels'),
      ]);
    }
    const known = await knownName(root, other, model, models);
    if (known !== undefined) return named(provider, other, model, known);
  }
  return undefined;
}

/** The refusal of a name that the sources of `other` know. */
function named(provider: string, other: string, model: string, known: KnownName): Failure {
  const shown = `"${plain(model, 60)}"`;
  const { page, meant, why, instead } = known;
  const list = commandFor(other, 'listModels');
  if (why === undefined) {
    const ids = meant.join(', ');
    const flag = provider === other ? '' : `--provider ${other} `;
    const hint = `write ${flag}--model ${meant[0]}${meant.length > 1 ? ` or another of ${ids}` : ''}`;
    return refusal(
      model,
      `${shown} is no id of ${other}; meant is ${meant.length > 1 ? 'one of ' : ''}${ids}`,
      ids,
      hint,
      [...meant.map((id) => describeModel(other, id)), list],
    );
  }
  const hint =
    instead === undefined
      ? `choose a model that has a contract; ${page} shows what ${other} offers`
      : `choose a model that has a contract; one of a like name is ${instead}`;
  return refusal(
    model,
    `${other} has no contract for ${shown}: ${why}`,
    `a model of ${provider} that has a contract`,
    hint,
    [
      ...(instead === undefined ? [] : [describeModel(other, instead)]),
      `Read ${page}: it shows what ${other} offers today.`,
      list,
    ],
  );
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
