import type { Json } from '../../model/json.ts';
import { isOfType, type SchemaNode, type TypeName } from './schema-node.ts';
import { type Zod, z } from './zod.ts';

const made = new WeakMap<SchemaNode, Zod.ZodMiniType>();

/**
 * The zod validator of a schema, made once per node. It says what is wrong and where; the words for it are ours.
 * zod's own fromJSONSchema does the same for a much larger language and costs 30 ms of every start.
 */
export function toZod(node: SchemaNode): Zod.ZodMiniType {
  const schema = made.get(node) ?? convert(node);
  made.set(node, schema);
  return schema;
}

/** Tells whether a value follows a schema. */
export function fits(node: SchemaNode, value: Json): boolean {
  return toZod(node).safeParse(value).success;
}

function convert(node: SchemaNode): Zod.ZodMiniType {
  if (node.anyOf !== undefined) return z.union(node.anyOf.map(toZod));
  const types = node.types.filter((type) => type !== 'null');
  const variants = types.map((type) => ofType(node, type)).filter((variant) => variant !== null);
  const takesNull = node.types.includes('null') && (node.enum === undefined || node.enum.includes(null));
  const [first, ...more] = variants;
  if (first === undefined) return z.null();
  const either = more.length === 0 ? first : z.union([first, ...more]);
  return takesNull ? z.nullable(either) : either;
}

function ofType(node: SchemaNode, type: TypeName): Zod.ZodMiniType | null {
  if (node.enum !== undefined) {
    const values = node.enum.filter((value) => value !== null && isOfType(value, type));
    return values.length === 0 ? null : z.literal(values as (string | number | boolean)[]);
  }
  if (type === 'string') return text(node);
  if (type === 'boolean') return z.boolean();
  if (type === 'array') return list(node);
  if (type === 'object') return object(node);
  const kind = type === 'integer' ? z.int() : z.number();
  return kind.check(...checks(node.minimum, z.minimum), ...checks(node.maximum, z.maximum));
}

/** The check of a limit or a rule; none where there is none. */
function checks<L, C>(limit: L | undefined, check: (limit: L) => C): C[] {
  return limit === undefined ? [] : [check(limit)];
}

function text({ own = [], pattern, minLength, maxLength }: SchemaNode): Zod.ZodMiniType {
  const refine = z.refine<string>;
  return z
    .string()
    .check(
      ...own.flatMap(({ textHint }) => checks(textHint, (hint) => refine((value) => hint(value) === null))),
      ...checks(pattern, z.regex),
      ...checks(minLength, (least) => refine((value) => codePoints(value) >= least)),
      ...checks(maxLength, (most) => refine((value) => codePoints(value) <= most)),
    );
}

/** Length as JSON Schema counts it: an emoji is one, not two. */
export function codePoints(value: string): number {
  let pairs = 0;
  for (let i = 0; i + 1 < value.length; i++) {
    if (value.codePointAt(i)! > 0xffff) {
      pairs++;
      i++;
    }
  }
  return value.length - pairs;
}

function list({ own = [], items, minItems, maxItems }: SchemaNode): Zod.ZodMiniType {
  return z
    .array(toZod(items!))
    .check(
      ...own.flatMap(({ takesList }) => checks(takesList, (takes) => z.refine<unknown[]>(takes))),
      ...checks(minItems, (least) => z.minLength(least)),
      ...checks(maxItems, (most) => z.maxLength(most)),
    );
}

function object(node: SchemaNode): Zod.ZodMiniType {
  const shape: Record<string, Zod.ZodMiniType> = {};
  for (const [name, child] of node.properties!)
    shape[name] = node.required!.has(name) ? toZod(child) : z.optional(toZod(child));
  return z.strictObject(shape);
}
