import { parse } from 'yaml';
import type { Json } from '../../model/json.ts';

/**
 * YAML 1.2 text as JSON. Alone in its module, because loading the parser costs more than all of the validation and
 * is needed only for a contract that was edited since the build. @throws YAMLParseError
 */
export function parseYaml(text: string): Json {
  return parse(text, { maxAliasCount: 0 }) as Json;
}
