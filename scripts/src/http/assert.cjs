// Stands in for Node's own module in the compiled undici: its assertions need no more, and this loads at once.
module.exports = function assert(condition, message) {
  if (!condition) throw message instanceof Error ? message : new Error(message || 'assertion failed');
};
module.exports.strictEqual = (a, b, message) => module.exports(Object.is(a, b), message);
