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
async function whyUnsupported(root, provider, model) {
  try {
    const { page, groups } = readUnsupported(await readDocument(root, unsupportedName(provider)));
    const wanted = model.toLowerCase();
    const group = groups.find(({ models }) => models.some((id) => id.toLowerCase() === wanted));
    return group && { why: group.why, page };
  } catch {
    return void 0;
  }
}
function readUnsupported(document) {
  if (!isObject(document) || typeof document.page !== "string" || !Array.isArray(document.groups))
    throw new ContractError("it must hold page, a text, and groups, a list");
  const groups = document.groups.map((group) => {
    const models = isObject(group) && Array.isArray(group.models) ? group.models : [];
    if (!isObject(group) || typeof group.why !== "string" || models.length === 0)
      throw new ContractError("each of its groups must hold why, a text, and models, a list");
    return { why: group.why, models: models.map(String) };
  });
  return { page: document.page, groups };
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
    if (other !== provider && (await listModels(other, root)).includes(model)) {
      const hint = provider === DEFAULT_PROVIDER ? `add --provider ${other}` : `write --provider ${other} instead of --provider ${provider}`;
      return refusal(model, `"${model}" is a model of ${other}: ${hint}`, `a model of ${provider}`, hint, [
        describeModel(other, model),
        commandFor(provider, "listModels")
      ]);
    }
    const reason = await whyUnsupported(root, other, model);
    if (reason !== void 0) {
      const message = `${other} has no contract for "${plain(model, 60)}": ${reason.why}`;
      const hint = `choose a model that has a contract; ${reason.page} shows what ${other} offers`;
      return refusal(model, message, `a model of ${provider} that has a contract`, hint, [
        `Read ${reason.page}: it shows what ${other} offers today.`,
        commandFor(other, "listModels")
      ]);
    }
  }
  return void 0;
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
  readUnsupported,
  unknownModel,
  unsupportedName,
  whyUnsupported
};
