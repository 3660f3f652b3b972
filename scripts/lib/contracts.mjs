// Compiled from scripts/src/ by `npm run build`; do not edit.
const require = (name) => process.getBuiltinModule(name);
// scripts/src/cli/request/payload.ts
const { constants } = require("node:fs");
const { open } = require("node:fs/promises");

// scripts/src/contracts/contract.ts
const { readdirSync } = require("node:fs");
const { join: join2 } = require("node:path");
import { Failure } from "./main.mjs";
import { isObject as isObject6 } from "./main.mjs";
import { skillFolder } from "./main.mjs";
import { plain as plain3 } from "./main.mjs";

// scripts/src/contracts/schema/read-schema.ts
import { isObject as isObject5 } from "./main.mjs";

// node_modules/zod/v4/core/util.js
function jsonStringifyReplacer(_, value) {
  if (typeof value === "bigint")
    return value.toString();
  return value;
}
var Cached = class {
  constructor(getter) {
    this._getter = getter;
    this._value = void 0;
  }
  get value() {
    const getter = this._getter;
    if (getter !== void 0) {
      this._value = getter();
      this._getter = void 0;
    }
    return this._value;
  }
};
function cached(getter) {
  return new Cached(getter);
}
function nullish(input) {
  return input === null || input === void 0;
}
function cleanRegex(source) {
  const start = source.startsWith("^") ? 1 : 0;
  const end = source.endsWith("$") ? source.length - 1 : source.length;
  return source.slice(start, end);
}
function assignProp(target, prop, value) {
  Object.defineProperty(target, prop, {
    value,
    writable: true,
    enumerable: true,
    configurable: true
  });
}
var captureStackTrace = "captureStackTrace" in Error ? Error.captureStackTrace : (..._args) => {
};
function isObject(data) {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
function isPlainObject(o) {
  if (isObject(o) === false)
    return false;
  const ctor = o.constructor;
  if (ctor === void 0)
    return true;
  if (typeof ctor !== "function")
    return true;
  const prot = ctor.prototype;
  if (isObject(prot) === false)
    return false;
  if (Object.prototype.hasOwnProperty.call(prot, "isPrototypeOf") === false) {
    return false;
  }
  return true;
}
function shallowClone(o) {
  if (isPlainObject(o))
    return { ...o };
  if (Array.isArray(o))
    return [...o];
  if (o instanceof Map)
    return new Map(o);
  if (o instanceof Set)
    return new Set(o);
  return o;
}
function escapeRegex(str) {
  return str.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
function clone(inst, def, params) {
  const cl = new inst._zod.constr(def ?? inst._zod.def);
  if (!def || params?.parent)
    cl._zod.parent = inst;
  return cl;
}
function normalizeParams(_params) {
  const params = _params;
  if (!params)
    return {};
  if (typeof params === "string")
    return { error: () => params };
  if (params?.message !== void 0) {
    if (params?.error !== void 0)
      throw new Error("Cannot specify both `message` and `error` params");
    params.error = params.message;
  }
  delete params.message;
  if (typeof params.error === "string")
    return { ...params, error: () => params.error };
  return params;
}
function optionalKeys(shape) {
  return Object.keys(shape).filter((k) => {
    return shape[k]._zod.optin !== void 0 && shape[k]._zod.optout === "optional";
  });
}
var NUMBER_FORMAT_RANGES = /* @__PURE__ */ (() => ({
  safeint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
  float32: [-34028234663852886e22, 34028234663852886e22],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE]
}))();
function aborted(x, startIndex = 0) {
  if (x.aborted === true)
    return true;
  for (let i = startIndex; i < x.issues.length; i++) {
    if (x.issues[i]?.continue !== true) {
      return true;
    }
  }
  return false;
}
function explicitlyAborted(x, startIndex = 0) {
  if (x.aborted === true)
    return true;
  for (let i = startIndex; i < x.issues.length; i++) {
    if (x.issues[i]?.continue === false) {
      return true;
    }
  }
  return false;
}
function prefixIssues(path, issues) {
  return issues.map((iss) => {
    var _a2;
    (_a2 = iss).path ?? (_a2.path = []);
    iss.path.unshift(path);
    return iss;
  });
}
function unwrapMessage(message) {
  return typeof message === "string" ? message : message?.message;
}
function sizeCaps(defChecks) {
  const caps = [];
  for (const ch of defChecks ?? []) {
    const d = ch._zod.def;
    if (!/_(length|size)$|_equals$/.test(d.check))
      break;
    const max = d.maximum ?? d.length ?? d.size;
    if (max >= 0)
      caps.push([max, ch]);
  }
  return caps;
}
function attachSchema(issues, start, inst) {
  var _a2;
  for (let i = start; i < issues.length; i++) {
    (_a2 = issues[i]).schema ?? (_a2.schema = inst);
  }
}
function finalizeIssue(iss, ctx, config2) {
  var _a2;
  const traits = iss.inst?._zod?.traits;
  if (traits?.has("$ZodType")) {
    if (traits.has("$ZodCheck"))
      (_a2 = iss).schema ?? (_a2.schema = iss.inst);
    else
      iss.schema = iss.inst;
  }
  const schemaError = iss.schema !== iss.inst ? iss.schema?._zod.def?.error : void 0;
  const message = iss.message ? iss.message : unwrapMessage(iss.inst?._zod.def?.error?.(iss)) ?? unwrapMessage(schemaError?.(iss)) ?? unwrapMessage(ctx?.error?.(iss)) ?? unwrapMessage(config2.customError?.(iss)) ?? unwrapMessage(config2.localeError?.(iss)) ?? "Invalid input";
  const full = {};
  for (const k of Object.keys(iss)) {
    if (k === "inst" || k === "schema" || k === "continue" || k === "input" || k === "__proto__")
      continue;
    full[k] = iss[k];
  }
  full.path ?? (full.path = []);
  full.message = message;
  if (ctx?.reportInput) {
    full.input = iss.input;
  }
  return full;
}
var highSurrogate = /[\uD800-\uDBFF]/;
function codePointLength(str) {
  const units = str.length;
  if (!highSurrogate.test(str))
    return units;
  let count2 = units;
  for (let i = 0; i < units - 1; i++) {
    if ((str.charCodeAt(i) & 64512) === 55296 && (str.charCodeAt(i + 1) & 64512) === 56320) {
      count2--;
      i++;
    }
  }
  return count2;
}
function getLengthableOrigin(input) {
  if (Array.isArray(input))
    return "array";
  if (typeof input === "string")
    return "string";
  return "unknown";
}
function issue(...args) {
  const [iss, input, inst] = args;
  if (typeof iss === "string") {
    return {
      message: iss,
      code: "custom",
      input,
      inst
    };
  }
  return { ...iss };
}
function members(proto, table) {
  for (const key in table) {
    const desc = Object.getOwnPropertyDescriptor(table, key);
    if (desc.get)
      Object.defineProperty(proto, key, { ...desc, enumerable: false });
    else
      defineBound(proto, key, desc.value);
  }
}
function own(inst, key, value, enumerable = true) {
  Object.defineProperty(inst, key, { configurable: true, writable: true, enumerable, value });
  return value;
}
function hide(inst, key, value) {
  return own(inst, key, value, false);
}
function defineBound(proto, key, fn) {
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      return this == null ? fn : own(this, key, fn.bind(this));
    },
    set(value) {
      own(this, key, value);
    }
  });
}
function claim(inst, sentinel) {
  const proto = Object.getPrototypeOf(inst);
  return sentinel in proto ? void 0 : proto;
}
var installing;
var broke = false;
var breaker = {
  configurable: true,
  get() {
    broke = true;
    return void 0;
  }
};
function defineLazyInternal(inst, key, compute) {
  const proto = Object.getPrototypeOf(inst._zod);
  if (key in proto && installing !== inst._zod) {
    installing = void 0;
    return;
  }
  installing = inst._zod;
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      Object.defineProperty(this, key, breaker);
      const outer = broke;
      broke = false;
      try {
        const value = compute(this);
        if (broke)
          delete this[key];
        else
          Object.defineProperty(this, key, { configurable: true, writable: true, value });
        broke = broke || outer;
        return value;
      } catch (err) {
        delete this[key];
        broke = broke || outer;
        throw err;
      }
    },
    set(value) {
      Object.defineProperty(this, key, { configurable: true, writable: true, value });
    }
  });
}
function installLazyProp(inst, key, make, enumerable) {
  const proto = claim(inst, key);
  if (!proto)
    return;
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      const desc = { configurable: true, writable: true, enumerable, value: void 0 };
      Object.defineProperty(this, key, desc);
      desc.value = make(this);
      Object.defineProperty(this, key, desc);
      return desc.value;
    },
    set(value) {
      Object.defineProperty(this, key, { configurable: true, writable: true, enumerable, value });
    }
  });
}

// node_modules/zod/v4/core/core.js
var _a;
var _zodDesc = { value: void 0, enumerable: false };
var _E = "captureStackTrace" in Error ? Error : null;
function newError(Definition) {
  const E = _E;
  if (E) {
    const saved = E.stackTraceLimit;
    if (typeof saved === "number") {
      try {
        E.stackTraceLimit = 0;
      } catch {
        _E = null;
        return new Definition();
      }
      try {
        return new Definition();
      } finally {
        E.stackTraceLimit = saved;
      }
    }
  }
  return new Definition();
}
// @__NO_SIDE_EFFECTS__
function $constructor(name, initializer2, proto, params) {
  const zodProto = {};
  function Internals(def) {
    this.def = def;
    this.constr = _;
    this.traits = /* @__PURE__ */ new Set();
  }
  Internals.prototype = zodProto;
  const protoMembers = proto;
  const initialized = protoMembers && /* @__PURE__ */ new WeakSet();
  function init(inst, def) {
    if (!inst._zod) {
      _zodDesc.value = new Internals(def);
      try {
        Object.defineProperty(inst, "_zod", _zodDesc);
      } finally {
        _zodDesc.value = void 0;
      }
    } else if (inst._zod.traits.has(name)) {
      return;
    }
    inst._zod.traits.add(name);
    initializer2(inst, def);
    if (initialized) {
      const own2 = Object.getPrototypeOf(inst);
      const ctorProto = inst._zod.constr.prototype;
      let up = own2;
      while (up && up !== ctorProto)
        up = Object.getPrototypeOf(up);
      const target = up ?? own2;
      if (!initialized.has(target)) {
        initialized.add(target);
        members(target, protoMembers);
      }
    }
    const proto2 = _.prototype;
    for (const k in proto2) {
      if (!Object.prototype.hasOwnProperty.call(proto2, k))
        continue;
      if (!(k in inst)) {
        inst[k] = proto2[k].bind(inst);
      }
    }
  }
  const Parent = params?.Parent ?? Object;
  class Definition extends Parent {
  }
  Object.defineProperty(Definition, "name", { value: name });
  function _(def) {
    const inst = params?.Parent ? newError(Definition) : this;
    init(inst, def);
    const deferred = inst._zod.deferred;
    if (deferred) {
      for (const fn of deferred) {
        fn();
      }
      inst._zod.deferred = void 0;
    }
    const pp = ownZod.__zod_globalConfig?.postProcessor;
    if (pp)
      pp(inst);
    return inst;
  }
  Object.defineProperty(_, "init", { value: init });
  Object.defineProperty(_, Symbol.hasInstance, {
    value: (inst) => {
      if (params?.Parent && inst instanceof params.Parent)
        return true;
      return inst?._zod?.traits?.has(name);
    }
  });
  Object.defineProperty(_, "name", { value: name });
  return _;
}
var $ZodAsyncError = class extends Error {
  constructor() {
    super(`Encountered Promise during synchronous parse. Use .parseAsync() instead.`);
  }
};
(_a = ownZod = {}).__zod_globalConfig ?? (_a.__zod_globalConfig = {});
var globalConfig = ownZod.__zod_globalConfig;
function config(newConfig) {
  if (newConfig)
    Object.assign(globalConfig, newConfig);
  return globalConfig;
}
var ownZod;

// node_modules/zod/v4/core/errors.js
function _getMessage() {
  const internals = this._zod;
  internals.message ?? (internals.message = JSON.stringify(internals.def, jsonStringifyReplacer, 2));
  return internals.message;
}
function _setMessage(value) {
  this._zod.message = value;
}
var _messageDesc = {
  get: _getMessage,
  set: _setMessage,
  enumerable: true,
  configurable: true
};
var _issuesDesc = { value: void 0, enumerable: false };
var _installedToString = /* @__PURE__ */ new WeakSet([Object.prototype, Error.prototype]);
var initializer = (inst, def) => {
  inst.name = "$ZodError";
  _issuesDesc.value = def;
  Object.defineProperty(inst, "issues", _issuesDesc);
  _issuesDesc.value = void 0;
  Object.defineProperty(inst, "message", _messageDesc);
  const proto = Object.getPrototypeOf(inst);
  if (!_installedToString.has(proto)) {
    _installedToString.add(proto);
    Object.defineProperty(proto, "toString", {
      configurable: true,
      enumerable: false,
      get() {
        const value = () => this.message;
        Object.defineProperty(this, "toString", { value, configurable: true, writable: true });
        return value;
      },
      set(value) {
        Object.defineProperty(this, "toString", { value, configurable: true, writable: true });
      }
    });
  }
};
var $ZodError = $constructor("$ZodError", initializer);
var $ZodRealError = $constructor("$ZodError", initializer, void 0, {
  Parent: Error
});

// node_modules/zod/v4/core/parse.js
var _parse = (_Err) => {
  const fn = (schema, value, _ctx, _params) => {
    const ctx = _ctx ? { ..._ctx, async: false } : { async: false };
    const result = schema._zod.run({ value, issues: [] }, ctx);
    if (result instanceof Promise) {
      throw new $ZodAsyncError();
    }
    if (result.issues.length) {
      const e = new (_params?.Err ?? _Err)(result.issues.map((iss) => finalizeIssue(iss, ctx, config())));
      captureStackTrace(e, _params?.callee ?? fn);
      throw e;
    }
    return result.value;
  };
  return fn;
};
var parse = /* @__PURE__ */ _parse($ZodRealError);
var _parseAsync = (_Err) => {
  const fn = async (schema, value, _ctx, params) => {
    const ctx = _ctx ? { ..._ctx, async: true } : { async: true };
    let result = schema._zod.run({ value, issues: [] }, ctx);
    if (result instanceof Promise)
      result = await result;
    if (result.issues.length) {
      const e = new (params?.Err ?? _Err)(result.issues.map((iss) => finalizeIssue(iss, ctx, config())));
      captureStackTrace(e, params?.callee ?? fn);
      throw e;
    }
    return result.value;
  };
  return fn;
};
var parseAsync = /* @__PURE__ */ _parseAsync($ZodRealError);
var _safeParse = (_Err) => (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, async: false } : { async: false };
  const result = schema._zod.run({ value, issues: [] }, ctx);
  if (result instanceof Promise) {
    throw new $ZodAsyncError();
  }
  return result.issues.length ? failure(_Err, result.issues, ctx) : { success: true, data: result.value };
};
var safeParse = /* @__PURE__ */ _safeParse($ZodRealError);
function failure(Err, issues, ctx) {
  let error;
  return {
    success: false,
    get error() {
      if (!error) {
        error = new Err(issues.map((iss) => finalizeIssue(iss, ctx, config())));
        issues = void 0;
        ctx = void 0;
      }
      return error;
    },
    set error(e) {
      error = e;
      issues = void 0;
      ctx = void 0;
    }
  };
}
var _safeParseAsync = (_Err) => async (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, async: true } : { async: true };
  let result = schema._zod.run({ value, issues: [] }, ctx);
  if (result instanceof Promise)
    result = await result;
  return result.issues.length ? failure(_Err, result.issues, ctx) : { success: true, data: result.value };
};
var safeParseAsync = /* @__PURE__ */ _safeParseAsync($ZodRealError);

// node_modules/zod/v4/core/regexes.js
var anyString = /^[\s\S]{0,}$/;
var number = /^-?\d+(?:\.\d+)?$/;
var boolean = /^(?:true|false)$/i;
var _null = /^null$/i;

// node_modules/zod/v4/core/checks.js
var $ZodCheck = /* @__PURE__ */ $constructor("$ZodCheck", (inst, def) => {
  var _a2;
  inst._zod ?? (inst._zod = {});
  inst._zod.def = def;
  (_a2 = inst._zod).onattach ?? (_a2.onattach = []);
});
var _whenHasLength = (payload) => {
  const val = payload.value;
  return !nullish(val) && val.length !== void 0;
};
var numericOriginMap = {
  number: "number",
  bigint: "bigint",
  object: "date"
};
var $ZodCheckLessThan = /* @__PURE__ */ $constructor("$ZodCheckLessThan", (inst, def) => {
  $ZodCheck.init(inst, def);
  const origin = numericOriginMap[typeof def.value];
  inst._zod.check = (payload) => {
    if (def.inclusive ? payload.value <= def.value : payload.value < def.value) {
      return;
    }
    payload.issues.push({
      origin: numericOriginMap[typeof payload.value] ?? origin,
      code: "too_big",
      maximum: typeof def.value === "object" ? def.value.getTime() : def.value,
      input: payload.value,
      inclusive: def.inclusive,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckGreaterThan = /* @__PURE__ */ $constructor("$ZodCheckGreaterThan", (inst, def) => {
  $ZodCheck.init(inst, def);
  const origin = numericOriginMap[typeof def.value];
  inst._zod.check = (payload) => {
    if (def.inclusive ? payload.value >= def.value : payload.value > def.value) {
      return;
    }
    payload.issues.push({
      origin: numericOriginMap[typeof payload.value] ?? origin,
      code: "too_small",
      minimum: typeof def.value === "object" ? def.value.getTime() : def.value,
      input: payload.value,
      inclusive: def.inclusive,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckNumberFormat = /* @__PURE__ */ $constructor("$ZodCheckNumberFormat", (inst, def) => {
  $ZodCheck.init(inst, def);
  def.format = def.format || "float64";
  const isInt = def.format?.includes("int");
  const origin = isInt ? "int" : "number";
  const [minimum, maximum] = NUMBER_FORMAT_RANGES[def.format];
  inst._zod.check = (payload) => {
    const input = payload.value;
    if (isInt) {
      if (!Number.isInteger(input)) {
        payload.issues.push({
          expected: origin,
          format: def.format,
          code: "invalid_type",
          continue: false,
          input,
          inst
        });
        return;
      }
      if (!Number.isSafeInteger(input)) {
        if (input > 0) {
          payload.issues.push({
            input,
            code: "too_big",
            maximum: Number.MAX_SAFE_INTEGER,
            note: "Integers must be within the safe integer range.",
            inst,
            origin,
            inclusive: true,
            continue: !def.abort
          });
        } else {
          payload.issues.push({
            input,
            code: "too_small",
            minimum: Number.MIN_SAFE_INTEGER,
            note: "Integers must be within the safe integer range.",
            inst,
            origin,
            inclusive: true,
            continue: !def.abort
          });
        }
        return;
      }
    }
    if (input < minimum) {
      payload.issues.push({
        origin: "number",
        input,
        code: "too_small",
        minimum,
        inclusive: true,
        inst,
        continue: !def.abort
      });
    }
    if (input > maximum) {
      payload.issues.push({
        origin: "number",
        input,
        code: "too_big",
        maximum,
        inclusive: true,
        inst,
        continue: !def.abort
      });
    }
  };
});
var $ZodCheckMaxLength = /* @__PURE__ */ $constructor("$ZodCheckMaxLength", (inst, def) => {
  var _a2;
  $ZodCheck.init(inst, def);
  (_a2 = inst._zod.def).when ?? (_a2.when = _whenHasLength);
  inst._zod.check = (payload) => {
    const input = payload.value;
    const units = input.length;
    const length = typeof input === "string" && units > def.maximum ? codePointLength(input) : units;
    if (length <= def.maximum)
      return;
    const origin = getLengthableOrigin(input);
    payload.issues.push({
      origin,
      code: "too_big",
      maximum: def.maximum,
      inclusive: true,
      input,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckMinLength = /* @__PURE__ */ $constructor("$ZodCheckMinLength", (inst, def) => {
  var _a2;
  $ZodCheck.init(inst, def);
  (_a2 = inst._zod.def).when ?? (_a2.when = _whenHasLength);
  inst._zod.check = (payload) => {
    const input = payload.value;
    const units = input.length;
    const length = typeof input === "string" && units >= def.minimum && units < def.minimum * 2 ? codePointLength(input) : units;
    if (length >= def.minimum)
      return;
    const origin = getLengthableOrigin(input);
    payload.issues.push({
      origin,
      code: "too_small",
      minimum: def.minimum,
      inclusive: true,
      input,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckStringFormat = /* @__PURE__ */ $constructor("$ZodCheckStringFormat", (inst, def) => {
  var _a2, _b;
  $ZodCheck.init(inst, def);
  if (def.pattern)
    (_a2 = inst._zod).check ?? (_a2.check = (payload) => {
      def.pattern.lastIndex = 0;
      if (def.pattern.test(payload.value))
        return;
      payload.issues.push({
        origin: "string",
        code: "invalid_format",
        format: def.format,
        input: payload.value,
        ...def.pattern ? { pattern: def.pattern.toString() } : {},
        inst,
        continue: !def.abort
      });
    });
  else
    (_b = inst._zod).check ?? (_b.check = () => {
    });
});
var $ZodCheckRegex = /* @__PURE__ */ $constructor("$ZodCheckRegex", (inst, def) => {
  $ZodCheckStringFormat.init(inst, def);
  inst._zod.check = (payload) => {
    def.pattern.lastIndex = 0;
    if (def.pattern.test(payload.value))
      return;
    payload.issues.push({
      origin: "string",
      code: "invalid_format",
      format: "regex",
      input: payload.value,
      pattern: def.pattern.toString(),
      inst,
      continue: !def.abort
    });
  };
});

// node_modules/zod/v4/core/versions.js
var version = {
  major: 4,
  minor: 6,
  patch: 7
};

// node_modules/zod/v4/core/schemas.js
var $ZodType = /* @__PURE__ */ $constructor("$ZodType", (inst, def) => {
  var _a2;
  inst ?? (inst = {});
  inst._zod.def = def;
  inst._zod.bag = inst._zod.bag || {};
  inst._zod.version = version;
  const defChecks = inst._zod.def.checks;
  const checks2 = inst._zod.traits.has("$ZodCheck") ? [inst, ...defChecks ?? []] : defChecks?.length ? [...defChecks] : [];
  for (const ch of checks2) {
    for (const fn of ch._zod.onattach) {
      fn(inst);
    }
  }
  if (checks2.length === 0) {
    (_a2 = inst._zod).deferred ?? (_a2.deferred = []);
    inst._zod.deferred?.push(() => {
      inst._zod.run = inst._zod.parse;
    });
  } else {
    const runChecks = (payload, checks3, ctx) => {
      if (payload.memo)
        return payload;
      let isAborted = aborted(payload);
      let asyncResult;
      for (const ch of checks3) {
        if (ch._zod.def.when) {
          if (explicitlyAborted(payload))
            continue;
          const shouldRun = ch._zod.def.when(payload);
          if (!shouldRun)
            continue;
        } else if (isAborted) {
          continue;
        }
        const currLen = payload.issues.length;
        const _ = ch._zod.check(payload);
        if (_ instanceof Promise && ctx?.async === false) {
          throw new $ZodAsyncError();
        }
        if (asyncResult || _ instanceof Promise) {
          asyncResult = (asyncResult ?? Promise.resolve()).then(async () => {
            await _;
            const nextLen = payload.issues.length;
            if (nextLen === currLen)
              return;
            attachSchema(payload.issues, currLen, inst);
            if (!isAborted)
              isAborted = aborted(payload, currLen);
          });
        } else {
          const nextLen = payload.issues.length;
          if (nextLen === currLen)
            continue;
          attachSchema(payload.issues, currLen, inst);
          if (!isAborted)
            isAborted = aborted(payload, currLen);
        }
      }
      if (asyncResult) {
        return asyncResult.then(() => {
          return payload;
        });
      }
      return payload;
    };
    const handleCanaryResult = (canary, payload, ctx) => {
      if (aborted(canary)) {
        canary.aborted = true;
        return canary;
      }
      const checkResult = runChecks(payload, checks2, ctx);
      if (checkResult instanceof Promise) {
        if (ctx.async === false)
          throw new $ZodAsyncError();
        return checkResult.then((checkResult2) => inst._zod.parse(checkResult2, ctx));
      }
      return inst._zod.parse(checkResult, ctx);
    };
    inst._zod.run = (payload, ctx) => {
      if (ctx.skipChecks) {
        return inst._zod.parse(payload, ctx);
      }
      if (ctx.direction === "backward") {
        const canary = inst._zod.parse({ value: payload.value, issues: [] }, { ...ctx, skipChecks: true });
        if (canary instanceof Promise) {
          return canary.then((canary2) => {
            return handleCanaryResult(canary2, payload, ctx);
          });
        }
        return handleCanaryResult(canary, payload, ctx);
      }
      const result = inst._zod.parse(payload, ctx);
      if (result instanceof Promise) {
        if (ctx.async === false)
          throw new $ZodAsyncError();
        return result.then((result2) => runChecks(result2, checks2, ctx));
      }
      return runChecks(result, checks2, ctx);
    };
  }
}, {
  // Wrappers extend this by installing a richer factory over it; reading it eagerly would defeat the laziness.
  get "~standard"() {
    return hide(this, "~standard", standardProps(this));
  },
  set "~standard"(value) {
    own(this, "~standard", value);
  }
});
var toStandardResult = (r, ctx) => r.issues.length ? { issues: r.issues.map((iss) => finalizeIssue(iss, ctx, config())) } : { value: r.value };
async function validateAsync(inst, value) {
  const ctx = { async: true };
  return toStandardResult(await inst._zod.run({ value, issues: [] }, ctx), ctx);
}
function standardProps(inst) {
  return {
    validate: (value) => {
      const ctx = { async: false };
      try {
        const r = inst._zod.run({ value, issues: [] }, ctx);
        if (!(r instanceof Promise))
          return toStandardResult(r, ctx);
      } catch (_) {
      }
      return validateAsync(inst, value);
    },
    vendor: "zod",
    version: 1
  };
}
var $ZodString = /* @__PURE__ */ $constructor("$ZodString", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = def.pattern ?? anyString;
  inst._zod.parse = (payload, _) => {
    if (def.coerce)
      try {
        payload.value = String(payload.value);
      } catch (_2) {
      }
    if (typeof payload.value === "string")
      return payload;
    payload.issues.push({
      expected: "string",
      code: "invalid_type",
      input: payload.value,
      inst
    });
    return payload;
  };
});
var $ZodNumber = /* @__PURE__ */ $constructor("$ZodNumber", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = number;
  inst._zod.parse = (payload, _ctx) => {
    if (def.coerce)
      try {
        payload.value = Number(payload.value);
      } catch (_) {
      }
    const input = payload.value;
    if (typeof input === "number" && !Number.isNaN(input) && Number.isFinite(input)) {
      return payload;
    }
    const received2 = typeof input === "number" ? Number.isNaN(input) ? "NaN" : !Number.isFinite(input) ? String(input) : void 0 : void 0;
    payload.issues.push({
      expected: "number",
      code: "invalid_type",
      input,
      inst,
      ...received2 ? { received: received2 } : {}
    });
    return payload;
  };
});
var $ZodNumberFormat = /* @__PURE__ */ $constructor("$ZodNumberFormat", (inst, def) => {
  $ZodCheckNumberFormat.init(inst, def);
  $ZodNumber.init(inst, def);
});
var $ZodBoolean = /* @__PURE__ */ $constructor("$ZodBoolean", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = boolean;
  inst._zod.parse = (payload, _ctx) => {
    if (def.coerce)
      try {
        payload.value = Boolean(payload.value);
      } catch (_) {
      }
    const input = payload.value;
    if (typeof input === "boolean")
      return payload;
    payload.issues.push({
      expected: "boolean",
      code: "invalid_type",
      input,
      inst
    });
    return payload;
  };
});
var $ZodNull = /* @__PURE__ */ $constructor("$ZodNull", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = _null;
  inst._zod.values = /* @__PURE__ */ new Set([null]);
  inst._zod.parse = (payload, _ctx) => {
    const input = payload.value;
    if (input === null)
      return payload;
    payload.issues.push({
      expected: "null",
      code: "invalid_type",
      input,
      inst
    });
    return payload;
  };
});
var $ZodNever = /* @__PURE__ */ $constructor("$ZodNever", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.parse = (payload, _ctx) => {
    payload.issues.push({
      expected: "never",
      code: "invalid_type",
      input: payload.value,
      inst
    });
    return payload;
  };
});
function capSize(inst, size) {
  const caps = sizeCaps(inst._zod.def.checks);
  if (!caps.length)
    return;
  const cap = Math.min(...caps.map((c) => c[0]));
  const parse2 = inst._zod.parse;
  inst._zod.parse = (payload, ctx) => {
    const n = size(payload.value);
    if (n > cap && !ctx?.skipChecks && ctx?.direction !== "backward") {
      for (const [max, ch] of sizeCaps(inst._zod.def.checks)) {
        if (n > max && ch._zod.def.when(payload)) {
          const start = payload.issues.length;
          ch._zod.check(payload);
          payload.issues[start].continue = false;
          attachSchema(payload.issues, start, inst);
          return payload;
        }
      }
    }
    return parse2(payload, ctx);
  };
}
var arraySize = (input) => Array.isArray(input) ? input.length : -1;
function handleArrayResult(result, final, index) {
  if (result.issues.length) {
    final.issues.push(...prefixIssues(index, result.issues));
  }
  final.value[index] = result.value;
}
var $ZodArray = /* @__PURE__ */ $constructor("$ZodArray", (inst, def) => {
  $ZodType.init(inst, def);
  const memo = globalConfig.memoizer;
  memo?.attach(inst);
  inst._zod.parse = (payload, ctx) => {
    const input = payload.value;
    if (!Array.isArray(input)) {
      payload.issues.push({
        expected: "array",
        code: "invalid_type",
        input,
        inst
      });
      return payload;
    }
    payload.value = memo ? memo.alloc(inst, payload, Array(input.length), ctx) : Array(input.length);
    const proms = [];
    const abortEarly = ctx?.abortEarly;
    for (let i = 0; i < input.length; i++) {
      const item = input[i];
      const result = def.element._zod.run({
        value: item,
        issues: []
      }, ctx);
      if (result instanceof Promise) {
        proms.push(result.then((result2) => handleArrayResult(result2, payload, i)));
      } else {
        handleArrayResult(result, payload, i);
        if (abortEarly && result.issues.length !== 0 && aborted(result))
          break;
      }
    }
    if (proms.length) {
      return Promise.all(proms).then(() => payload);
    }
    return payload;
  };
  capSize(inst, arraySize);
});
function handlePropertyResult(result, final, key, input, optin, optout) {
  const isPresent2 = key in input;
  const isOptionalOut = optout === "optional";
  if (!isPresent2 && isOptionalOut && optin === "optional") {
    return;
  }
  if (result.issues.length) {
    if (optin !== void 0 && isOptionalOut && !isPresent2) {
      return;
    }
    final.issues.push(...prefixIssues(key, result.issues));
  }
  if (!isPresent2 && optin === void 0) {
    if (!result.issues.length) {
      final.issues.push({
        code: "invalid_type",
        expected: "nonoptional",
        input: void 0,
        path: [key]
      });
    }
    return;
  }
  if (result.value === void 0) {
    if (isPresent2 || optin === "defaulted" && !isOptionalOut) {
      final.value[key] = void 0;
    }
  } else {
    final.value[key] = result.value;
  }
}
var NO_SYMBOL_KEYS = [];
function normalizeDef(def) {
  const keys = Object.keys(def.shape);
  const ownSymbols = Object.getOwnPropertySymbols(def.shape);
  const symbolKeys = ownSymbols.length ? ownSymbols : NO_SYMBOL_KEYS;
  const allKeys = symbolKeys.length ? [...keys, ...symbolKeys] : keys;
  for (const k of allKeys) {
    if (!def.shape?.[k]?._zod?.traits?.has("$ZodType")) {
      throw new Error(`Invalid element at key "${String(k)}": expected a Zod schema`);
    }
  }
  const okeys = optionalKeys(def.shape);
  return {
    ...def,
    allKeys,
    symbolKeys,
    // string-only: handleCatchall matches it against `for...in`, which never yields a symbol
    keySet: new Set(keys),
    numKeys: keys.length,
    optionalKeys: new Set(okeys)
  };
}
function handleCatchall(proms, input, payload, ctx, def, inst, abortEarly) {
  const unrecognized = [];
  const keySet = def.keySet;
  const _catchall = def.catchall._zod;
  const t = _catchall.def.type;
  const optin = _catchall.optin;
  const optout = _catchall.optout;
  let seen = 0;
  for (const key in input) {
    if (abortEarly && payload.issues.length !== seen) {
      if (aborted(payload, seen))
        break;
      seen = payload.issues.length;
    }
    if (keySet.has(key))
      continue;
    if (key === "__proto__") {
      if (t === "never")
        unrecognized.push(key);
      continue;
    }
    if (t === "never") {
      unrecognized.push(key);
      continue;
    }
    const r = _catchall.run({ value: input[key], issues: [] }, ctx);
    if (r instanceof Promise) {
      proms.push(r.then((r2) => handlePropertyResult(r2, payload, key, input, optin, optout)));
    } else {
      handlePropertyResult(r, payload, key, input, optin, optout);
    }
  }
  if (unrecognized.length) {
    payload.issues.push({
      code: "unrecognized_keys",
      keys: unrecognized,
      input,
      inst,
      // Describes the shape of the input, not the validity of the parsed value, so it never aborts. The parse still fails; the schema's own checks just get to run first, and an enclosing intersection can reconcile the key against a sibling operand.
      continue: true
    });
  }
  if (!proms.length)
    return payload;
  return Promise.all(proms).then(() => {
    return payload;
  });
}
var $ZodObject = /* @__PURE__ */ $constructor("$ZodObject", (inst, def) => {
  $ZodType.init(inst, def);
  const desc = Object.getOwnPropertyDescriptor(def, "shape");
  const sh = desc?.get ? desc.get.raw : def.shape ?? {};
  if (sh) {
    const get = () => {
      const newSh = { ...sh };
      Object.defineProperty(def, "shape", { value: newSh });
      get.raw = newSh;
      return newSh;
    };
    get.raw = sh;
    Object.defineProperty(def, "shape", { get });
  }
  const _normalized = cached(() => normalizeDef(def));
  defineLazyInternal(inst, "propValues", (zod) => {
    const shape = zod.def.shape;
    const propValues = {};
    for (const key in shape) {
      const field = shape[key]._zod;
      if (field.values) {
        if (!Object.prototype.hasOwnProperty.call(propValues, key)) {
          assignProp(propValues, key, /* @__PURE__ */ new Set());
        }
        for (const v of field.values)
          propValues[key].add(v);
        if (field.optin !== void 0)
          propValues[key].add(void 0);
      }
    }
    return propValues;
  });
  const isObject10 = isObject;
  const catchall = def.catchall;
  let value;
  const memo = globalConfig.memoizer;
  memo?.attach(inst);
  inst._zod.parse = (payload, ctx) => {
    value ?? (value = _normalized.value);
    const input = payload.value;
    if (!isObject10(input)) {
      payload.issues.push({
        expected: "object",
        code: "invalid_type",
        input,
        inst
      });
      return payload;
    }
    payload.value = memo ? memo.alloc(inst, payload, {}, ctx) : {};
    const proms = [];
    const shape = value.shape;
    const abortEarly = ctx?.abortEarly;
    let seen = payload.issues.length;
    for (const key of value.allKeys) {
      if (abortEarly && payload.issues.length !== seen) {
        if (aborted(payload, seen))
          break;
        seen = payload.issues.length;
      }
      if (key === "__proto__")
        continue;
      const el = shape[key];
      const optin = el._zod.optin;
      const optout = el._zod.optout;
      const r = el._zod.run({ value: input[key], issues: [] }, ctx);
      if (r instanceof Promise) {
        proms.push(r.then((r2) => handlePropertyResult(r2, payload, key, input, optin, optout)));
      } else {
        handlePropertyResult(r, payload, key, input, optin, optout);
      }
    }
    if (!catchall) {
      return proms.length ? Promise.all(proms).then(() => payload) : payload;
    }
    return handleCatchall(proms, input, payload, ctx, _normalized.value, inst, abortEarly === true);
  };
});
function handleUnionResults(results, final, inst, ctx) {
  for (const result of results) {
    if (result.issues.length === 0) {
      final.value = result.value;
      return final;
    }
  }
  const nonaborted = results.filter((r) => !aborted(r));
  if (nonaborted.length === 1) {
    final.value = nonaborted[0].value;
    return nonaborted[0];
  }
  final.issues.push({
    code: "invalid_union",
    input: final.value,
    inst,
    errors: results.map((result) => result.issues.map((iss) => finalizeIssue(iss, ctx, config())))
  });
  return final;
}
var $ZodUnion = /* @__PURE__ */ $constructor("$ZodUnion", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "optin", (zod) => zod.def.options.some((o) => o._zod.optin === "defaulted") ? "defaulted" : zod.def.options.some((o) => o._zod.optin !== void 0) ? "optional" : void 0);
  defineLazyInternal(inst, "optout", (zod) => zod.def.options.some((o) => o._zod.optout === "optional") ? "optional" : void 0);
  defineLazyInternal(inst, "values", (zod) => {
    if (zod.def.options.every((o) => o._zod.values)) {
      return new Set(zod.def.options.flatMap((option) => Array.from(option._zod.values)));
    }
    return void 0;
  });
  defineLazyInternal(inst, "pattern", (zod) => {
    if (zod.def.options.every((o) => o._zod.pattern)) {
      const patterns = zod.def.options.map((o) => o._zod.pattern);
      return new RegExp(`^(${patterns.map((p) => cleanRegex(p.source)).join("|")})$`);
    }
    return void 0;
  });
  const first = def.options.length === 1 ? def.options[0]._zod.run : null;
  inst._zod.parse = (payload, ctx) => {
    if (first) {
      return first(payload, ctx);
    }
    let async = false;
    const results = [];
    for (const option of def.options) {
      const result = option._zod.run({
        value: payload.value,
        issues: []
      }, ctx);
      if (result instanceof Promise) {
        results.push(result);
        async = true;
      } else {
        if (result.issues.length === 0)
          return result;
        results.push(result);
      }
    }
    if (!async)
      return handleUnionResults(results, payload, inst, ctx);
    return Promise.all(results).then((results2) => {
      return handleUnionResults(results2, payload, inst, ctx);
    });
  };
});
var $ZodTuple = /* @__PURE__ */ $constructor("$ZodTuple", (inst, def) => {
  $ZodType.init(inst, def);
  const items = def.items;
  const memo = globalConfig.memoizer;
  memo?.attach(inst);
  inst._zod.parse = (payload, ctx) => {
    const input = payload.value;
    if (!Array.isArray(input)) {
      payload.issues.push({
        input,
        inst,
        expected: "tuple",
        code: "invalid_type"
      });
      return payload;
    }
    payload.value = memo ? memo.alloc(inst, payload, [], ctx) : [];
    const proms = [];
    const optinStart = getTupleOptStart(items, "optin");
    const optoutStart = getTupleOptStart(items, "optout");
    if (!def.rest) {
      if (input.length < optinStart) {
        payload.issues.push({
          code: "too_small",
          minimum: optinStart,
          inclusive: true,
          input,
          inst,
          origin: "array"
        });
        return payload;
      }
      if (input.length > items.length) {
        payload.issues.push({
          code: "too_big",
          maximum: items.length,
          inclusive: true,
          input,
          inst,
          origin: "array"
        });
      }
    }
    const itemResults = new Array(items.length);
    const abortEarly = def.rest ? ctx?.abortEarly : void 0;
    let itemAborted = false;
    for (let i = 0; i < items.length; i++) {
      const r = items[i]._zod.run({ value: input[i], issues: [] }, ctx);
      if (r instanceof Promise) {
        proms.push(r.then((rr) => {
          itemResults[i] = rr;
        }));
      } else {
        itemResults[i] = r;
        if (abortEarly && !itemAborted && r.issues.length)
          itemAborted = aborted(r);
      }
    }
    if (def.rest && !itemAborted) {
      let i = items.length - 1;
      const rest = input.slice(items.length);
      let seen = payload.issues.length;
      for (const el of rest) {
        if (abortEarly && payload.issues.length !== seen) {
          if (aborted(payload, seen))
            break;
          seen = payload.issues.length;
        }
        i++;
        const result = def.rest._zod.run({ value: el, issues: [] }, ctx);
        if (result instanceof Promise) {
          proms.push(result.then((r) => handleTupleResult(r, payload, i)));
        } else {
          handleTupleResult(result, payload, i);
        }
      }
    }
    if (proms.length) {
      return Promise.all(proms).then(() => handleTupleResults(itemResults, payload, items, input, optoutStart));
    }
    return handleTupleResults(itemResults, payload, items, input, optoutStart);
  };
});
function getTupleOptStart(items, key) {
  for (let i = items.length - 1; i >= 0; i--) {
    const omittable = key === "optin" ? items[i]._zod.optin !== void 0 : items[i]._zod.optout === "optional";
    if (!omittable)
      return i + 1;
  }
  return 0;
}
function handleTupleResult(result, final, index) {
  if (result.issues.length) {
    final.issues.push(...prefixIssues(index, result.issues));
  }
  final.value[index] = result.value;
}
function handleTupleResults(itemResults, final, items, input, optoutStart) {
  for (let i = 0; i < items.length; i++) {
    const r = itemResults[i];
    const isPresent2 = i < input.length;
    if (!isPresent2 && i >= optoutStart && items[i]._zod.optin === "optional") {
      final.value.length = i;
      break;
    }
    if (r.issues.length) {
      if (!isPresent2 && i >= optoutStart) {
        final.value.length = i;
        break;
      }
      final.issues.push(...prefixIssues(i, r.issues));
    }
    final.value[i] = r.value;
  }
  for (let i = final.value.length - 1; i >= input.length; i--) {
    if (items[i]._zod.optout === "optional" && final.value[i] === void 0) {
      final.value.length = i;
    } else {
      break;
    }
  }
  return final;
}
var $ZodLiteral = /* @__PURE__ */ $constructor("$ZodLiteral", (inst, def) => {
  $ZodType.init(inst, def);
  const values = new Set(def.values);
  inst._zod.values = values;
  defineLazyInternal(inst, "pattern", (zod) => {
    const vals = zod.def.values;
    return new RegExp(vals.length ? `^(${vals.map((o) => typeof o === "string" ? escapeRegex(o) : o ? escapeRegex(o.toString()) : String(o)).join("|")})$` : "^[^\\s\\S]$");
  });
  inst._zod.parse = (payload, _ctx) => {
    const input = payload.value;
    if (values.has(input)) {
      return payload;
    }
    payload.issues.push({
      code: "invalid_value",
      values: def.values,
      input,
      inst
    });
    return payload;
  };
});
function handleOptionalResult(payload, result) {
  payload.value = result.issues.length ? void 0 : result.value;
  return payload;
}
var $ZodOptional = /* @__PURE__ */ $constructor("$ZodOptional", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin === "defaulted" ? "defaulted" : "optional");
  inst._zod.optout = "optional";
  defineLazyInternal(inst, "values", (zod) => {
    const values = zod.def.innerType._zod.values;
    return values ? /* @__PURE__ */ new Set([...values, void 0]) : void 0;
  });
  defineLazyInternal(inst, "pattern", (zod) => {
    const pattern = zod.def.innerType._zod.pattern;
    return pattern ? new RegExp(`^(${cleanRegex(pattern.source)})?$`) : void 0;
  });
  inst._zod.parse = (payload, ctx) => {
    if (payload.value === void 0) {
      if (def.innerType._zod.optin !== "defaulted")
        return payload;
      const result = def.innerType._zod.run({ value: payload.value, issues: [] }, ctx);
      if (result instanceof Promise)
        return result.then((result2) => handleOptionalResult(payload, result2));
      return handleOptionalResult(payload, result);
    }
    return def.innerType._zod.run(payload, ctx);
  };
});
var $ZodNullable = /* @__PURE__ */ $constructor("$ZodNullable", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin);
  defineLazyInternal(inst, "optout", (zod) => zod.def.innerType._zod.optout);
  defineLazyInternal(inst, "pattern", (zod) => {
    const pattern = zod.def.innerType._zod.pattern;
    return pattern ? new RegExp(`^(${cleanRegex(pattern.source)}|null)$`) : void 0;
  });
  defineLazyInternal(inst, "values", (zod) => {
    return zod.def.innerType._zod.values ? /* @__PURE__ */ new Set([...zod.def.innerType._zod.values, null]) : void 0;
  });
  inst._zod.parse = (payload, ctx) => {
    if (payload.value === null)
      return payload;
    return def.innerType._zod.run(payload, ctx);
  };
});
var $ZodDefault = /* @__PURE__ */ $constructor("$ZodDefault", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.optin = "defaulted";
  defineLazyInternal(inst, "values", (zod) => zod.def.innerType._zod.values);
  inst._zod.parse = (payload, ctx) => {
    if (ctx.direction === "backward") {
      return def.innerType._zod.run(payload, ctx);
    }
    if (payload.value === void 0) {
      payload.value = def.defaultValue;
      return payload;
    }
    const result = def.innerType._zod.run(payload, ctx);
    if (result instanceof Promise) {
      return result.then((result2) => handleDefaultResult(result2, def));
    }
    return handleDefaultResult(result, def);
  };
});
function handleDefaultResult(payload, def) {
  if (payload.value === void 0) {
    payload.value = def.defaultValue;
  }
  return payload;
}
var $ZodCustom = /* @__PURE__ */ $constructor("$ZodCustom", (inst, def) => {
  $ZodCheck.init(inst, def);
  $ZodType.init(inst, def);
  inst._zod.parse = (payload, _) => {
    return payload;
  };
  inst._zod.check = (payload) => {
    const input = payload.value;
    const r = def.fn(input);
    if (r instanceof Promise) {
      return r.then((r2) => handleRefineResult(r2, payload, input, inst));
    }
    handleRefineResult(r, payload, input, inst);
    return;
  };
});
function handleRefineResult(result, payload, input, inst) {
  if (!result) {
    const _iss = {
      code: "custom",
      input,
      inst,
      // incorporates params.error into issue reporting
      path: [...inst._zod.def.path ?? []],
      // incorporates params.error into issue reporting
      continue: !inst._zod.def.abort
      // params: inst._zod.def.params,
    };
    if (inst._zod.def.params)
      _iss.params = inst._zod.def.params;
    payload.issues.push(issue(_iss));
  }
}

// node_modules/zod/v4/core/api.js
function snapshotChecks(def) {
  if (def.checks)
    def.checks = [...def.checks];
  return def;
}
// @__NO_SIDE_EFFECTS__
function _string(Class, params) {
  return new Class(snapshotChecks({ type: "string", ...normalizeParams(params) }));
}
// @__NO_SIDE_EFFECTS__
function _number(Class, params) {
  return new Class(snapshotChecks({ type: "number", checks: [], ...normalizeParams(params) }));
}
// @__NO_SIDE_EFFECTS__
function _int(Class, params) {
  return new Class({
    type: "number",
    check: "number_format",
    abort: false,
    format: "safeint",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _boolean(Class, params) {
  return new Class({
    type: "boolean",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _null2(Class, params) {
  return new Class({
    type: "null",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _never(Class, params) {
  return new Class({
    type: "never",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _lte(value, params) {
  return new $ZodCheckLessThan({
    check: "less_than",
    ...normalizeParams(params),
    value,
    inclusive: true
  });
}
// @__NO_SIDE_EFFECTS__
function _gt(value, params) {
  return new $ZodCheckGreaterThan({
    check: "greater_than",
    ...normalizeParams(params),
    value,
    inclusive: false
  });
}
// @__NO_SIDE_EFFECTS__
function _gte(value, params) {
  return new $ZodCheckGreaterThan({
    check: "greater_than",
    ...normalizeParams(params),
    value,
    inclusive: true
  });
}
// @__NO_SIDE_EFFECTS__
function _positive(params) {
  return /* @__PURE__ */ _gt(0, params);
}
// @__NO_SIDE_EFFECTS__
function _maxLength(maximum, params) {
  const ch = new $ZodCheckMaxLength({
    check: "max_length",
    ...normalizeParams(params),
    maximum
  });
  return ch;
}
// @__NO_SIDE_EFFECTS__
function _minLength(minimum, params) {
  return new $ZodCheckMinLength({
    check: "min_length",
    ...normalizeParams(params),
    minimum
  });
}
// @__NO_SIDE_EFFECTS__
function _regex(pattern, params) {
  return new $ZodCheckRegex({
    check: "string_format",
    format: "regex",
    ...normalizeParams(params),
    pattern
  });
}
// @__NO_SIDE_EFFECTS__
function _custom(Class, fn, _params) {
  const norm = normalizeParams(_params);
  norm.abort ?? (norm.abort = true);
  const schema = new Class({
    type: "custom",
    check: "custom",
    fn,
    ...norm
  });
  return schema;
}
// @__NO_SIDE_EFFECTS__
function _refine(Class, fn, _params) {
  const schema = new Class({
    type: "custom",
    check: "custom",
    fn,
    ...normalizeParams(_params)
  });
  return schema;
}

// node_modules/zod/v4/mini/schemas.js
var ZodMiniType = /* @__PURE__ */ $constructor("ZodMiniType", (inst, def) => {
  if (!inst._zod)
    throw new Error("Uninitialized schema in ZodMiniType.");
  $ZodType.init(inst, def);
  inst.def = def;
  inst.type = def.type;
}, {
  // `with` is an alias for `check`: the same function object, not a wrapper.
  get with() {
    return this.check;
  },
  set with(value) {
    own(this, "with", value);
  },
  parse(data, params) {
    return parse(this, data, params, { callee: this.parse });
  },
  parseAsync(data, params) {
    return parseAsync(this, data, params, { callee: this.parseAsync });
  },
  safeParse(data, params) {
    return safeParse(this, data, params);
  },
  safeParseAsync(data, params) {
    return safeParseAsync(this, data, params);
  },
  check(...checks2) {
    const def = this.def;
    return this.clone({
      ...def,
      checks: [
        ...def.checks ?? [],
        ...checks2.map((ch) => typeof ch === "function" ? { _zod: { check: ch, def: { check: "custom" }, onattach: [] } } : ch)
      ]
    }, { parent: true });
  },
  clone(_def, params) {
    return clone(this, _def, params);
  },
  brand() {
    return this;
  },
  register(reg, meta2) {
    reg.add(this, meta2);
    return this;
  },
  apply(fn, ...args) {
    return args.length === 0 ? fn(this) : fn(this, ...args);
  }
});
var ZodMiniString = /* @__PURE__ */ $constructor("ZodMiniString", (inst, def) => {
  $ZodString.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function string2(params) {
  return _string(ZodMiniString, params);
}
var ZodMiniNumber = /* @__PURE__ */ $constructor("ZodMiniNumber", (inst, def) => {
  $ZodNumber.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function number2(params) {
  return _number(ZodMiniNumber, params);
}
var ZodMiniNumberFormat = /* @__PURE__ */ $constructor("ZodMiniNumberFormat", (inst, def) => {
  $ZodNumberFormat.init(inst, def);
  ZodMiniNumber.init(inst, def);
});
function int(params) {
  return _int(ZodMiniNumberFormat, params);
}
var ZodMiniBoolean = /* @__PURE__ */ $constructor("ZodMiniBoolean", (inst, def) => {
  $ZodBoolean.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function boolean2(params) {
  return _boolean(ZodMiniBoolean, params);
}
var ZodMiniNull = /* @__PURE__ */ $constructor("ZodMiniNull", (inst, def) => {
  $ZodNull.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function _null3(params) {
  return _null2(ZodMiniNull, params);
}
var ZodMiniNever = /* @__PURE__ */ $constructor("ZodMiniNever", (inst, def) => {
  $ZodNever.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function never(params) {
  return _never(ZodMiniNever, params);
}
var ZodMiniArray = /* @__PURE__ */ $constructor("ZodMiniArray", (inst, def) => {
  $ZodArray.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function array(element, params) {
  return new ZodMiniArray({
    type: "array",
    element,
    ...normalizeParams(params)
  });
}
var ZodMiniObject = /* @__PURE__ */ $constructor("ZodMiniObject", (inst, def) => {
  $ZodObject.init(inst, def);
  ZodMiniType.init(inst, def);
  installLazyProp(inst, "shape", (self) => self._zod.def.shape, false);
});
// @__NO_SIDE_EFFECTS__
function object(shape, params) {
  const def = {
    type: "object",
    shape: shape ?? {},
    ...normalizeParams(params)
  };
  return new ZodMiniObject(def);
}
// @__NO_SIDE_EFFECTS__
function strictObject(shape, params) {
  return new ZodMiniObject({
    type: "object",
    shape,
    catchall: /* @__PURE__ */ never(),
    ...normalizeParams(params)
  });
}
var ZodMiniUnion = /* @__PURE__ */ $constructor("ZodMiniUnion", (inst, def) => {
  $ZodUnion.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function union(options, params) {
  return new ZodMiniUnion({
    type: "union",
    options,
    ...normalizeParams(params)
  });
}
var ZodMiniTuple = /* @__PURE__ */ $constructor("ZodMiniTuple", (inst, def) => {
  $ZodTuple.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function tuple(items, _paramsOrRest, _params) {
  const hasRest = _paramsOrRest instanceof $ZodType;
  const params = hasRest ? _params : _paramsOrRest;
  const rest = hasRest ? _paramsOrRest : null;
  return new ZodMiniTuple({
    type: "tuple",
    items,
    rest,
    ...normalizeParams(params)
  });
}
var ZodMiniLiteral = /* @__PURE__ */ $constructor("ZodMiniLiteral", (inst, def) => {
  $ZodLiteral.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function literal(value, params) {
  return new ZodMiniLiteral({
    type: "literal",
    values: Array.isArray(value) ? value : [value],
    ...normalizeParams(params)
  });
}
var ZodMiniOptional = /* @__PURE__ */ $constructor("ZodMiniOptional", (inst, def) => {
  $ZodOptional.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function optional(innerType) {
  return new ZodMiniOptional({
    type: "optional",
    innerType
  });
}
var ZodMiniNullable = /* @__PURE__ */ $constructor("ZodMiniNullable", (inst, def) => {
  $ZodNullable.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function nullable(innerType) {
  return new ZodMiniNullable({
    type: "nullable",
    innerType
  });
}
var ZodMiniDefault = /* @__PURE__ */ $constructor("ZodMiniDefault", (inst, def) => {
  $ZodDefault.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function _default(innerType, defaultValue) {
  return new ZodMiniDefault({
    type: "default",
    innerType,
    get defaultValue() {
      return typeof defaultValue === "function" ? defaultValue() : shallowClone(defaultValue);
    }
  });
}
var ZodMiniCustom = /* @__PURE__ */ $constructor("ZodMiniCustom", (inst, def) => {
  $ZodCustom.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function custom(fn, _params) {
  return _custom(ZodMiniCustom, fn ?? (() => true), _params);
}
// @__NO_SIDE_EFFECTS__
function refine(fn, _params = {}) {
  return _refine(ZodMiniCustom, fn, _params);
}

// scripts/src/contracts/schema/zod.ts
var z = {
  _default,
  array,
  boolean: boolean2,
  custom,
  int,
  literal,
  maxLength: _maxLength,
  maximum: _lte,
  minLength: _minLength,
  minimum: _gte,
  null: _null3,
  nullable,
  number: number2,
  object,
  optional,
  positive: _positive,
  refine,
  regex: _regex,
  strictObject,
  string: string2,
  tuple,
  union
};
config({ jitless: true });

// scripts/src/contracts/schema/keywords/keyword.ts
var FIELDS = " must be a list of fields";
var notThere = (name) => `: ${JSON.stringify(name)} is not one of the properties`;
function namesOf(properties) {
  const isThere = (name2) => Object.hasOwn(properties, name2);
  const name = z.string(FIELDS).check(z.refine(isThere, { error: ({ input }) => notThere(String(input)) }));
  return z.array(name, FIELDS);
}

// scripts/src/contracts/schema/parsed.ts
var ContractError = class extends Error {
};
function parsed(schema, value, where = "") {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue2 = result.error.issues[0];
  const names2 = [where, ...issue2.path.filter((step) => typeof step === "string")].filter(Boolean);
  throw new ContractError(`${names2.join(".")}${issue2.message}`);
}
function later(make) {
  let made2;
  return () => {
    made2 ??= make();
    return made2;
  };
}
function only(fields, unknown = (name) => `: ${name} is not supported`, otherwise2 = " must be a mapping") {
  return z.strictObject(fields, {
    error: (issue2) => issue2.code === "unrecognized_keys" ? unknown(issue2.keys[0]) : otherwise2
  });
}
var REGEX = later(
  () => z.custom((text3) => {
    try {
      return typeof text3 === "string" && new RegExp(text3, "u") !== void 0;
    } catch {
      return false;
    }
  }, " must be a regular expression")
);

// scripts/src/contracts/schema/presence.ts
function fieldOf(object3, name) {
  return Object.hasOwn(object3, name) ? object3[name] : void 0;
}
function isPresent(object3, name) {
  return carriesSomething(fieldOf(object3, name));
}
function carriesSomething(value) {
  if (typeof value === "string") return /\S/.test(value);
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== void 0;
}

// scripts/src/contracts/schema/keywords/at-least-one.ts
var atLeastOne = {
  name: "x-atLeastOne",
  types: ["object"],
  read(value, { properties, where }) {
    const names2 = parsed(namesOf(properties), value, where);
    const [first] = names2;
    const expected2 = `at least one of ${names2.join(", ")}`;
    return {
      issues({ node, object: object3, pathTo, hintFor }) {
        if (names2.some((name) => isPresent(object3, name))) return [];
        const hint2 = hintFor(first, node.properties.get(first), void 0, true);
        return [{ path: pathTo(first), expected: expected2, received: "none of them", hint: hint2 }];
      },
      sentences: () => [`At least one of ${names2.join(", ")}.`]
    };
  }
};

// scripts/src/contracts/schema/keywords/counts.ts
var NUMBERS = " must be a list of whole numbers";
var LENGTHS = later(() => z.array(z.int(NUMBERS), NUMBERS).check(z.minLength(1, NUMBERS)));
var counts = {
  name: "x-counts",
  types: ["array"],
  read(value, { node, where }) {
    const lengths = parsed(LENGTHS(), value, where);
    node.counts = lengths;
    return { takesList: ({ length }) => lengths.includes(length) };
  }
};

// scripts/src/contracts/schema/keywords/exclusive.ts
var MOST_NAMES = 8;
var GROUPS = " must be a list of at least two groups of fields";
var exclusive = {
  name: "x-exclusive",
  types: ["object"],
  read(value, { properties, where }) {
    const groups = parsed(z.array(namesOf(properties), GROUPS).check(z.minLength(2, GROUPS)), value, where);
    const named = groups.map((group) => group.join("/"));
    return {
      issues({ object: object3, pathTo }) {
        const used = groups.map((group) => group.filter((name) => isPresent(object3, name))).filter((names2) => names2.length > 0);
        if (used.length < 2) return [];
        const given = used.map((names2) => names2.slice(0, MOST_NAMES).join(", "));
        const expected2 = `${named.join(" or ")}, not both`;
        const hint2 = `leave out ${given.join(", or leave out ")}`;
        return [{ path: pathTo(used[1][0]), expected: expected2, received: given.join(" with "), hint: hint2 }];
      },
      sentences: () => [`Not together: ${named.join(" with ")}.`]
    };
  }
};

// scripts/src/contracts/schema/keywords/files.ts
var ENDINGS = " must be a list of file endings";
var FILES = later(() => z.array(z.string(ENDINGS), ENDINGS).check(z.minLength(1, ENDINGS)));
var files = {
  name: "x-files",
  types: ["string"],
  read(value, { node, where }) {
    const endings = parsed(FILES(), value, where);
    node.files = endings;
    return { textHint: (url) => checkFileType(url, endings) };
  }
};
var KNOWN_ENDING = /\.(png|jpe?g|webp|gif|avif|bmp|heic|tiff?|svg|mp4|mov|m4v|webm|mkv|avi|mp3|wav|m4a|aac|flac|ogg|glb|obj|pdf)$/i;
function checkFileType(url, files2) {
  const path = /^[^?#]*/.exec(url.slice(0, 8192))[0];
  const ending = KNOWN_ENDING.exec(path)?.[1]?.toLowerCase();
  if (ending === void 0 || files2.includes(ending)) return null;
  return `write the URL of a ${files2.join(", ")} file; this one ends with .${ending}, which the service is not said to take`;
}

// scripts/src/contracts/schema/keywords/media.ts
import { checkPublicUrl } from "./main.mjs";
import { plain } from "./main.mjs";

// scripts/src/contracts/schema/image-type.ts
var SURE_TYPES = /* @__PURE__ */ new Set([
  "image/png",
  "image/jpeg",
  "image/webp",
  "image/gif",
  "image/bmp"
]);
function sniffImage(bytes) {
  const starts = (at, signature) => bytes.length >= at + signature.length && [...signature].every((char, i) => bytes[at + i] === char.charCodeAt(0));
  if (starts(0, "\x89PNG\r\n\n")) return "image/png";
  if (starts(0, "\xFF\xD8\xFF")) return "image/jpeg";
  if (starts(0, "GIF87a") || starts(0, "GIF89a")) return "image/gif";
  if (starts(0, "RIFF") && starts(8, "WEBP")) return "image/webp";
  if (starts(4, "ftypavif") || starts(4, "ftypavis")) return "image/avif";
  if (starts(0, "BM") && starts(6, "\0\0\0\0")) return "image/bmp";
  return null;
}

// scripts/src/contracts/schema/schema-node.ts
import { isObject as isObject2 } from "./main.mjs";
var TYPES = ["string", "number", "integer", "boolean", "array", "object", "null"];
function isOfType(value, type) {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject2(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}
var MEDIA_KINDS = ["image", "video", "audio", "image-url", "video-url", "audio-url"];
function nodeAt(node, path) {
  let here = node;
  for (const step of path) here = typeof step === "number" ? here?.items : here?.properties?.get(step);
  return here;
}

// scripts/src/contracts/schema/ways.ts
var BESIDE = ["model", "callbackUrl", "webhookUrl", "idempotencyKey"];
var BY_VALUE = {
  payload: "payload",
  imageFile: null,
  wholePayload: "pass the whole value",
  beside: () => "it is said beside the payload"
};

// scripts/src/contracts/schema/keywords/media.ts
var KIND = later(() => z.literal(MEDIA_KINDS, " must be image, video or audio, or one of these with -url"));
var media = {
  name: "x-media",
  types: ["string"],
  read(value, { node, where }) {
    const kind2 = parsed(KIND(), value, where);
    node.media = kind2;
    return { textHint: (text3, ...asked) => checkMedia(text3, kind2, ...asked) };
  }
};
function otherwise({ imageFile, wholePayload }) {
  return imageFile === null ? wholePayload : `${imageFile}, or ${wholePayload}`;
}
function expectedMedia(kind2, files2) {
  const url = `a public http(s) URL${files2 === void 0 ? "" : ` of a ${files2.join(", ")} file`}`;
  return kind2 === "image" ? `${url}, or an image as data:image/png;base64,... with its own type` : url;
}
function checkMedia(value, kind2, ways = BY_VALUE, service = "the service") {
  const head = value.slice(0, 80);
  if (/^data:/i.test(head) && !kind2.endsWith("-url"))
    return kind2 === "image" ? dataUriHint(value, head, otherwise(ways)) : `a data URI is taken for images only; write the public http(s) URL of the ${kind2}`;
  const problem = checkPublicUrl(value, { schemes: ["http", "https"] });
  if (problem === null) return null;
  if (kind2.endsWith("-url")) return urlOnlyHint(head, kind2, service) ?? problem.hint;
  return kind2 === "image" ? imageHint(head, ways) ?? problem.hint : problem.hint;
}
var LOCAL_PATH = /^(file:|[a-z]:[\\/]|[.~]{0,2}[\\/](?!\/))/i;
function urlOnlyHint(head, kind2, service) {
  const fix = `write the public http(s) URL of the ${kind2.slice(0, -"-url".length)}; ${service} documents no upload`;
  if (/^data:/i.test(head)) return `${fix} and no data URI`;
  if (LOCAL_PATH.test(head) || /^[^:?#]*\.(png|jpe?g|webp|gif|mp4|mov|webm|mp3|wav)$/i.test(head))
    return `a path on this computer means nothing to ${service}; ${fix}`;
  return null;
}
function imageHint(head, ways) {
  const type = sniffImage(Buffer.from(head.slice(0, 24), "base64"));
  if (type !== null) return `write data:${type};base64, before the base64 text, or ${otherwise(ways)}`;
  if (LOCAL_PATH.test(head) || /^[^:?#]*\.(png|jpe?g|webp|gif)$/i.test(head))
    return `a path on this computer means nothing to the service; ${ways.imageFile ?? `write data:image/png;base64,... and ${ways.wholePayload}`}`;
  return null;
}
var BASE64_END = /[^A-Za-z0-9+/]/g;
function dataUriHint(value, head, fix) {
  const [prefix, named] = /^(?!data:image\/jpg;)data:(image\/[a-z0-9][a-z0-9.+-]*);base64,/.exec(head) ?? [];
  if (prefix === void 0 || named === void 0) return headerHint(head);
  BASE64_END.lastIndex = prefix.length;
  const end = BASE64_END.exec(value)?.index ?? value.length;
  const rest = value.slice(end, end + 3);
  if (rest !== "" && rest !== "=" && rest !== "==") {
    const at = `character ${end + 1}`;
    if (/^\s/.test(rest)) return `remove the white space at ${at} of the base64 text, or ${fix}`;
    if (/^[-_]/.test(rest)) return `write standard base64 (+ and /); ${at} is of the URL-safe alphabet`;
    if (rest.startsWith("=")) return `the base64 text has something after its padding at ${at}; ${fix}`;
    return `the base64 text seems cut off or changed: ${at} is ${JSON.stringify(plain(rest[0]))}; ${fix}`;
  }
  const length = value.length - prefix.length;
  if (length === 0) return `the data URI has no data; ${fix}`;
  if (length % 4 !== 0)
    return `the base64 text seems cut off: its length of ${length} is no multiple of 4; ${fix}`;
  const type = sniffImage(Buffer.from(value.slice(prefix.length, prefix.length + 24), "base64"));
  if (type === null) return SURE_TYPES.has(named) ? `the data are no picture of type ${named}; ${fix}` : null;
  return type === named ? null : `the data are ${type}; write data:${type};base64,...`;
}
function headerHint(head) {
  const type = /^data:([^;,]{0,40})/i.exec(head)?.[1]?.toLowerCase() ?? "";
  if (type === "image/jpg")
    return "write data:image/jpeg;base64,... ; image/jpg is no registered type, and was refused once for a URL (September 2026)";
  if (!type.startsWith("image/")) return `write data:image/png;base64,... , not data:${plain(type)}`;
  return `begin the value with exactly data:${type};base64,`;
}

// scripts/src/contracts/schema/keywords/rejected.ts
import { isObject as isObject3 } from "./main.mjs";
var REASONS = later(() => z.custom(isObject3, " must map fields to what is said about them"));
var REASON = later(() => z.string(" must be a sentence"));
var rejected = {
  name: "x-rejected",
  types: ["object"],
  read(value, { properties, where }) {
    const reasons = /* @__PURE__ */ new Map();
    for (const [name, reason] of Object.entries(parsed(REASONS(), value, where))) {
      if (Object.hasOwn(properties, name))
        throw new ContractError(`${where}: ${name} is one of the properties`);
      reasons.set(name, parsed(REASON(), reason, `${where}.${name}`));
    }
    return {
      unknownField(name, model) {
        const reason = reasons.get(name);
        if (reason === void 0) return void 0;
        return { expected: `no ${name} for ${model}: ${reason}`, hint: `leave "${name}" out: ${reason}` };
      },
      sentences: () => reasons.size === 0 ? [] : [`Not taken: ${[...reasons.keys()].join(", ")}.`]
    };
  }
};

// scripts/src/contracts/schema/to-zod.ts
var made = /* @__PURE__ */ new WeakMap();
function toZod2(node) {
  const schema = made.get(node) ?? convert(node);
  made.set(node, schema);
  return schema;
}
function fits(node, value) {
  return toZod2(node).safeParse(value).success;
}
function convert(node) {
  if (node.anyOf !== void 0) return z.union(node.anyOf.map(toZod2));
  const types = node.types.filter((type) => type !== "null");
  const variants = types.map((type) => ofType(node, type)).filter((variant) => variant !== null);
  const takesNull = node.types.includes("null") && (node.enum === void 0 || node.enum.includes(null));
  const [first, ...more] = variants;
  if (first === void 0) return z.null();
  const either2 = more.length === 0 ? first : z.union([first, ...more]);
  return takesNull ? z.nullable(either2) : either2;
}
function ofType(node, type) {
  if (node.enum !== void 0) {
    const values = node.enum.filter((value) => value !== null && isOfType(value, type));
    return values.length === 0 ? null : z.literal(values);
  }
  if (type === "string") return text(node);
  if (type === "boolean") return z.boolean();
  if (type === "array") return list(node);
  if (type === "object") return object2(node);
  const kind2 = type === "integer" ? z.int() : z.number();
  return kind2.check(...checks(node.minimum, z.minimum), ...checks(node.maximum, z.maximum));
}
function checks(limit, check) {
  return limit === void 0 ? [] : [check(limit)];
}
function text({ own: own2 = [], pattern, minLength, maxLength }) {
  const refine2 = z.refine;
  return z.string().check(
    ...own2.flatMap(({ textHint: textHint2 }) => checks(textHint2, (hint2) => refine2((value) => hint2(value) === null))),
    ...checks(pattern, z.regex),
    ...checks(minLength, (least) => refine2((value) => codePoints(value) >= least)),
    ...checks(maxLength, (most) => refine2((value) => codePoints(value) <= most))
  );
}
function codePoints(value) {
  let pairs = 0;
  for (let i = 0; i + 1 < value.length; i++) {
    if (value.codePointAt(i) > 65535) {
      pairs++;
      i++;
    }
  }
  return value.length - pairs;
}
function list({ own: own2 = [], items, minItems, maxItems }) {
  return z.array(toZod2(items)).check(
    ...own2.flatMap(({ takesList }) => checks(takesList, (takes) => z.refine(takes))),
    ...checks(minItems, (least) => z.minLength(least)),
    ...checks(maxItems, (most) => z.maxLength(most))
  );
}
function object2(node) {
  const shape = {};
  for (const [name, child] of node.properties)
    shape[name] = node.required.has(name) ? toZod2(child) : z.optional(toZod2(child));
  return z.strictObject(shape);
}

// scripts/src/contracts/schema/keywords/sum-max.ts
var MAX = later(() => z.number(" must be a number"));
var sumMax = {
  name: "x-sumMax",
  types: ["object"],
  read(value, { properties, where }) {
    const { fields, max } = parsed(only({ fields: namesOf(properties), max: MAX() }), value, where);
    return {
      issues({ node, object: object3, pathTo }) {
        const given = fields.filter(
          (name) => isPresent(object3, name) && fits(node.properties.get(name), object3[name])
        );
        const counts2 = given.map((name) => {
          const value2 = object3[name];
          return Array.isArray(value2) ? value2.length : typeof value2 === "number" ? value2 : 0;
        });
        const total = counts2.reduce((sum, count2) => sum + count2, 0);
        if (total <= max) return [];
        return [
          {
            path: pathTo(given.at(-1)),
            expected: `${fields.join(" and ")} of at most ${max} together`,
            received: `${counts2.join(" + ")}${counts2.length > 1 ? ` = ${total}` : ""}`,
            hint: `take ${total - max} away from ${given.join(" or ")}; lists count by their length`
          }
        ];
      },
      sentences: () => [`${fields.join(" and ")}: at most ${max} together.`]
    };
  }
};

// scripts/src/contracts/schema/keywords/when.ts
import { isObject as isObject4 } from "./main.mjs";

// scripts/src/contracts/schema/expected.ts
import { plain as plain2 } from "./main.mjs";
var SHOWN = 60;
var A_TYPE = {
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "a boolean",
  array: "an array",
  object: "an object",
  null: "null"
};
function pathText(path) {
  const text3 = path.map((step) => typeof step === "number" ? `[${step}]` : `.${plain2(step, SHOWN)}`).join("");
  return text3.replace(/^\./, "");
}
function received(value) {
  if (value === void 0) return "nothing";
  if (value === null) return "null";
  if (typeof value === "string" && value !== "" && plain2(value, SHOWN) === "") return "string of blanks";
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (typeof value === "object") return "object";
  return `${typeof value} ${literal2(value)}`;
}
function literal2(value) {
  if (typeof value === "string")
    return JSON.stringify(plain2(value.slice(0, 4096).replace(USER, "$1...@"), SHOWN));
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
var USER = /^([a-z][a-z0-9+.-]*:\/*)[^/?#]*@/i;
function expected(node) {
  if (node.anyOf !== void 0) return node.anyOf.map(expected).join(" or ");
  if (node.enum !== void 0) {
    const values = node.enum.filter((value) => value !== null);
    const kinds = node.types.filter((type) => type !== "null").map((type) => A_TYPE[type]);
    const choice = values.length === 1 ? literal2(values[0]) : `one of ${values.map(literal2).join(", ")}`;
    return `${choice} (${kinds.join(" or ")})${node.enum.includes(null) ? " or null" : ""}`;
  }
  return node.types.map((type) => expectedOf(node, type)).join(" or ");
}
function wanted(node) {
  return expected({ ...node, types: node.types.filter((type) => type !== "null") });
}
function expectedOf(node, type) {
  if (type === "array" && node.media !== void 0 && node.items?.media === node.media)
    return `an array of${itemCount(node)} such items`;
  if (type === "string") {
    if (node.media !== void 0) return expectedMedia(node.media, node.files);
    const least = node.pattern?.source === NOT_BLANK && node.minLength === 1 ? void 0 : node.minLength;
    const size = range(least, node.maxLength);
    return `a string${size && ` of ${size} characters`}${patternText(node)}`;
  }
  if (type === "number" || type === "integer") {
    const { minimum, maximum } = node;
    if (minimum !== void 0 && maximum !== void 0)
      return `${A_TYPE[type]} from ${minimum} to ${maximum}`;
    return `${A_TYPE[type]}${range(minimum, maximum) && ` of ${range(minimum, maximum)}`}`;
  }
  if (type === "array") {
    const count2 = itemCount(node);
    return `an array${count2 && ` of${count2} items`}, each ${expected(node.items)}`;
  }
  return type === "boolean" ? "true or false" : A_TYPE[type];
}
var NOT_BLANK = "\\S";
function patternText({ pattern, title }) {
  if (pattern === void 0) return "";
  if (pattern.source === NOT_BLANK) return " that is not blank";
  return title === void 0 ? ` that matches ${pattern.source}` : ` of the form ${title}`;
}
function itemCount({ minItems, maxItems, counts: counts2 }) {
  const count2 = counts2 === void 0 ? range(minItems, maxItems) : either(counts2);
  return count2 && ` ${count2}`;
}
function range(least, most) {
  if (least !== void 0 && most !== void 0) return `${least} to ${most}`;
  if (most !== void 0) return `at most ${most}`;
  return least === void 0 ? "" : `at least ${least}`;
}
function either(values) {
  return [values.slice(0, -1).join(", "), String(values.at(-1))].filter(Boolean).join(" or ");
}
function assign(path, value) {
  return `${fieldName(path)}: ${Array.isArray(value) ? `[${value.map(literal2).join(", ")}]` : literal2(value)}`;
}
function fieldName(path) {
  const last = path.at(-1);
  return typeof last === "string" ? `"${last}"` : pathText(path);
}

// scripts/src/contracts/schema/keywords/when.ts
var RULES = later(() => z.array(z.custom(), " must be a list of rules"));
var CONDITIONS = later(
  () => z.custom(
    (value) => isObject4(value) && Object.keys(value).length > 0,
    " must map fields to conditions"
  )
);
var LIMITS = later(() => z._default(z.custom(isObject4, " must map fields to schemas"), {}));
var when = {
  name: "x-when",
  types: ["object"],
  read(value, scope) {
    const { where } = scope;
    const rules = parsed(RULES(), value, where).map((rule, i) => readWhen(scope, rule, `${where}[${i}]`));
    return {
      issues: (at) => rules.flatMap((rule) => issuesOf(rule, at)),
      sentences: () => rules.map(sentence)
    };
  }
};
function sentence({ if: conditions, require: require2, refuse, limit }) {
  const met = [...conditions].map(([name, { absent, given }]) => {
    if (given === false) return `without ${name}`;
    if (given === true) return `with ${name}`;
    return `with ${name} ${expected(given)}${absent ? " or left out" : ""}`;
  });
  const then = [
    ...require2.length > 0 ? [`needs ${require2.join(", ")}`] : [],
    ...refuse.length > 0 ? [`no ${refuse.join(", ")}`] : [],
    ...[...limit].map(([name, narrower]) => `${name}: ${expected(narrower)}`)
  ];
  const circumstance = met.join(" and ");
  return `${circumstance[0].toUpperCase()}${circumstance.slice(1)}: ${then.join("; ")}.`;
}
function readWhen({ properties, readSchema }, value, where) {
  const names2 = z._default(namesOf(properties), []);
  const rule = parsed(
    only({ if: CONDITIONS(), require: names2, refuse: names2, limit: LIMITS() }),
    value,
    where
  );
  const each = (of, read) => new Map(
    Object.entries(rule[of]).map(([name, one]) => {
      if (!Object.hasOwn(properties, name)) throw new ContractError(`${where}.${of}${notThere(name)}`);
      return [name, read(properties[name], one, `${where}.${of}.${name}`)];
    })
  );
  const narrowed = (field, value2, at) => {
    if (!isObject4(value2)) throw new ContractError(`${at} must be given, absent or keywords of a schema`);
    return readSchema(value2.type === void 0 ? { ...field, ...value2 } : value2, at);
  };
  const condition = (field, value2, at) => {
    if (value2 === "given") return { absent: false, given: true };
    if (value2 === "absent") return { absent: true, given: false };
    const values = isObject4(value2) && Array.isArray(value2.enum) ? value2.enum : [];
    const named = values.includes(null) ? { ...value2, enum: values.filter((one) => one !== null) } : value2;
    return { absent: values.includes(null), given: narrowed(field, named, at) };
  };
  return { ...rule, if: each("if", condition), limit: each("limit", narrowed) };
}
function issuesOf(rule, { node, object: object3, pathTo, hintFor }) {
  const names2 = [...rule.if.keys()];
  if (!names2.every((name) => isMet(rule.if.get(name), fieldOf(object3, name)))) return [];
  const because = circumstances(node, object3, names2);
  const issues = [];
  const add = (name, wanted2, advice) => {
    const came = received(fieldOf(object3, name));
    issues.push({ path: pathTo(name), expected: wanted2, received: came, hint: advice });
  };
  for (const name of rule.refuse)
    if (isPresent(object3, name))
      add(name, `no ${name} ${because}`, `leave "${name}" out; it is not taken ${because}`);
  for (const name of rule.require) {
    if (isPresent(object3, name)) continue;
    const field = rule.limit.get(name) ?? node.properties.get(name);
    const advised = hintFor(name, field, void 0, true);
    add(name, `${expected(field)}: needed ${because}`, `${advised}, or ${instead(object3, names2)}`);
  }
  for (const [name, narrower] of rule.limit) {
    const value = fieldOf(object3, name);
    if (value === void 0 || !fits(node.properties.get(name), value) || fits(narrower, value)) continue;
    const advised = hintFor(name, narrower, value, node.required.has(name));
    add(name, `${expected(narrower)}, ${because}`, advised);
  }
  return issues;
}
function isMet({ absent, given }, value) {
  if (!carriesSomething(value)) return absent;
  return typeof given === "boolean" ? given : fits(given, value);
}
function circumstances(node, object3, names2) {
  const given = names2.filter((name) => isPresent(object3, name)).map((name) => {
    const value = fieldOf(object3, name);
    const isShort = typeof value !== "object" && node.properties.get(name).media === void 0;
    return isShort ? assign([name], value) : name;
  });
  const absent = names2.filter((name) => !isPresent(object3, name));
  return [given.length > 0 && `with ${given.join(", ")}`, absent.length > 0 && `without ${absent.join(", ")}`].filter(Boolean).join(" and ");
}
function instead(object3, names2) {
  return names2.map((name) => `${isPresent(object3, name) ? "change" : "set"} ${name}`).join(" or ");
}

// scripts/src/contracts/schema/keywords/registry.ts
var KEYWORDS = [
  media,
  files,
  counts,
  atLeastOne,
  exclusive,
  sumMax,
  when,
  rejected
];

// scripts/src/contracts/schema/read-schema.ts
var WHOLE = " must be a whole number";
var count = later(() => z.int(WHOLE).check(z.minimum(0, WHOLE)));
var number3 = later(() => z.number(" must be a number"));
var text2 = later(() => z.optional(z.string(" must be text")));
var LIST = " must be a list";
var list2 = later(() => {
  const plain7 = z.union([z.string(), z.number(), z.boolean(), z.null()], " takes plain values only");
  return z.array(plain7, LIST).check(z.minLength(1, LIST));
});
var STANDARD = {
  $schema: {},
  title: { kept: text2 },
  description: { kept: text2 },
  examples: {},
  type: {},
  // Read by readNode after the others, because they need the type or the properties.
  properties: { types: ["object"] },
  required: { types: ["object"] },
  additionalProperties: { types: ["object"] },
  items: { types: ["array"] },
  enum: { kept: list2 },
  default: { kept: later(() => z.custom()) },
  pattern: { types: ["string"], kept: REGEX },
  minLength: { types: ["string"], kept: count },
  maxLength: { types: ["string"], kept: count },
  minimum: { types: ["number", "integer"], kept: number3 },
  maximum: { types: ["number", "integer"], kept: number3 },
  minItems: { types: ["array"], kept: count },
  maxItems: { types: ["array"], kept: count }
};
function readNode(schema, where = "") {
  if (!isObject5(schema)) throw new ContractError(`${where || "the file"} must be a schema`);
  const at = (keyword) => where === "" ? keyword : `${where}.${keyword}`;
  if (schema.anyOf !== void 0) return readForms(schema, at);
  const node = { types: readTypes(schema.type, at("type")) };
  const own2 = KEYWORDS.filter(({ name }) => schema[name] !== void 0);
  for (const [keyword, value] of Object.entries(schema)) {
    const standard = Object.hasOwn(STANDARD, keyword) ? STANDARD[keyword] : void 0;
    const known = standard ?? own2.find(({ name }) => name === keyword);
    if (known === void 0) throw new ContractError(`the keyword ${at(keyword)} is not supported`);
    if (known.types !== void 0 && !known.types.some((type) => node.types.includes(type)))
      throw new ContractError(`${at(keyword)} does not fit the type ${node.types.join(" or ")}`);
    if (standard?.kept) Object.assign(node, { [keyword]: parsed(standard.kept(), value, at(keyword)) });
  }
  if (typeof schema.pattern === "string") node.pattern = new RegExp(schema.pattern, "u");
  const stranger = node.enum?.find((item) => !node.types.some((type) => isOfType(item, type)));
  if (stranger !== void 0)
    throw new ContractError(
      `${at("enum")}: ${JSON.stringify(stranger)} is not of the type ${node.types.join(" or ")}`
    );
  if (node.types.includes("array")) node.items = readNode(schema.items, at("items"));
  if (node.types.includes("object")) readObject(node, schema, at);
  const properties = isObject5(schema.properties) ? schema.properties : {};
  const scope = { node, properties, readSchema: readNode };
  if (own2.length > 0)
    node.own = own2.map(({ name, read }) => read(schema[name], { ...scope, where: at(name) }));
  return node;
}
function readForms(schema, at) {
  const stranger = Object.keys(schema).find((keyword) => keyword !== "anyOf" && keyword !== "description");
  if (stranger !== void 0) throw new ContractError(`${at(stranger)} does not go with anyOf`);
  if (!Array.isArray(schema.anyOf) || schema.anyOf.length < 2)
    throw new ContractError(`${at("anyOf")} must be a list of at least two schemas`);
  const forms = schema.anyOf.map((form, i) => readNode(form, `${at("anyOf")}[${i}]`));
  const objects = forms.filter((form) => form.properties !== void 0);
  if (objects.length > 1) throw new ContractError(`${at("anyOf")} may hold one object only`);
  const description = parsed(text2(), schema.description, at("description"));
  const types = [...new Set(forms.flatMap((form) => form.types))];
  return { ...objects[0], description, types, anyOf: forms };
}
function readTypes(value, where) {
  const names2 = Array.isArray(value) ? value : [value ?? null];
  const types = TYPES.filter((type) => names2.includes(type));
  if (types.length === 0 || types.length !== names2.length)
    throw new ContractError(`${where} must be one or several of ${TYPES.join(", ")}`);
  return types;
}
function readObject(node, schema, at) {
  if (schema.additionalProperties !== false)
    throw new ContractError(`${at("additionalProperties")} must be false: unknown fields are refused`);
  if (!isObject5(schema.properties)) throw new ContractError(`${at("properties")} is missing`);
  const properties = /* @__PURE__ */ new Map();
  for (const [name, child] of Object.entries(schema.properties)) {
    if (!/^[A-Za-z][\w-]*$/.test(name))
      throw new ContractError(`${at("properties")}: ${name} is no usable field name`);
    properties.set(name, readNode(child, `${at("properties")}.${name}`));
  }
  node.properties = properties;
  node.required = new Set(parsed(namesOf(schema.properties), schema.required ?? [], at("required")));
}

// scripts/src/contracts/stored.ts
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
var EXTENSION = ".yaml";
function contractsFolder(root) {
  return join(root, "contracts");
}
function unsupportedFile(provider) {
  return `${provider}.unsupported${EXTENSION}`;
}
function compiledFolder(root) {
  return join(root, "scripts", "lib", "contracts");
}
function compiledLine(file, text3, contract) {
  return `${beginning(file, text3)}"contract":${JSON.stringify(contract)}}
`;
}
function beginning(file, text3) {
  return `{"file":${JSON.stringify(file)},"source":"${text3.length}-${hashOf(text3)}",`;
}
function hashOf(text3) {
  let hash = 2166136261;
  for (let i = 0; i < text3.length; i++) hash = Math.imul(hash ^ text3.charCodeAt(i), 16777619);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
function readStored(root, provider, file) {
  const text3 = readFileSync(join(contractsFolder(root), file), "utf8");
  return { text: text3, copy: copyOf(text3, file, join(compiledFolder(root), `${provider}.jsonl`)) };
}
function copyOf(text3, file, copies) {
  try {
    const lines = readFileSync(copies, "utf8").split("\n");
    const line = lines.find((one) => one.startsWith(beginning(file, text3)));
    return line && JSON.parse(line).contract;
  } catch {
    return void 0;
  }
}

// scripts/src/contracts/contract.ts
var SAFE_NAME = /^[a-z0-9][a-z0-9._-]*$/i;
async function listModels(provider, root = skillFolder()) {
  if (!listProviders(root).includes(provider))
    throw new Failure("INVALID_MODEL", `there are no contracts for the provider "${plain3(provider, 60)}"`, {
      reason: { kind: "providerUnknown" }
    });
  return names(join2(contractsFolder(root), provider)).filter((name) => name.endsWith(EXTENSION)).map((name) => name.slice(0, -EXTENSION.length)).filter((id) => SAFE_NAME.test(id)).sort();
}
function listProviders(root) {
  return names(contractsFolder(root)).filter((name) => SAFE_NAME.test(name) && !name.includes("."));
}
function names(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
async function loadContract(provider, model, root = skillFolder()) {
  const models = await listModels(provider, root);
  if (!models.includes(model))
    throw await (await import("./models.mjs")).unknownModel(provider, model, models, root);
  const path = `${provider}/${model}${EXTENSION}`;
  try {
    const { text: text3, copy } = readStored(root, provider, path);
    if (isObject6(copy) && typeof copy.output === "string")
      return { provider, model, ...copy };
    const { parseYaml } = await import("./parse-yaml.mjs");
    const { toContract } = await import("./parse-yaml.mjs");
    return { provider, model, ...toContract(parseYaml(text3)) };
  } catch (error) {
    const file = `contracts/${path}`;
    const reason = plain3(error instanceof Error ? error.message : String(error), 200);
    throw new Failure("INVALID_MODEL", `${file} cannot be used: ${reason}`, {
      reason: { kind: "contractUnusable", file, provider },
      cause: error
    });
  }
}
var roots = /* @__PURE__ */ new WeakMap();
function rootOf(contract) {
  const root = roots.get(contract) ?? readNode(contract.schema);
  roots.set(contract, root);
  return root;
}

// scripts/src/contracts/fields.ts
function imageField(contract) {
  return fieldWhere(contract, ({ media: media2, types }) => media2 === "image" && types.includes("string"));
}
function imageUrlField(contract) {
  return fieldWhere(contract, ({ media: media2, items }) => (media2 ?? items?.media) === "image-url");
}
function fieldWhere(contract, fits2) {
  return [...rootOf(contract).properties].find(([, node]) => fits2(node))?.[0] ?? null;
}
function withoutImage(contract, payload) {
  const field = imageField(contract);
  if (field === null) return payload;
  const { [field]: _, ...others } = payload;
  return others;
}
function withPrompt(contract, payload, text3) {
  const field = contract.prompt;
  if (field === null) return null;
  const takesText = rootOf(contract).properties?.get(field)?.types.includes("string");
  return { ...payload, [field]: takesText ? text3 : [text3] };
}

// scripts/src/cli/request/payload.ts
import { Failure as Failure2 } from "./main.mjs";
import { isObject as isObject7 } from "./main.mjs";

// scripts/src/model/strict-json.ts
var DuplicateName = class extends Error {
  /** The names that lead to it, joined by dots. */
  path;
  constructor(path) {
    super(`${path} stands there twice`);
    this.path = path;
  }
};
function parseStrict(text3, reviver) {
  const value = JSON.parse(text3, reviver);
  const twice = duplicateIn(text3);
  if (twice !== null) throw new DuplicateName(twice);
  return value;
}
var TOKEN = /["{}]/g;
var COLON = /\s*:/y;
function duplicateIn(text3) {
  const open2 = [];
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text3); found; found = TOKEN.exec(text3)) {
    const at = found.index;
    if (found[0] === "{") open2.push({ names: /* @__PURE__ */ new Set(), last: "" });
    else if (found[0] === "}") open2.pop();
    else {
      const end = endOfText(text3, at + 1);
      TOKEN.lastIndex = end + 1;
      COLON.lastIndex = end + 1;
      if (!COLON.test(text3)) continue;
      const object3 = open2.at(-1);
      object3.last = JSON.parse(text3.slice(at, end + 1));
      if (object3.names.has(object3.last)) return open2.map(({ last }) => last).join(".");
      object3.names.add(object3.last);
    }
  }
  return null;
}
function endOfText(json, from) {
  const isBackslash = (at) => (typeof json === "string" ? json.charCodeAt(at) : json[at]) === 92;
  for (let end = json.indexOf('"', from); end >= 0; end = json.indexOf('"', end + 1)) {
    let before = end;
    while (isBackslash(before - 1)) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return json.length;
}

// scripts/src/cli/request/payload.ts
import { plain as plain4 } from "./main.mjs";
import { profileOf } from "./main.mjs";
import { inQuotes, refused } from "./main.mjs";
var MAX_INPUT_BYTES = 64 * 1024 * 1024;
var MAX_IMAGE_BYTES = 32 * 1024 * 1024;
async function readFields(given, signal) {
  if (given === void 0) return {};
  const fromStdin = given === "-";
  const text3 = fromStdin ? await readStdin(signal, "--payload") : given;
  let value;
  try {
    value = parseStrict(text3.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (error instanceof DuplicateName) {
      const received2 = `${inQuotes(error.path)} twice`;
      throw refused("--payload", "each field once", received2, `leave one ${inQuotes(error.path)} out`);
    }
    throw mangled(text3, fromStdin, error instanceof Error ? error.message : "");
  }
  if (isObject7(value)) return value;
  const hint2 = 'write the fields in braces, for example {"prompt":"a lighthouse at dawn"}';
  throw refused("--payload", "a JSON object", kindOf(value), hint2);
}
async function withImage(contract, payload, image) {
  if (image === void 0) return payload;
  const field = imageField(contract);
  const { model, provider } = contract;
  const byUrl = field === null ? imageUrlField(contract) : null;
  if (byUrl !== null) {
    const hint2 = `write the picture's public http(s) URL into "${byUrl}"; ${provider} documents no upload`;
    const received2 = `model ${model}, which takes public URLs only`;
    throw refused("--image", "a model that takes a picture as a file", received2, hint2);
  }
  if (field === null) {
    const hint2 = provider === profileOf(void 0).id ? "choose for example --model i2v" : "leave --image out";
    throw refused("--image", "a model that takes an image", `model ${model}, which takes none`, hint2);
  }
  if (payload[field] !== void 0 && payload[field] !== null) {
    const expected2 = `one image: by --image or as "${field}" in the payload`;
    throw refused("--image", expected2, "both", `leave "${field}" out of the payload`);
  }
  return { ...payload, [field]: await readImage(image) };
}
var STDIN_FORM = "pass the JSON on standard input: put it into a file and run the command with --payload - < payload.json";
function mangled(text3, fromStdin, syntax) {
  const trimmed = text3.trim();
  const refusal = (received3, hint2) => refused("--payload", "a JSON object", received3, hint2);
  if (trimmed === "") return refusal("nothing", fromStdin ? "send the JSON on standard input" : STDIN_FORM);
  const base64 = trimmed.lastIndexOf(";base64,");
  if (base64 >= 0 && !/["'\s{}]/.test(trimmed.slice(base64))) {
    const received3 = `${text3.length} characters that end inside base64 data: cut off on the way`;
    return refusal(received3, `one argument is limited to 128 KiB: use --image <file>, or ${STDIN_FORM}`);
  }
  if (!fromStdin && /^'/.test(trimmed))
    return refusal("single quotes around it", `this shell keeps single quotes (cmd.exe does): ${STDIN_FORM}`);
  if (!fromStdin && /^\{?\s*\\"/.test(trimmed)) {
    const hint2 = `the shell passed the backslashes on: ${STDIN_FORM}`;
    return refusal("quotes with a backslash before them", hint2);
  }
  if (!fromStdin && !trimmed.includes('"')) {
    const hint2 = `JSON needs double quotes. If you wrote them, the shell took them away (PowerShell and cmd.exe do): ${STDIN_FORM}`;
    return refusal(`${plain4(trimmed, 60)} (no double quotes in it)`, hint2);
  }
  const position = /position \d+(?: \(line \d+ column \d+\))?/.exec(syntax)?.[0];
  const received2 = `text that is no JSON${position ? ` at ${position}` : ""}: ${plain4(trimmed, 60)}`;
  return refusal(received2, fromStdin ? "check the JSON" : `check the JSON, or ${STDIN_FORM}`);
}
async function readStdin(signal, flag, from) {
  const expected2 = flag === "--payload" ? "JSON on standard input" : "lines on standard input";
  const hint2 = flag === "--payload" ? STDIN_FORM : "write the lines into a .jsonl or .txt file";
  if (!from && process.stdin.isTTY) throw refused(`${flag} -`, expected2, "a terminal", hint2);
  try {
    const { addAbortSignal } = process.getBuiltinModule("node:stream");
    return await textOf(addAbortSignal(signal, from ?? process.stdin), `${flag} -`);
  } catch (error) {
    if (error instanceof Failure2 || signal.aborted) throw error;
    throw refused(`${flag} -`, expected2, `what cannot be read (${codeOf(error)})`, hint2);
  }
}
async function textOf(stream, flag) {
  const block = new ArrayBuffer(0, { maxByteLength: MAX_INPUT_BYTES });
  const bytes = new Uint8Array(block);
  let size = 0;
  for await (const chunk of stream) {
    if (size + chunk.length > MAX_INPUT_BYTES) {
      const hint2 = "send a smaller image, or its public address";
      throw refused(flag, `at most ${MAX_INPUT_BYTES} bytes`, "more", hint2);
    }
    block.resize(size + chunk.length);
    bytes.set(chunk, size);
    size += chunk.length;
  }
  const isUtf16 = bytes[0] === 255 && bytes[1] === 254;
  const text3 = Buffer.from(block, 0, size).toString(isUtf16 ? "utf16le" : "utf8");
  block.resize(0);
  return text3;
}
async function readImage(file) {
  const named = plain4(file, 120);
  const refusal = (expected2, received2, hint2) => refused("--image", expected2, received2, hint2);
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = await handle.stat();
    if (!stat.isFile()) throw refusal("a file", `${named}, which is none`, "name an image file");
    const head = Buffer.alloc(16);
    const { bytesRead } = await handle.read(head, 0, 16, 0);
    const type = sniffImage(head.subarray(0, bytesRead));
    if (!type) {
      const kinds = "a PNG, JPEG, WebP, GIF, AVIF or BMP file";
      throw refusal(kinds, `${named}, which is none of these`, "name an image file, or convert it first");
    }
    if (stat.size > MAX_IMAGE_BYTES) {
      const hint2 = "make the image smaller, or pass its public address in the payload";
      throw refusal(`at most ${MAX_IMAGE_BYTES} bytes`, `${stat.size}`, hint2);
    }
    return await dataUri(handle, stat.size, `data:${type};base64,`);
  } catch (error) {
    if (error instanceof Failure2) throw error;
    const hint2 = "check the path; it is taken from the folder in which the command runs";
    throw refusal("a file that can be read", `${named} (${codeOf(error)})`, hint2);
  } finally {
    await handle?.close();
  }
}
var PIECE = 48 * 1024;
async function dataUri(handle, size, beginning2) {
  const length = beginning2.length + 4 * Math.ceil(size / 3);
  const block = new ArrayBuffer(length, { maxByteLength: length });
  const text3 = Buffer.from(block);
  const bytes = text3.subarray(length - size);
  const { bytesRead } = await handle.read(bytes, 0, size, 0);
  let end = text3.write(beginning2, "latin1");
  for (let at = 0; at < bytesRead; at += PIECE) {
    end += text3.write(bytes.toString("base64", at, Math.min(at + PIECE, bytesRead)), end, "latin1");
  }
  const uri = text3.toString("utf8", 0, end);
  block.resize(0);
  return uri;
}
function codeOf(error) {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}
function kindOf(value) {
  if (value === null) return "null";
  if (value === "") return "an empty text";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}

// scripts/src/contracts/validate.ts
import { isObject as isObject8 } from "./main.mjs";

// scripts/src/contracts/schema/hint.ts
import { nearest, squeeze } from "./main.mjs";
import { plain as plain5 } from "./main.mjs";
var MOST_MODELS = 6;
var NEVER_ROUNDED = "nothing is rounded, as that changes the price";
function hint(place) {
  const { node, path, value, required: required2, isPrompt } = place;
  if (isPrompt && (value === void 0 || value === null && required2))
    return `ask the user for the words, and add them as ${fieldName(path)}, ${wanted(node)}`;
  if (value === void 0) return `add ${sample(place)}`;
  if (value === null) return required2 ? `write ${sample(place)}, not null` : `leave ${pathText(path)} out`;
  const meant = sameMeaning(node, value).find((candidate) => fits(node, candidate));
  if (meant !== void 0) return `write ${assign(path, meant)}${kind(meant, value)}, not ${literal2(value)}`;
  if (node.enum !== void 0) return enumHint(place, node.enum);
  if (typeof value === "string" && node.types.includes("string")) return textHint(place, value);
  if (Array.isArray(value) && node.types.includes("array"))
    return `give${itemCount(node)} items, not ${value.length}`;
  if (isNumeric(value) && node.types.some((type) => type === "number" || type === "integer"))
    return `write ${sample(place)}, not ${literal2(value)}; ${NEVER_ROUNDED}`;
  return `write ${sample(place)}, not ${literal2(value)}`;
}
function kind(meant, value) {
  const types = ["string", "number", "boolean", "array", "object"];
  const type = types.find((candidate) => isOfType(meant, candidate));
  return type === void 0 || isOfType(value, type) ? "" : ` (${A_TYPE[type]})`;
}
function sample({ node, path, example, ways }) {
  if (node.enum !== void 0)
    return `${fieldName(path)}: ${either(node.enum.filter((value) => value !== null).map(literal2))}`;
  if ((node.media ?? node.items?.media) !== void 0)
    return `${fieldName(path)} as ${wanted(node)}${ways.imageFile === null ? "" : `, or ${ways.imageFile}`}`;
  return `${fieldName(path)} as ${wanted(node)}, such as ${assign(path, example ?? node.default ?? generic(node))}`;
}
function generic(node) {
  if (node.anyOf !== void 0) return generic(node.anyOf[0]);
  if (node.enum !== void 0) return node.enum[0];
  const type = node.types.find((candidate) => candidate !== "null");
  if (type === "boolean") return true;
  if (type === "number" || type === "integer") return node.minimum ?? node.maximum ?? 1;
  if (type === "array") return [generic(node.items)];
  return type === "object" ? {} : "...";
}
function enumHint(place, values) {
  const { path, value, node } = place;
  const choices = values.filter((choice) => choice !== null);
  const words = choices.filter((choice) => typeof choice === "string");
  const near = typeof value === "string" && new RegExp("\\p{L}{3}", "u").test(value) ? nearest(value, words) : void 0;
  if (near !== void 0) return `write ${assign(path, near)}, not ${literal2(value)}`;
  const types = node.types.filter((type) => type !== "null");
  const isOfOther = types.length === 1 && !isOfType(value, types[0]);
  const rounding = choices.every(isNumeric) && isNumeric(value) ? `; ${NEVER_ROUNDED}` : "";
  return `write ${fieldName(path)}: ${either(choices.map(literal2))}${isOfOther ? ` (${A_TYPE[types[0]]})` : ""}, not ${literal2(value)}${rounding}`;
}
function isNumeric(value) {
  if (typeof value !== "string") return typeof value === "number";
  return /^-?\d+(\.\d+)?$/.test(meaning(value));
}
function textHint(place, value) {
  const { node, path, ways, provider, isPrompt } = place;
  for (const rule of node.own ?? []) {
    const told = rule.textHint?.(value, ways, provider);
    if (told) return told;
  }
  if (value.trim() === "")
    return isPrompt ? `ask the user for the words, and write them into ${pathText(path)}` : `write text into ${pathText(path)}`;
  const length = codePoints(value);
  if (node.maxLength !== void 0 && length > node.maxLength)
    return `shorten ${pathText(path)} to ${node.maxLength} characters; it has ${length}`;
  return `write ${sample(place)}`;
}
function sameMeaning(node, value) {
  if (node.anyOf !== void 0) return node.anyOf.flatMap((form) => sameMeaning(form, value));
  if (node.enum !== void 0 && typeof value !== "object")
    return node.enum.filter((choice) => choice !== null && meaning(choice) === meaning(value));
  const found = [];
  if (node.types.includes("string") && (typeof value === "number" || typeof value === "boolean"))
    found.push(String(value));
  if (typeof value === "string" && value.length < SHOWN) {
    const text3 = meaning(value);
    if (/^-?\d+(\.\d+)?$/.test(text3)) found.push(Number(text3));
    if (text3 === "true" || text3 === "false") found.push(text3 === "true");
  }
  if (node.types.includes("array") && !Array.isArray(value)) found.push([value]);
  if (!node.types.includes("array") && Array.isArray(value) && value.length === 1) found.push(value[0]);
  return found;
}
function meaning(value) {
  return String(value).slice(0, SHOWN).normalize("NFKC").trim().toLowerCase().replace(/^(\d+(?:\.\d+)?)\s*(?:p|s|sec|seconds?)$/, "$1").replace(/^(\d+)\s*[:x×/\u2236]\s*(\d+)$/, "$1:$2").replace(/^(\d+)\.0+$/, "$1");
}
var SIMILAR_WORDS = [
  ["aspectratio", "ratio"],
  ["prompt", "content"],
  ["image", "imageurl"]
];
function unknownFieldHint(key, node, given, ways) {
  const names2 = [...node.properties?.keys() ?? []];
  const shown = JSON.stringify(plain5(key, SHOWN));
  const part = BESIDE.find((known) => known.toLowerCase() === squeeze(key));
  if (part !== void 0) return `leave ${shown} out; ${ways.beside(part)}`;
  const meant = lookAlike(key, names2) ?? nearest(key, names2);
  const takes = `this one takes ${names2.join(", ")}`;
  if (meant === void 0) return `${wayOfField(key, shown, ways)}; ${takes}`;
  if (Object.hasOwn(given, meant)) return `leave ${shown} out; "${meant}" is there already`;
  return `write "${meant}" instead of ${shown}; ${takes}`;
}
function wayOfField(key, shown, { elsewhere }) {
  const drop = `only if the user agrees, leave ${shown} out`;
  if (elsewhere === void 0) return `take a model that has it, or, ${drop}`;
  const models = elsewhere.get(key);
  if (models?.length)
    return `take a model that has it, at its own price: ${models.slice(0, MOST_MODELS).join(", ")}; ${drop}`;
  return `no model of this kind has it${models === void 0 ? "" : " with this value"}: ${drop}`;
}
function lookAlike(key, names2) {
  const word = squeeze(key);
  const group = SIMILAR_WORDS.find((words) => words.includes(word));
  return names2.find((name) => group?.includes(name.toLowerCase()));
}

// scripts/src/contracts/validate.ts
var MOST_ISSUES = 20;
function checkPayload(contract, payload, ways = BY_VALUE) {
  if (!isObject8(payload)) return [notAnObject(contract, payload, ways)];
  const check = { contract, payload, ways };
  const root = rootOf(contract);
  const issues = /* @__PURE__ */ new Map();
  const result = toZod2(root).safeParse(payload);
  for (const finding of result.success ? [] : flatten(result.error.issues)) {
    if (issues.size >= MOST_ISSUES) break;
    for (const issue2 of issuesOf2(check, finding)) if (!issues.has(issue2.path)) issues.set(issue2.path, issue2);
  }
  return [...issues.values(), ...crossFieldIssues(check, root, payload, [])].slice(0, MOST_ISSUES);
}
function notAnObject(contract, payload, ways) {
  const isText = typeof payload === "string" && /^\s*\{/.test(payload.slice(0, 100));
  const hint2 = isText ? "pass the object itself, not a string that contains it" : `pass an object such as ${JSON.stringify(contract.example)}`;
  return { path: ways.payload, expected: "a JSON object", received: received(payload), hint: hint2 };
}
function flatten(findings, base = []) {
  return findings.flatMap((finding) => {
    const path = [...base, ...finding.path];
    const meant = finding.errors?.find(
      (errors) => errors.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys")
    ) ?? finding.errors?.find((errors) => errors.some((inner) => inner.code !== "invalid_type"));
    return meant === void 0 ? [{ ...finding, path }] : flatten(meant, path);
  });
}
function issuesOf2(check, finding) {
  const { contract, payload, ways } = check;
  const root = rootOf(contract);
  const path = finding.path;
  const node = nodeAt(root, path) ?? root;
  const value = valueAt(payload, path);
  if (finding.code === "unrecognized_keys" && isObject8(value))
    return (finding.keys ?? []).slice(0, MOST_ISSUES).map((key) => ({
      path: pathText([...path, key]),
      received: received(value[key]),
      ...node.own?.map((rule) => rule.unknownField?.(key, contract.model)).find(Boolean) ?? {
        expected: `no such field for ${contract.model}`,
        hint: unknownFieldHint(
          key,
          node,
          value,
          path.length === 0 ? ways : { ...ways, elsewhere: void 0 }
        )
      }
    }));
  const last = path.at(-1);
  const required2 = typeof last !== "string" || nodeAt(root, path.slice(0, -1))?.required?.has(last) === true;
  const advice = hintAt(check, path, node, value, required2);
  return [{ path: pathText(path), expected: expected(node), received: received(value), hint: advice }];
}
function crossFieldIssues(check, node, object3, path) {
  const at = {
    node,
    object: object3,
    pathTo: (name) => pathText([...path, name]),
    hintFor: (name, ...of) => hintAt(check, [...path, name], ...of)
  };
  const issues = (node.own ?? []).flatMap((rule) => rule.issues?.(at) ?? []);
  for (const [name, child] of node.properties ?? []) {
    const value = fieldOf(object3, name);
    if (child.properties !== void 0 && isObject8(value))
      issues.push(...crossFieldIssues(check, child, value, [...path, name]));
  }
  return issues;
}
function valueAt(from, path) {
  let here = from;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === "number") here = here[step];
    else here = isObject8(here) ? fieldOf(here, String(step)) : void 0;
  }
  return here;
}
function hintAt({ contract, ways }, path, node, value, required2) {
  const isImage = path.length === 1 && path[0] === imageField(contract);
  const own2 = isImage ? ways : { ...ways, imageFile: null };
  const { provider, prompt, example: whole } = contract;
  const isPrompt = path.length === 1 && path[0] === prompt;
  return hint({
    node,
    path,
    value,
    required: required2,
    isPrompt,
    example: valueAt(whole, path),
    ways: own2,
    provider
  });
}

// scripts/src/contracts/whole-body.ts
import { Failure as Failure3 } from "./main.mjs";
import { isObject as isObject9 } from "./main.mjs";
function withoutBody(contract, payload) {
  const { input, ...besideInput } = payload;
  if (!isObject9(input) || rootOf(contract).properties?.has("input") === true) return payload;
  const beside = Object.entries(besideInput).filter(([name, value]) => name !== "model" || value !== contract.model).map(([name, value]) => ({ name, received: received(value) }));
  if (beside.length === 0) return input;
  const { model } = contract;
  throw new Failure3("INVALID_PAYLOAD", "The payload is a complete request body.", {
    reason: { kind: "wholeBody", model, input: received(input), beside }
  });
}

// scripts/src/cli/request/read-request.ts
import { issuesText } from "./main.mjs";
import { checkCallbackUrl } from "./main.mjs";
import { plain as plain6 } from "./main.mjs";
import { AdvisedFailure } from "./main.mjs";
import { commandFor } from "./main.mjs";
import { refusalOf } from "./main.mjs";
import { refused as refused2 } from "./main.mjs";
import { BY_FLAGS } from "./main.mjs";
async function readRequest(args, loopback, signal) {
  const contract = await loadContract(args.profile.id, args.model);
  const webhookUrl = readCallback(args, loopback);
  const given = await withImage(contract, await readFields(args.payload, signal), args.image);
  const payload = withoutBody(contract, given);
  let issues = checkPayload(contract, payload, BY_FLAGS);
  const isMissing = (name) => Object.hasOwn(payload, name) && !rootOf(contract).properties?.has(name);
  const names2 = issues.map(({ path }) => path).filter(isMissing);
  if (names2.length > 0) {
    const { modelsWith } = await import("./models.mjs");
    const elsewhere = await modelsWith(contract, payload, names2);
    issues = checkPayload(contract, payload, { ...BY_FLAGS, elsewhere });
  }
  if (issues.length > 0) {
    const message = `The payload does not fit ${contract.model}: ${issuesText(issues)}.`;
    throw new AdvisedFailure("INVALID_PAYLOAD", message, {
      issues,
      nextSteps: [
        ...new Set(issues.map(({ path, hint: hint2 }) => `${path}: ${hint2}`)),
        commandFor(contract.provider, "describeModel", { model: contract.model })
      ]
    });
  }
  if (args.action === "quote" && !args.profile.can.quote) throw await noQuote(args, contract, payload);
  const generation = {
    model: contract.model,
    payload,
    idempotencyKey: args.idempotencyKey ?? process.getBuiltinModule("node:crypto").randomUUID(),
    maxCredits: args.maxCredits,
    webhookUrl
  };
  return { contract, generation, terms: termsOf(args), note: noteOf(args) };
}
function termsOf(args) {
  const { idempotencyKey, new: isNew } = args;
  const { maxCredits, maxTotalCredits, maxCreditsPerDay } = args;
  return {
    isNamed: idempotencyKey !== void 0,
    isNew,
    caps: { maxCredits, maxTotalCredits, maxCreditsPerDay }
  };
}
function noteOf(args) {
  const { action, owner = null, wait } = args;
  return { owner, wait: action === "generate" ? wait : null };
}
async function noQuote({ profile }, contract, payload) {
  const { priceLine } = await import("./estimate.mjs");
  const line = priceLine(contract, payload);
  const [hint2, ...steps] = line === null ? [
    "no price of this payload is known here",
    `No price of ${contract.model} is known here either. Get a yes to an unknown price before you submit.`
  ] : [
    "the estimate of the price of this payload is in nextSteps",
    `${line} Tell the user so, and submit with --maxCredits, which is held against the same estimate.`,
    contract.price.note
  ];
  const refusal = refusalOf(profile, "quote");
  const issues = refusal.details.issues?.map((one) => ({ ...one, hint: hint2 }));
  const describe2 = commandFor(contract.provider, "describeModel", { model: contract.model });
  return refusal.with({ issues, nextSteps: [...steps, describe2] });
}
function readCallback({ profile, callback }, loopback) {
  if (callback === void 0) return void 0;
  const problem = checkCallbackUrl(callback, loopback);
  if (!problem) return new URL(callback).href;
  throw refused2(`--${profile.callbackWord}`, problem.expected, `"${plain6(callback, 80)}"`, problem.hint);
}
export {
  A_TYPE,
  BESIDE,
  BY_VALUE,
  ContractError,
  DuplicateName,
  EXTENSION,
  KEYWORDS,
  MEDIA_KINDS,
  REGEX,
  SHOWN,
  SURE_TYPES,
  TYPES,
  assign,
  atLeastOne,
  carriesSomething,
  checkFileType,
  checkMedia,
  checkPayload,
  codeOf,
  codePoints,
  compiledFolder,
  compiledLine,
  contractsFolder,
  counts,
  either,
  endOfText,
  exclusive,
  expected,
  expectedMedia,
  fieldName,
  fieldOf,
  files,
  fits,
  hint,
  imageField,
  imageUrlField,
  isOfType,
  isPresent,
  itemCount,
  kindOf,
  later,
  listModels,
  listProviders,
  literal2 as literal,
  loadContract,
  lookAlike,
  media,
  namesOf,
  nodeAt,
  notThere,
  noteOf,
  only,
  parseStrict,
  parsed,
  pathText,
  readCallback,
  readFields,
  readNode,
  readRequest,
  readStdin,
  readStored,
  received,
  rejected,
  rootOf,
  sameMeaning,
  sniffImage,
  sumMax,
  termsOf,
  toZod2 as toZod,
  unknownFieldHint,
  unsupportedFile,
  wanted,
  when,
  withImage,
  withPrompt,
  withoutBody,
  withoutImage,
  z
};
