// Stands in for `node:assert` in the compiled undici.
module.exports = function assert(condition, message) {
  if (!condition) throw message instanceof Error ? message : new Error(message || 'assertion failed');
};
module.exports.strictEqual = (a, b, message) => module.exports(Object.is(a, b), message);
