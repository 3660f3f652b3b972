import type { Client, JsonObject, ModelDescription, PriceEstimate } from '#client';
import { Problem } from './problem.ts';

/** What the API needs of a service's client; it sends nothing. */
export type ContractReader = Pick<Client, 'models' | 'describe' | 'validate' | 'parseCallback'>;

/** A service that requests can be made for. */
export interface Service {
  contracts: ContractReader;
  /** The sandbox stands in for it. */
  isSandbox: boolean;
}

export type Model = Pick<
  ModelDescription,
  'provider' | 'model' | 'output' | 'schema' | 'example' | 'notes'
> & {
  sandbox: boolean;
};

/** The models of all services, and the check of a payload against its model's contract. */
export interface Catalog {
  models(): Promise<{ provider: string; model: string; sandbox: boolean }[]>;
  /** Whether the sandbox stands in for a service. */
  isSandbox(provider: string): boolean;
  /** @throws Problem 404 for a model that is not known */
  describe(provider: string, model: string): Promise<Model>;
  /**
   * Returns the price estimate of a valid payload; null where none is known.
   * @throws Problem 422 with the issues
   */
  check(provider: string, model: string, payload: JsonObject): Promise<PriceEstimate | null>;
}

/** @param services by the id of the provider */
export function createCatalog(services: ReadonlyMap<string, Service>): Catalog {
  // Contracts change with the program alone.
  const known = new Map<string, Promise<Set<string>>>();
  const described = new Map<string, Promise<Model>>();

  function modelsOf(provider: string): Promise<Set<string>> {
    let models = known.get(provider);
    if (models === undefined) {
      models = (services.get(provider)?.contracts.models() ?? Promise.resolve([])).then(
        (ids) => new Set(ids),
      );
      known.set(provider, models);
    }
    return models;
  }

  async function serviceOf(provider: string, model: string): Promise<Service | undefined> {
    const service = services.get(provider);
    return service !== undefined && (await modelsOf(provider)).has(model) ? service : undefined;
  }

  function unknown(provider: string, model: string) {
    const isProvider = services.has(provider);
    return [
      isProvider
        ? {
            path: 'model',
            expected: `a model of ${provider}: GET /v1/models lists them`,
            received: quoted(model),
          }
        : {
            path: 'provider',
            expected: `one of ${[...services.keys()].join(', ')}`,
            received: quoted(provider),
          },
    ];
  }

  return {
    isSandbox: (provider) => services.get(provider)?.isSandbox === true,
    async models() {
      const lists = [...services].map(async ([provider, { isSandbox: sandbox }]) =>
        [...(await modelsOf(provider))].map((model) => ({ provider, model, sandbox })),
      );
      return (await Promise.all(lists)).flat();
    },
    async describe(provider, model) {
      const service = await serviceOf(provider, model);
      if (service === undefined)
        throw new Problem(404, 'model_unknown', 'There is no such model.', {
          issues: unknown(provider, model),
        });
      const key = `${provider}/${model}`;
      let description = described.get(key);
      if (description === undefined) {
        description = service.contracts.describe(model).then(({ output, schema, example, notes }) => ({
          provider,
          model,
          output,
          schema,
          example,
          notes,
          sandbox: service.isSandbox,
        }));
        described.set(key, description);
      }
      return description;
    },
    async check(provider, model, payload) {
      const service = await serviceOf(provider, model);
      if (service === undefined)
        throw new Problem(422, 'model_unknown', 'The model is not known here; see issues.', {
          issues: unknown(provider, model),
        });
      const { valid, issues, estimate } = await service.contracts.validate(model, payload);
      if (valid) return estimate;
      throw new Problem(
        422,
        'payload_invalid',
        `The payload does not fit the contract of ${model}; see issues.`,
        {
          issues: issues.map((issue) => ({
            ...issue,
            path: issue.path === '' ? 'payload' : `payload.${issue.path}`,
          })),
        },
      );
    },
  };
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 120));
