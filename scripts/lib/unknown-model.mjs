// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/contracts/unknown-model.ts
import { Failure } from "./main.mjs";
import { plain } from "./main.mjs";
import { commandFor, DEFAULT_PROVIDER, listModels, listProviders } from "./contracts.mjs";
import { nearest } from "./main.mjs";

// scripts/src/contracts/unsupported.ts
import { isObject } from "./main.mjs";
import { ContractError } from "./contracts.mjs";
import { readDocument } from "./contracts.mjs";
function unsupportedName(provider) {
  return `${provider}.unsupported`;
}
async function knownName(root, provider, model, models) {
  let list;
  try {
    list = readUnsupported(await readDocument(root, unsupportedName(provider)));
  } catch {
    return void 0;
  }
  const { page, names, groups } = list;
  const wanted = model.toLowerCase();
  const group = groups.find((one) => one.models.some((id) => id.toLowerCase() === wanted)) ?? groups.find(({ beginnings }) => beginnings.some((start) => wanted.startsWith(start)));
  if (group !== void 0) {
    const instead = group.instead.get(wanted);
    return { page, meant: [], why: group.why, ...instead !== void 0 && { instead } };
  }
  const slug = slugOf(model);
  const meant = names.get(slug) ?? models.filter((id) => slugOf(id) === slug);
  return meant.length > 0 ? { page, meant } : void 0;
}
async function idsWithoutContract(root, provider) {
  const { groups } = readUnsupported(await readDocument(root, unsupportedName(provider)));
  return groups.filter(({ outside }) => !outside).flatMap(({ models }) => models);
}
function slugOf(name) {
  return name.slice(0, 64).toLowerCase().replace(/[._\s]+/g, "-").replace(/-api$/, "");
}
function readUnsupported(document) {
  if (!isObject(document) || typeof document.page !== "string" || !Array.isArray(document.groups))
    throw new ContractError("it must hold page, a text, and groups, a list");
  const { page, names = {} } = document;
  if (!isObject(names) || !Object.values(names).every(isListOfText))
    throw new ContractError("names must map each name to a list of ids");
  const groups = document.groups.map((group) => {
    const {
      why,
      outside = false,
      models,
      beginnings = [],
      instead = {}
    } = isObject(group) ? group : {};
    if (typeof why !== "string" || !isListOfText(models) || models.length === 0)
      throw new ContractError("each of its groups must hold why, a text, and models, a list");
    if (!isListOfText(beginnings) || !isObject(instead))
      throw new ContractError("beginnings must be a list, and instead map ids to ids");
    const likeNames = new Map(Object.entries(instead));
    return { why, outside: outside === true, models, beginnings, instead: likeNames };
  });
  return { page, names: new Map(Object.entries(names)), groups };
}
function isListOfText(value) {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

// scripts/src/contracts/unknown-model.ts
var MOST_NAMED = 12;
async function unknownModel(provider, model, models, root) {
  return await elsewhere(provider, model, root) ?? nowhere(provider, model, models);
}
function describeModel(provider, model) {
  return commandFor(provider, "describeModel", { model });
}
async function elsewhere(provider, model, root) {
  const others = listProviders(root).filter((name) => name !== provider);
  for (const other of [provider, ...others]) {
    const models = await listModels(other, root);
    if (other !== provider && models.includes(model)) {
      const hint = provider === DEFAULT_PROVIDER ? `add --provider ${other}` : `write --provider ${other} instead of --provider ${provider}`;
      return refusal(model, `"${model}" is a model of ${other}: ${hint}`, `a model of ${provider}`, hint, [
        describeModel(other, model),
        commandFor(provider, "listModels")
      ]);
    }
    const known = await knownName(root, other, model, models);
    if (known !== void 0) return named(provider, other, model, known);
  }
  return void 0;
}
function named(provider, other, model, known) {
  const shown = `"${plain(model, 60)}"`;
  const { page, meant, why, instead } = known;
  const list = commandFor(other, "listModels");
  if (why === void 0) {
    const ids = meant.join(", ");
    const flag = provider === other ? "" : `--provider ${other} `;
    const hint2 = `write ${flag}--model ${meant[0]}${meant.length > 1 ? ` or another of ${ids}` : ""}`;
    return refusal(
      model,
      `${shown} is no id of ${other}; meant is ${meant.length > 1 ? "one of " : ""}${ids}`,
      ids,
      hint2,
      [...meant.map((id) => describeModel(other, id)), list]
    );
  }
  const hint = instead === void 0 ? `choose a model that has a contract; ${page} shows what ${other} offers` : `choose a model that has a contract; one of a like name is ${instead}`;
  return refusal(
    model,
    `${other} has no contract for ${shown}: ${why}`,
    `a model of ${provider} that has a contract`,
    hint,
    [
      ...instead === void 0 ? [] : [describeModel(other, instead)],
      `Read ${page}: it shows what ${other} offers today.`,
      list
    ]
  );
}
function nowhere(provider, model, models) {
  const near = nearest(model, models);
  const shown = JSON.stringify(plain(model, 60));
  const list = commandFor(provider, "listModels");
  const known = models.length > MOST_NAMED ? `the ${models.length} of --action listModels` : models.join(", ");
  return refusal(
    model,
    near === void 0 ? `there is no model ${shown}; known are ${known}` : `there is no model ${shown}; the nearest is "${near}"`,
    `one of ${known}`,
    near === void 0 ? "choose one of the known models" : `write --model ${near}`,
    near === void 0 ? [list] : [describeModel(provider, near), list]
  );
}
function refusal(model, message, expected, hint, nextSteps) {
  const received = `string ${JSON.stringify(plain(model, 60))}`;
  return new Failure("INVALID_MODEL", message, {
    nextSteps,
    issues: [{ path: "--model", expected, received, hint }]
  });
}
export {
  idsWithoutContract,
  knownName,
  readUnsupported,
  unknownModel,
  unsupportedName
};
