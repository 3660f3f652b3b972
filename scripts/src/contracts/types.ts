import { isObject } from '../model/json.ts';

export const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;

export type TypeName = (typeof TYPES)[number];

export function isOfType(value: unknown, type: TypeName): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
