import type { Issue, ModelUnknown } from '../../../model/failure.ts';
import { plain } from '../../../model/text.ts';
import { commandFor, providerFlag } from '../../command-line.ts';
import type { Explained, Said } from './explained.ts';

const MOST_NAMED = 12;

/** What refusals of a model, or of a payload as a whole, say. */
export const MODEL = {
  modelUnknown: ({ provider, model, known }) => {
    switch (known.what) {
      case 'modelOf':
        return modelOf(provider, model, known);
      case 'nameOf':
        return nameOf(provider, model, known);
      case 'withoutContract':
        return withoutContract(provider, model, known);
      case 'nowhere':
        return nowhere(provider, model, known);
    }
  },
  providerUnknown: () => ({ nextSteps: [commandFor(undefined, 'listModels')] }),
  contractUnusable: ({ file, provider }) => ({
    nextSteps: [
      `Correct ${file}; contracts/README.md describes the format.`,
      commandFor(provider, 'listModels'),
    ],
  }),
  wholeBody: ({ model, input, beside }, { profile: { callbackFlag } }) => {
    const hint = 'pass what is inside "input" as the payload, and nothing else';
    const issues = beside.map(({ name, received }) => besideIssue(model, callbackFlag, name, received));
    return {
      message: `--payload holds a complete request body: ${hint}.`,
      issues: [{ path: 'input', expected: 'the fields themselves', received: input, hint }, ...issues],
      nextSteps: [hint, ...issues.map((issue) => `${issue.path}: ${issue.hint}`)],
    };
  },
} satisfies Partial<Explained>;

type Known<W extends ModelUnknown['known']['what']> = Extract<ModelUnknown['known'], { what: W }>;

function refusal(
  model: string,
  message: string,
  expected: string,
  hint: string,
  nextSteps: string[],
): Said & { issues: Issue[] } {
  const received = `string ${JSON.stringify(plain(model, 60))}`;
  return { message, issues: [{ path: '--model', expected, received, hint }], nextSteps };
}

const describeModel = (provider: string, model: string): string =>
  commandFor(provider, 'describeModel', { model });

function modelOf(provider: string, model: string, { other }: Known<'modelOf'>): Said {
  const hint =
    providerFlag(provider) === undefined
      ? `add --provider ${other}`
      : `write --provider ${other} instead of --provider ${provider}`;
  return refusal(model, `"${model}" is a model of ${other}: ${hint}`, `a model of ${provider}`, hint, [
    describeModel(other, model),
    commandFor(provider, 'listModels'),
  ]);
}

function nameOf(provider: string, model: string, { other, meant }: Known<'nameOf'>): Said {
  const ids = meant.join(', ');
  const flag = provider === other ? '' : `--provider ${other} `;
  const more = meant.length > 1;
  return refusal(
    model,
    `"${plain(model, 60)}" is no id of ${other}; meant is ${more ? 'one of ' : ''}${ids}`,
    ids,
    `write ${flag}--model ${meant[0]}${more ? ` or another of ${ids}` : ''}`,
    [...meant.map((id) => describeModel(other, id)), commandFor(other, 'listModels')],
  );
}

function withoutContract(
  provider: string,
  model: string,
  { other, page, why, instead }: Known<'withoutContract'>,
): Said {
  const hint =
    instead === undefined
      ? `choose a model that has a contract; ${page} shows what ${other} offers`
      : `choose a model that has a contract; one of a like name is ${instead}`;
  return refusal(
    model,
    `${other} has no contract for "${plain(model, 60)}": ${why}`,
    `a model of ${provider} that has a contract`,
    hint,
    [
      ...(instead === undefined ? [] : [describeModel(other, instead)]),
      `Read ${page}: it shows what ${other} offers today.`,
      commandFor(other, 'listModels'),
    ],
  );
}

function nowhere(provider: string, model: string, { near, models }: Known<'nowhere'>): Said {
  const shown = JSON.stringify(plain(model, 60));
  const known =
    models.length > MOST_NAMED ? `the ${models.length} of --action listModels` : models.join(', ');
  const list = commandFor(provider, 'listModels');
  const refuse = (rest: string, hint: string, steps: string[]) =>
    refusal(model, `there is no model ${shown}; ${rest}`, `one of ${known}`, hint, steps);
  if (near === undefined) return refuse(`known are ${known}`, 'choose one of the known models', [list]);
  return refuse(`the nearest is "${near}"`, `write --model ${near}`, [describeModel(provider, near), list]);
}

function besideIssue(model: string, callbackFlag: string, name: string, received: string): Issue {
  const place = { path: plain(name, 60), received };
  if (name === 'model') {
    const hint = `leave "model" out; the model is the one of --model, which is ${model} here`;
    return { ...place, expected: model, hint };
  }
  const hint =
    name === 'callback_url'
      ? `leave "callback_url" out; the address goes into --${callbackFlag}`
      : `leave ${JSON.stringify(plain(name, 60))} out, or put it inside "input" if it is one of the fields`;
  return { ...place, expected: 'nothing beside the fields', hint };
}
