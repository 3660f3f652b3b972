// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/cli/actions/describe.ts
import { listModels, loadContract } from "./contracts.mjs";

// scripts/src/contracts/describe-fields.ts
import { rootOf } from "./contracts.mjs";
import { expected } from "./contracts.mjs";
function describeFields(contract) {
  return Object.fromEntries(fieldsOf(rootOf(contract), ""));
}
function describeRules(contract) {
  return rulesOf(rootOf(contract), "");
}
function rulesOf(node, before) {
  const sentences = (node.own ?? []).flatMap((keyword) => keyword.sentences?.() ?? []);
  const inner = [...node.properties ?? []].flatMap(([name, child]) => rulesOf(child, `${before}${name}: `));
  return [...sentences.map((sentence) => before + sentence), ...inner];
}
function fieldsOf(node, before) {
  return [...node.properties ?? []].flatMap(([name, child]) => {
    const need = node.required.has(name) ? "required" : "optional";
    const usual = child.default === void 0 ? "" : ` (default ${JSON.stringify(child.default)})`;
    const purpose = child.description === void 0 ? "" : `. ${child.description}`;
    return [
      [`${before}${name}`, `${need}: ${expected(child)}${usual}${purpose}`],
      ...fieldsOf(child, `${before}${name}.`),
      ...child.items === void 0 ? [] : fieldsOf(child.items, `${before}${name}[].`)
    ];
  });
}

// scripts/src/cli/actions/describe.ts
import { estimateCredits, priceLine } from "./estimate.mjs";
import { unlessEmpty } from "./main.mjs";
import { PROFILES, profileOf } from "./main.mjs";
import { commandFor, providerFlag } from "./main.mjs";
import { commandLine, flagWords } from "./main.mjs";
import { done } from "./main.mjs";
async function describeAll({ profile, isProviderNamed, kind, full }) {
  const provider = profile.id;
  const found = await contractsOf(provider, kind);
  const nextSteps = found.slice(0, 1).map(({ model }) => commandFor(provider, "describeModel", { model }));
  const others = {};
  for (const { id } of isProviderNamed ? [] : PROFILES.filter((other) => other !== profile)) {
    others[id] = kind === void 0 ? await listModels(id) : (await contractsOf(id, kind)).map(({ model }) => model);
    nextSteps.push(commandFor(id, "listModels", { kind }));
  }
  nextSteps.push(...priceSteps(profile, found));
  const models = found.map(full ? everything : facts);
  return done({ provider, kind, models, otherProviders: isProviderNamed ? void 0 : others, nextSteps });
}
async function contractsOf(provider, kind) {
  const found = [];
  for (const id of await listModels(provider)) {
    const contract = await loadContract(provider, id);
    if (kind === void 0 || contract.output === kind) found.push(contract);
  }
  return found;
}
async function describeOne({ profile, isProviderNamed, full }, model) {
  let provider = profile.id;
  for (const { id } of isProviderNamed ? [] : PROFILES)
    if ((await listModels(id)).includes(model)) provider = id;
  const contract = await loadContract(provider, model);
  const { example, advice } = contract;
  const which = { provider: providerFlag(provider), model };
  const nextSteps = [commandLine(flagWords({ sandbox: true, ...which, payload: JSON.stringify(example) }))];
  if (full) return done({ ...rules(contract), nextSteps });
  nextSteps.push(commandFor(provider, "describeModel", { model, full: true }));
  nextSteps.push(...priceSteps(profileOf(provider), [contract]));
  const fields = describeFields(contract);
  const shown = { rules: unlessEmpty(describeRules(contract)), example, notes: unlessEmpty(advice) };
  return done({ provider, ...facts(contract), fields, ...shown, nextSteps });
}
function priceSteps({ says }, contracts) {
  const unpriced = contracts.filter((contract) => priceLine(contract, contract.example) === null);
  if (unpriced.length === 0) return [];
  const names = unpriced.map(({ model }) => model).join(", ");
  return [
    `No price of ${names} is known here: see ${says.prices}, and get a yes to an unknown price before a submit.`
  ];
}
function facts(contract) {
  const { model, output, schema, example } = contract;
  const makes = schema.description ?? model;
  return { model, output, makes, estimateOfExample: priceLine(contract, example) };
}
function everything(contract) {
  const { provider, schema, example, price } = contract;
  return {
    provider,
    ...facts(contract),
    title: schema.title ?? contract.model,
    required: schema.required ?? [],
    example,
    estimatedCreditsOfExample: estimateCredits(contract, example),
    priceAsOf: price?.asOf ?? null
  };
}
function rules(contract) {
  const { schema, sources, notes, replay, durations, price } = contract;
  return {
    ...everything(contract),
    schema,
    sources: sources.map((source) => ({ ...source })),
    notes,
    replay,
    durations: durations.map((run) => ({ ...run })),
    price: price === null ? null : JSON.parse(JSON.stringify(price))
  };
}

// scripts/src/contracts/models-with.ts
import { listModels as listModels2, loadContract as loadContract2, rootOf as rootOf2 } from "./contracts.mjs";
import { imageField } from "./contracts.mjs";
import { lookAlike, sameMeaning } from "./contracts.mjs";
import { fits } from "./contracts.mjs";
async function modelsWith(contract, payload, names) {
  const found = /* @__PURE__ */ new Map();
  for (const model of await listModels2(contract.provider)) {
    const other = await loadContract2(contract.provider, model);
    if (model === contract.model || other.output !== contract.output) continue;
    if (!takesInputOf(other, contract, payload)) continue;
    for (const name of names) {
      const own = fieldFor(other, name);
      if (own === void 0) continue;
      const models = found.get(name) ?? [];
      if (takes(other, own, payload[name])) models.push(own === name ? model : `${model} (as "${own}")`);
      found.set(name, models);
    }
  }
  return found;
}
function takesInputOf(other, contract, payload) {
  const own = imageField(contract);
  const hasImage = own !== null && ((payload[own] ?? null) !== null || isRequired(contract, own));
  const field = imageField(other);
  return hasImage ? field !== null : field === null || !isRequired(other, field);
}
var isRequired = (contract, field) => rootOf2(contract).required?.has(field) === true;
function fieldFor(other, name) {
  const names = [...rootOf2(other).properties.keys()];
  return names.includes(name) ? name : lookAlike(name, names);
}
function takes(other, field, value) {
  const node = rootOf2(other).properties.get(field);
  return fits(node, value) || sameMeaning(node, value).some((one) => fits(node, one));
}

// scripts/src/contracts/unknown-model.ts
import { Failure } from "./main.mjs";
import { nearest } from "./main.mjs";
import { plain } from "./main.mjs";
import { listModels as listModels3, listProviders } from "./contracts.mjs";
import { readStored, unsupportedFile } from "./contracts.mjs";
async function unknownModel(provider, model, models, root) {
  const nowhere = { what: "nowhere", near: nearest(model, models), models };
  const known = await elsewhere(provider, model, root) ?? nowhere;
  const message = `There is no contract of ${provider} for the model "${plain(model, 60)}".`;
  return new Failure("INVALID_MODEL", message, {
    reason: { kind: "modelUnknown", provider, model, known }
  });
}
async function elsewhere(provider, model, root) {
  const others = listProviders(root).filter((name) => name !== provider);
  for (const other of [provider, ...others]) {
    const models = await listModels3(other, root);
    if (other !== provider && models.includes(model)) return { what: "modelOf", other };
    const list = await unsupportedOf(root, other).catch(() => void 0);
    const known = list && knownIn(list, other, model, models);
    if (known !== void 0) return known;
  }
  return void 0;
}
function knownIn({ page, names, groups }, other, model, models) {
  const wanted = model.toLowerCase();
  const group = groups.find((one) => one.models.some((id) => id.toLowerCase() === wanted)) ?? groups.find(({ beginnings }) => beginnings.some((start) => wanted.startsWith(start)));
  if (group !== void 0) {
    const instead = Object.hasOwn(group.instead, wanted) ? group.instead[wanted] : void 0;
    return { what: "withoutContract", other, page, why: group.why, instead };
  }
  const slug = slugOf(model);
  const named = Object.hasOwn(names, slug) ? names[slug] : void 0;
  const meant = named ?? models.filter((id) => slugOf(id) === slug);
  return meant.length > 0 ? { what: "nameOf", other, meant } : void 0;
}
async function idsWithoutContract(root, provider) {
  const { groups } = await unsupportedOf(root, provider);
  return groups.filter(({ outside }) => !outside).flatMap(({ models }) => models);
}
async function unsupportedOf(root, provider) {
  const { text, copy } = readStored(root, provider, unsupportedFile(provider));
  if (copy !== void 0) return copy;
  const { parseYaml } = await import("./parse-yaml.mjs");
  const { readUnsupported } = await import("./parse-yaml.mjs");
  return readUnsupported(parseYaml(text));
}
function slugOf(name) {
  return name.slice(0, 64).toLowerCase().replace(/[._\s]+/g, "-").replace(/-api$/, "");
}
export {
  describeAll,
  describeFields,
  describeOne,
  describeRules,
  idsWithoutContract,
  modelsWith,
  unknownModel
};
