// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/contracts/unknown-model.ts
import { Failure } from "./main.mjs";
import { plain } from "./main.mjs";
import { listModels, listProviders } from "./contracts.mjs";
import { nearest } from "./main.mjs";

// scripts/src/contracts/unsupported.ts
import { isObject } from "./main.mjs";
import { ContractError } from "./contracts.mjs";
import { readStored } from "./contracts.mjs";
function unsupportedName(provider) {
  return `${provider}.unsupported`;
}
async function knownName(root, provider, model, models) {
  let list;
  try {
    list = await unsupportedOf(root, provider);
  } catch {
    return void 0;
  }
  const { page, names, groups } = list;
  const wanted = model.toLowerCase();
  const group = groups.find((one) => one.models.some((id) => id.toLowerCase() === wanted)) ?? groups.find(({ beginnings }) => beginnings.some((start) => wanted.startsWith(start)));
  if (group !== void 0) {
    return { page, meant: [], why: group.why, instead: group.instead.get(wanted) };
  }
  const slug = slugOf(model);
  const meant = names.get(slug) ?? models.filter((id) => slugOf(id) === slug);
  return meant.length > 0 ? { page, meant } : void 0;
}
async function idsWithoutContract(root, provider) {
  const { groups } = await unsupportedOf(root, provider);
  return groups.filter(({ outside }) => !outside).flatMap(({ models }) => models);
}
async function unsupportedOf(root, provider) {
  const { text, copy } = readStored(root, unsupportedName(provider));
  return readUnsupported(copy ?? (await import("./parse-yaml.mjs")).parseYaml(text));
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
async function unknownModel(provider, model, models, root) {
  const known = await elsewhere(provider, model, root) ?? {
    what: "nowhere",
    near: nearest(model, models),
    models
  };
  const message = `There is no contract of ${provider} for the model "${plain(model, 60)}".`;
  return new Failure("INVALID_MODEL", message, {
    reason: { kind: "modelUnknown", provider, model, known }
  });
}
async function elsewhere(provider, model, root) {
  const others = listProviders(root).filter((name) => name !== provider);
  for (const other of [provider, ...others]) {
    const models = await listModels(other, root);
    if (other !== provider && models.includes(model)) return { what: "modelOf", other };
    const known = await knownName(root, other, model, models);
    if (known?.why !== void 0) return { ...known, what: "withoutContract", other, why: known.why };
    if (known !== void 0) return { what: "nameOf", other, meant: known.meant };
  }
  return void 0;
}
export {
  idsWithoutContract,
  knownName,
  readUnsupported,
  unknownModel,
  unsupportedName
};
