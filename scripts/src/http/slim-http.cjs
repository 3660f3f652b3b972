// Stands in for `node:http` in the compiled undici, which asks it for a default that we set ourselves, and whether a
// stream is one of Node's own requests, which none of ours is.
module.exports = { maxHeaderSize: 16 * 1024, IncomingMessage: class IncomingMessage {} };
