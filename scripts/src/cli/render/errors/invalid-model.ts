import type { ModelUnknown } from '../../../model/failure.ts';
import { plain } from '../../../model/text.ts';
import { commandFor, providerFlag } from '../../command-line/commands.ts';
import { issue } from '../../issue.ts';
import type { Said, Unexplained, Words } from './said.ts';

const MOST_NAMED = 12;

/** Returns the steps for a submit that the service rejected. */
export function rejectedByService({ caller: { profile, command } }: Unexplained): string[] {
  return [
    'The service rejected it, so nothing was charged. Do not send it again unchanged; its message says what to change.',
    ...(profile.can.account ? [command('account')] : []),
  ];
}

export const INVALID_MODEL = {
  INVALID_MODEL: rejectedByService,
  modelUnknown: (reason) => {
    const { message, expected, hint, nextSteps } = unknownModel(reason);
    const received = `string ${JSON.stringify(plain(reason.model, 60))}`;
    return { message, issues: [issue('--model', expected, received, hint)], nextSteps };
  },
  providerUnknown: () => [commandFor(undefined, 'listModels')],
  contractUnusable: ({ file, provider }) => [
    `Correct ${file}; contracts/README.md describes the format.`,
    commandFor(provider, 'listModels'),
  ],
} satisfies Partial<Words>;

const describeModel = (provider: string, model: string): string =>
  commandFor(provider, 'describeModel', { model });
const listModels = (provider: string): string => commandFor(provider, 'listModels');

function unknownModel({ provider, model, known }: ModelUnknown): Said & { expected: string; hint: string } {
  const shown = plain(model, 60);
  switch (known.what) {
    case 'modelOf': {
      const { other } = known;
      const hint =
        providerFlag(provider) === undefined
          ? `add --provider ${other}`
          : `write --provider ${other} instead of --provider ${provider}`;
      return {
        message: `"${model}" is a model of ${other}: ${hint}`,
        expected: `a model of ${provider}`,
        hint,
        nextSteps: [describeModel(other, model), listModels(provider)],
      };
    }
    case 'nameOf': {
      const { other, meant } = known;
      const ids = meant.join(', ');
      const flag = provider === other ? '' : `--provider ${other} `;
      const more = meant.length > 1;
      return {
        message: `"${shown}" is no id of ${other}; meant is ${more ? 'one of ' : ''}${ids}`,
        expected: ids,
        hint: `write ${flag}--model ${meant[0]}${more ? ` or another of ${ids}` : ''}`,
        nextSteps: [...meant.map((id) => describeModel(other, id)), listModels(other)],
      };
    }
    case 'withoutContract': {
      const { other, page, why, instead } = known;
      const hint =
        instead === undefined ? `${page} shows what ${other} offers` : `one of a like name is ${instead}`;
      return {
        message: `${other} has no contract for "${shown}": ${why}`,
        expected: `a model of ${provider} that has a contract`,
        hint: `choose a model that has a contract; ${hint}`,
        nextSteps: [
          ...(instead === undefined ? [] : [describeModel(other, instead)]),
          `Read ${page}: it shows what ${other} offers today.`,
          listModels(other),
        ],
      };
    }
    case 'nowhere': {
      const { near, models } = known;
      const ids =
        models.length > MOST_NAMED ? `the ${models.length} of --action listModels` : models.join(', ');
      const message = `there is no model ${JSON.stringify(shown)}; `;
      const list = listModels(provider);
      const isNear = near !== undefined;
      return {
        message: `${message}${isNear ? `the nearest is "${near}"` : `known are ${ids}`}`,
        expected: `one of ${ids}`,
        hint: isNear ? `write --model ${near}` : 'choose one of the known models',
        nextSteps: [...(isNear ? [describeModel(provider, near)] : []), list],
      };
    }
  }
}
