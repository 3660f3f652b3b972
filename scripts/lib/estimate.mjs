// Compiled from scripts/src/ by `npm run build`; do not edit.
// scripts/src/contracts/price/estimate.ts
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
  const range = rangeOf(costs.flatMap(({ least, most }) => [least, most]));
  const isKnown = (credits) => Number.isSafeInteger(credits) && credits > 0;
  return isKnown(range.least) && isKnown(range.most) ? range : null;
}
function datedEstimate(contract, payload) {
  const range = estimate(contract, payload);
  const { asOf = "", note = "" } = contract.price ?? {};
  return range && { ...range, asOf, note };
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
  return `${said} ${creditsText(rangeOf(bySecond), price.usdPerCredit)} a second; how many seconds count is not known from this request.`;
}
function fits(root, { when }, payload, explained) {
  const all = Object.entries(when).map(
    ([name, condition]) => meets(valueIn(root, payload, name), condition, explained.has(name) ? "no" : "perhaps")
  );
  return all.find((fit) => fit === "no") ?? all.find((fit) => fit === "perhaps") ?? "yes";
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
  const unit = perSecond === void 0 ? rangeOf([credits].flat()) : secondsOf(root, price, rate, payload);
  const counted = times ?? perhapsTimes;
  const count = counted === void 0 ? 1 : valueIn(root, payload, counted);
  if (unit === null) return null;
  const once = perSecond ?? 1;
  const often = once * (typeof count === "number" ? count : 1);
  return { least: unit.least * (times === void 0 ? once : often), most: unit.most * often };
}
var rangeOf = (numbers) => ({
  least: Math.min(...numbers),
  most: Math.max(...numbers)
});
function secondsOf(root, price, rate, payload) {
  if (rate.seconds !== void 0) return rangeOf(rate.seconds);
  const value = valueIn(root, payload, price.seconds);
  const isGiven = value !== void 0 && value !== null;
  const possible = isGiven ? [value] : valuesOf(root.properties?.get(price.seconds));
  const seconds = possible.map(toSeconds);
  return seconds.length > 0 && seconds.every(Boolean) ? rangeOf(seconds) : null;
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
  const pairs = singles.flatMap((one, i) => singles.slice(i + 1).map((two) => ({ ...one, ...two })));
  const variants = [];
  for (const change of [...singles, ...pairs.filter((pair) => Object.keys(pair).length === 2)]) {
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
  const names = rates.flatMap(({ when, times, perhapsTimes }) => [...Object.keys(when), times, perhapsTimes]);
  return [.../* @__PURE__ */ new Set([seconds, ...names])].filter((name) => typeof name === "string");
}
function changesOf(contract, payload, name) {
  const root = rootOf(contract);
  const current = valueIn(root, payload, name);
  return valuesOf(root.properties?.get(name)).filter((value) => value !== null && value !== current).map((value) => ({ [name]: value }));
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
  datedEstimate,
  estimate,
  estimateCredits,
  priceLine
};
