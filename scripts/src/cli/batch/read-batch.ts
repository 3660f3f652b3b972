import path from 'node:path';
import { type Contract, loadContract } from '../../contracts/contract.ts';
import { imageField, withoutImage, withPrompt } from '../../contracts/fields.ts';
import { estimate } from '../../contracts/price/estimate.ts';
import { checkPayload } from '../../contracts/validate.ts';
import { withoutBody } from '../../contracts/whole-body.ts';
import { ordinalsOf } from '../../core/batch/identity.ts';
import { type BatchLine, isLarge } from '../../core/batch/line.ts';
import { nameKey } from '../../download/names.ts';
import { Failure, orFailure } from '../../model/failure.ts';
import { jsonHash } from '../../model/fingerprint.ts';
import { type Issue, issue } from '../../model/issue.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { AdvisedFailure } from '../advised-failure.ts';
import type { Arguments } from '../command-line/arguments.ts';
import { inQuotes } from '../refused.ts';
import type { Caller } from '../render/caller.ts';
import { explained } from '../render/errors/explained.ts';
import { BY_FLAGS } from '../render/payload-ways.ts';
import { readFields, withImage } from '../request/payload.ts';
import { readCallback } from '../request/read-request.ts';
import { afterCollecting, keepHeapSmall } from './heap.ts';
import type { LineRequest } from './line-command.ts';
import { type ParsedLine, parseLine } from './parse-line.ts';
import { type LinePlace, openSource, type Source } from './source.ts';
import { type LineIssue, wrongLines } from './wrong-lines.ts';

/** A batch whose lines are all valid. */
export interface CheckedBatch {
  /** The name of its file, without an ending. */
  name: string;
  /** Its absolute path; `-`: standard input. */
  file: string;
  lines: BatchLine[];
  webhookUrl: string | undefined;
  /** Returns what a line asks for; null where it can no longer be read. */
  requestOf(number: number): Promise<LineRequest | null>;
  close(): Promise<void>;
}

/**
 * Sends nothing. Payloads are checked one after the other and read again when they are submitted, so that images of many
 * lines are not held at the same time. @throws Failure INVALID_PAYLOAD with every wrong line
 */
export async function readBatch(
  args: Arguments,
  caller: Caller,
  loopback: boolean,
  signal: AbortSignal,
): Promise<CheckedBatch> {
  keepHeapSmall();
  const webhookUrl = readCallback(args, loopback);
  const reader = new Reader(args, caller, await readFields(args.payload, signal));
  const source = await openSource(args.batch!, signal);
  try {
    const checked: (Checked & { place: LinePlace })[] = [];
    const issues: LineIssue[] = [];
    for (const place of source.places) {
      signal.throwIfAborted();
      const found: Issue[] = [];
      const line = await reader.checked(source, place, found);
      if (line && found.length === 0) checked.push({ ...line, place });
      issues.push(...found.map((issue) => ({ line: place.number, issue })));
    }
    if (issues.length > 0) throw wrongLines(issues);
    const ordinals = ordinalsOf(
      checked.map(({ contract, payloadHash }) => ({ model: contract.model, payloadHash })),
    );
    const lines = checked.map(({ place, ...line }, n) => ({
      ...line,
      ordinal: ordinals[n]!,
      read: () => reader.readAgain(source, place, line.payloadHash),
    }));
    const places = new Map(checked.map(({ place }) => [place.number, place]));
    const requestOf = (number: number) => reader.requestOf(source, places.get(number)!);
    const file = args.batch === '-' ? '-' : path.resolve(args.batch!);
    return { name: source.name, file, lines, webhookUrl, requestOf, close: source.close };
  } catch (error) {
    await source.close();
    throw error;
  }
}

type Checked = Omit<BatchLine, 'ordinal' | 'read'>;

class Reader {
  readonly #args: Arguments;
  readonly #caller: Caller;
  readonly #defaults: JsonObject;
  /** The line that each name was first seen in. */
  readonly #names = new Map<string, number>();
  readonly #contracts = new Map<string, Promise<Contract>>();

  constructor(args: Arguments, caller: Caller, defaults: JsonObject) {
    this.#args = args;
    this.#caller = caller;
    this.#defaults = defaults;
  }

  async checked(source: Source, place: LinePlace, issues: Issue[]): Promise<Checked | null> {
    const found = await this.#request(source, place, issues);
    if (!found) return null;
    const { contract, payload, name } = found;
    const wrong = checkPayload(contract, payload, BY_FLAGS);
    issues.push(...wrong.map((one) => ({ ...one, path: pathOf(one.path) })));
    const { [contract.prompt ?? '']: prompt, ...priced } = payload;
    const payloadHash = jsonHash(payload);
    return {
      number: place.number,
      name,
      contract,
      payloadHash,
      priceKey: `${contract.model} ${prompt === undefined ? payloadHash : jsonHash(priced)}`,
      estimate: issues.length > 0 ? null : estimate(contract, payload),
      size: sizeOf(payload),
    };
  }

  async readAgain(source: Source, place: LinePlace, payloadHash: string): Promise<JsonObject> {
    const found = await this.#request(source, place, []);
    if (found && jsonHash(found.payload) === payloadHash) return found.payload;
    const message = `Line ${place.number} is another one than when it was checked: the file or its image was changed meanwhile. It was not submitted.`;
    throw new Failure('INVALID_PAYLOAD', message, { reason: { kind: 'lineChanged' } });
  }

  /** Returns what a line asks for, without reading its image. */
  async requestOf(source: Source, place: LinePlace): Promise<LineRequest | null> {
    const parts = await this.#parts(source, place, []).catch(() => null);
    if (!parts) return null;
    const { contract, fields, image } = parts;
    return { model: contract.model, payload: JSON.stringify(fields), image };
  }

  async #request(source: Source, place: LinePlace, issues: Issue[]) {
    const parts = await this.#parts(source, place, issues);
    if (!parts) return null;
    const { contract, fields, image, name } = parts;
    if (image === undefined) return { contract, payload: fields, name };
    const payload = await orFailure(afterCollecting(() => withImage(contract, fields, image)));
    if (!(payload instanceof Failure)) return { contract, payload, name };
    issues.push(...issuesOf(explained(payload, this.#caller)));
    return null;
  }

  /** Reads a line as far as its image. */
  async #parts(source: Source, place: LinePlace, issues: Issue[]) {
    const read = () => source.read(place, (bytes) => parseLine(bytes, source.format, issues));
    const line = await (isLarge(place) ? afterCollecting(read) : read());
    if (!line) return null;
    if (line.name !== null) {
      const other = this.#names.get(nameKey(line.name)) ?? place.number;
      this.#names.set(nameKey(line.name), other);
      const received = `${inQuotes(line.name)}, as in line ${other}`;
      if (other !== place.number)
        issues.push(issue('name', 'a name of its own', received, 'give each line another name'));
    }
    const model = line.model ?? this.#args.model;
    if (model === undefined) {
      const hint = source.format === 'txt' ? 'add --model <id>' : 'add --model <id>, or "model" to the line';
      issues.push(issue('model', 'a model', 'nothing', hint));
      return null;
    }
    const parts = await orFailure(this.#fieldsOf(model, line, issues));
    if (!(parts instanceof Failure)) return parts && { ...parts, name: line.name };
    const caller = line.model === undefined ? this.#caller : { ...this.#caller, writeModel: modelField };
    issues.push(...issuesOf(explained(parts, caller)));
    return null;
  }

  async #fieldsOf(model: string, line: ParsedLine, issues: Issue[]) {
    const known = this.#contracts.get(model) ?? loadContract(this.#args.profile.id, model);
    this.#contracts.set(model, known);
    const contract = await known;
    const own = withoutBody(contract, line.payload);
    const defaults = withoutBody(contract, this.#defaults);
    if (line.prompt !== undefined) {
      const fields = withPrompt(contract, defaults, line.prompt);
      if (fields) return { contract, fields, image: this.#args.image };
      const hint = 'write a .jsonl file with the fields of each request in "payload"';
      issues.push(issue('model', 'a model that takes a prompt', contract.model, hint));
      return null;
    }
    if (line.image !== undefined) {
      // The picture of the line takes the place of the one that all lines would have.
      return { contract, fields: { ...withoutImage(contract, defaults), ...own }, image: line.image };
    }
    const field = imageField(contract);
    const hasOwn = field !== null && own[field] !== undefined;
    return { contract, fields: { ...defaults, ...own }, image: hasOwn ? undefined : this.#args.image };
  }
}

const modelField = (id: string): string => `write "model":${JSON.stringify(id)}`;

function issuesOf(failure: AdvisedFailure): Issue[] {
  const { issues, nextSteps = [] } = failure.details;
  if (issues?.length) return issues.map((one) => ({ ...one, path: pathOf(one.path) }));
  const path = failure.code === 'INVALID_MODEL' ? 'model' : 'payload';
  const hint = nextSteps[0] ?? 'correct the line';
  const expected = path === 'model' ? 'a model with a contract' : 'a payload that can be sent';
  return [issue(path, expected, failure.message, hint)];
}

/** Returns a path of the payload, or the flag that stands for a part of it, as a path in a line. */
function pathOf(path: string): string {
  const flag = /^--(payload|image|model)$/.exec(path)?.[1];
  return flag ?? `payload.${path}`;
}

/** Returns the characters of all texts in a value, which is nearly its size. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), 0);
}
