// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/contracts/estimate.ts
import { isObject } from "./main.mjs";
import { rootOf } from "./contracts.mjs";
import { carriesSomething, fieldOf } from "./contracts.mjs";
import { checkPayload } from "./contracts.mjs";
var MOST_VARIANTS = 3;
var MOST_VALUES = 40;
function estimate(contract, payload) {
  const { price } = contract;
  if (price === null) return null;
  const root = rootOf(contract);
  const explained = explainedAbsences(price);
  const costs = [];
  for (const rate of price.rates) {
    const fit = fits(root, rate, payload, explained);
    if (fit === "no") continue;
    const cost = costOf(root, price, rate, payload);
    if (cost === null) return null;
    costs.push(cost);
    if (fit === "yes") break;
  }
  const least = Math.min(...costs.map((cost) => cost.least));
  const most = Math.max(...costs.map((cost) => cost.most));
  return [least, most].every((credits) => Number.isSafeInteger(credits) && credits > 0) ? { least, most } : null;
}
function estimateCredits(contract, payload) {
  const range = estimate(contract, payload);
  return range !== null && range.least === range.most ? range.most : null;
}
function creditsText({ least, most }, usdPerCredit) {
  const range = (low, high) => low === high ? low : `${low} to ${high}`;
  const credits = `${range(String(least), String(most))} credit${most === 1 ? "" : "s"}`;
  if (usdPerCredit === null) return credits;
  const dollars = (amount) => `US$${(amount * usdPerCredit).toFixed(4).replace(/0{1,2}$/, "")}`;
  return `${credits} (about ${range(dollars(least), dollars(most))})`;
}
function priceLine(contract, payload) {
  const { price } = contract;
  if (price === null || price.rates.length === 0) return null;
  const range = estimate(contract, payload);
  const said = `An estimate by prices of ${price.asOf}, no quote:`;
  if (range !== null) return `${said} ${creditsText(range, price.usdPerCredit)}.`;
  const bySecond = price.rates.flatMap(({ perSecond }) => perSecond ?? []);
  if (bySecond.length === 0) return null;
  const second = { least: Math.min(...bySecond), most: Math.max(...bySecond) };
  return `${said} ${creditsText(second, price.usdPerCredit)} a second; how many seconds count is not known from this request.`;
}
function fits(root, { when }, payload, explained) {
  let fit = "yes";
  for (const [name, condition] of Object.entries(when)) {
    const one = meets(valueIn(root, payload, name), condition, explained.has(name) ? "no" : "perhaps");
    if (one === "no") return "no";
    if (one === "perhaps") fit = "perhaps";
  }
  return fit;
}
function explainedAbsences({ rates }) {
  const explains = (condition) => condition === "absent" || Array.isArray(condition) && condition.includes(null);
  const pairs = rates.flatMap(({ when }) => Object.entries(when));
  return new Set(pairs.filter(([, condition]) => explains(condition)).map(([name]) => name));
}
function meets(value, condition, unsaid) {
  const isLeftOut = !carriesSomething(value);
  const as = (is) => is ? "yes" : "no";
  if (condition === "given") return as(!isLeftOut);
  if (condition === "absent") return as(isLeftOut);
  if (Array.isArray(condition)) {
    if (isLeftOut) return condition.includes(null) ? "yes" : unsaid;
    return as(condition.includes(value));
  }
  if (isLeftOut) return unsaid;
  if (isObject(condition))
    return as(typeof value === "string" && new RegExp(String(condition.pattern), "u").test(value));
  return as(value === condition);
}
function costOf(root, price, rate, payload) {
  const { credits, perSecond, times, perhapsTimes } = rate;
  const [low, high] = Array.isArray(credits) ? credits : [credits, credits];
  const seconds = perSecond === void 0 ? null : secondsOf(root, price, rate, payload);
  const each = perSecond === void 0 ? { least: low, most: high } : seconds && scaled(seconds, perSecond);
  const counted = times ?? perhapsTimes;
  const count = counted === void 0 ? 1 : valueIn(root, payload, counted);
  if (each === null || typeof count !== "number") return each;
  return { least: times === void 0 ? each.least : each.least * count, most: each.most * count };
}
var scaled = ({ least, most }, factor) => ({
  least: least * factor,
  most: most * factor
});
function secondsOf(root, price, rate, payload) {
  if (rate.seconds !== void 0) return { least: rate.seconds[0], most: rate.seconds[1] };
  const value = valueIn(root, payload, price.seconds);
  const isGiven = value !== void 0 && value !== null;
  const possible = isGiven ? [value] : valuesOf(root.properties?.get(price.seconds));
  const seconds = possible.map(toSeconds);
  if (seconds.length === 0 || !seconds.every(Boolean)) return null;
  return { least: Math.min(...seconds), most: Math.max(...seconds) };
}
function valueIn(root, payload, name) {
  return fieldOf(payload, name) ?? root.properties.get(name)?.default;
}
function toSeconds(value) {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d{1,6}(\.\d+)?$/.test(value) ? Number(value) : null;
}
function cheaperVariants(contract, payload, belowCredits) {
  const now = estimate(contract, payload);
  if (now === null || checkPayload(contract, payload).length > 0) return [];
  const singles = priceFields(contract).flatMap((name) => changesOf(contract, payload, name));
  const pairs = singles.flatMap(
    (one, i) => singles.slice(i + 1).flatMap((two) => one.name === two.name ? [] : [{ ...one.change, ...two.change }])
  );
  const variants = [];
  for (const change of [...singles.map((single) => single.change), ...pairs]) {
    const credits = estimate(contract, { ...payload, ...change })?.most;
    if (credits !== void 0 && credits < belowCredits) variants.push({ change, credits });
  }
  variants.sort(
    (a, b) => Object.keys(a.change).length - Object.keys(b.change).length || b.credits - a.credits
  );
  const valid = [];
  for (const variant of variants) {
    if (valid.length === MOST_VARIANTS) break;
    const isNearer = ({ change }) => Object.keys(change).every((name) => Object.hasOwn(variant.change, name));
    if (valid.some(isNearer)) continue;
    if (checkPayload(contract, { ...payload, ...variant.change }).length === 0) valid.push(variant);
  }
  return valid;
}
function priceFields(contract) {
  const { seconds, rates } = contract.price;
  const names = /* @__PURE__ */ new Set();
  if (seconds !== null) names.add(seconds);
  for (const { when, times, perhapsTimes } of rates)
    for (const name of [...Object.keys(when), times, perhapsTimes]) if (name !== void 0) names.add(name);
  return [...names];
}
function changesOf(contract, payload, name) {
  const root = rootOf(contract);
  const current = valueIn(root, payload, name);
  return valuesOf(root.properties?.get(name)).filter((value) => value !== null && value !== current).map((value) => ({ name, change: { [name]: value } }));
}
function valuesOf(node) {
  if (node?.enum !== void 0) return node.enum;
  if (node?.minimum === void 0 || node.maximum === void 0) return [];
  const first = Math.ceil(node.minimum);
  const length = Math.min(MOST_VALUES, Math.max(0, Math.floor(node.maximum) - first + 1));
  return Array.from({ length }, (_, i) => first + i);
}
export {
  cheaperVariants,
  estimate,
  estimateCredits,
  priceLine
};
