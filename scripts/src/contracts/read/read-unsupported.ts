import { isObject, type Json } from '../../model/json.ts';
import { parsed } from '../schema/parsed.ts';
import { type Zod, z } from '../schema/zod.ts';

const HEAD = ' must hold page, a text, and groups, a list';
const GROUP = ' must hold why, a text, and models, a list';
const ids = (message: string) => z.array(z.string(message), message);
const NAMED = ids('');

/** A provider's ids of which too little is known for a contract, and its names that are no ids. */
const LIST = z.object(
  {
    /** Where the provider lists its models. */
    page: z.string(HEAD),
    /** The ids that are meant by a name of a page, a repository or a family. */
    names: z._default(
      z.custom<Record<string, string[]>>(
        (names) => isObject(names) && Object.values(names).every((list) => NAMED.safeParse(list).success),
        ' must map each name to a list of ids',
      ),
      {},
    ),
    groups: z.array(
      z.object(
        {
          why: z.string(GROUP),
          /** They make no media. */
          outside: z._default(z.boolean(' must be true or false'), false),
          models: ids(GROUP).check(z.minLength(1, GROUP)),
          /** What other ids of the group begin with. */
          beginnings: z._default(ids(' must be a list'), []),
          /** A model of a like name that has a contract, for some ids. */
          instead: z._default(z.custom<Record<string, string>>(isObject, ' must map ids to ids'), {}),
        },
        GROUP,
      ),
      HEAD,
    ),
  },
  HEAD,
);

export type Unsupported = Zod.output<typeof LIST>;

/** @throws ContractError */
export const readUnsupported = (document: Json): Unsupported => parsed(LIST, document, 'the list');
