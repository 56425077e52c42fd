// graphql-js executing on schema.graphql: what the server's answer is held against.
//
// Its data comes from the server itself, but only by questions that leave an executor nothing to decide: one field
// in each level, every argument a literal, no alias, no directive, no variable, and no fragment but the one that
// names the type behind an interface. What a document makes of that data, graphql-js decides alone.

import {
  GraphQLError,
  Kind,
  astFromValue,
  buildSchema,
  execute,
  getNamedType,
  isCompositeType,
  isAbstractType,
  parse,
  print,
  specifiedRules,
  validate,
} from 'graphql';

import { ask, schemaText } from '../support/server.mjs';

export const schema = buildSchema(schemaText);

/** How many questions are asked of the server at the same time. */
const AT_ONCE = 8;

/** A cause of refusal before anything is executed, with the code that the server gives for it, if that is settled. */
export class Refusal {
  constructor(code, errors) {
    this.code = code;
    this.errors = errors;
  }
}

/** Answers documents as the reference implementation does. */
export class Reference {
  #headers;
  #answers = new Map();
  #free = AT_ONCE;
  #waiting = [];
  /** How many questions were asked of the server. */
  questions = 0;

  constructor(headers) {
    this.#headers = headers;
  }

  /**
   * Returns what graphql-js answers: `{ refusal }`, or `{ data, errors, raised }`, where `raised` lists every error
   * that a resolver raised, also those that the answer leaves out since their place has become null.
   *
   * A mutation's root fields are done by `perform`, once each.
   */
  async answer({ query, variables, operationName }, perform) {
    let document;
    try {
      document = parse(query);
    } catch (error) {
      return { refusal: new Refusal('GRAPHQL_PARSE_FAILED', [error]) };
    }
    const invalid = validate(schema, document, specifiedRules, { maxErrors: 100 });
    if (invalid.length > 0) return { refusal: new Refusal('GRAPHQL_VALIDATION_FAILED', invalid) };
    const raised = [];
    const pending = new Set();
    let failure;
    const result = await execute({
      schema,
      document,
      rootValue: { steps: [], at: [] },
      variableValues: variables,
      operationName,
      typeResolver: (value) => value.typeName,
      fieldResolver: (source, args, _context, info) => {
        const resolved = this.#resolve(source, args, info, perform).catch((error) => {
          if (error instanceof GraphQLError) raised.push({ ...error.toJSON(), path: pathOf(info.path) });
          else failure ??= error;
          throw error;
        });
        const settled = resolved.then(
          () => pending.delete(settled),
          () => pending.delete(settled),
        );
        pending.add(settled);
        return resolved.then((value) => noteErrors(value, pathOf(info.path), raised));
      },
    });
    while (pending.size > 0) await Promise.all(pending);
    if (failure) throw failure;
    if (!('data' in result)) {
      // Which operation to run is no question of GraphQL's: a server may give it any code of its list.
      const isOfOperation = result.errors.some((error) => /^(Must provide|Unknown) /.test(error.message));
      return { refusal: new Refusal(isOfOperation ? undefined : 'BAD_USER_INPUT', result.errors) };
    }
    return { data: result.data, errors: (result.errors ?? []).map((error) => error.toJSON()), raised };
  }

  async #resolve(source, args, info, perform) {
    const step = { name: info.fieldName, args: spell(info, args), on: source.on };
    if (info.operation.operation === 'mutation' && source.steps?.length === 0) {
      this.#answers.clear();
      return perform(step, getNamedType(info.returnType));
    }
    if (source.plain) return source.plain[info.fieldName];
    const steps = [...source.steps, step];
    const type = getNamedType(info.returnType);
    const isComposite = isCompositeType(type);
    const answer = await this.#ask(question(steps, isComposite));
    const at = [...source.at, info.fieldName];
    return this.#read(answer, at, follow(answer.data, at), (value, at) => {
      if (!isComposite) return value;
      const on = isAbstractType(type) ? value.__typename : undefined;
      return { typeName: value.__typename, on, steps, at };
    });
  }

  /** Turns a part of an answer into what a resolver returns; a null that an error left becomes the error. */
  #read(answer, at, value, wrap, isEntry = false) {
    if (value === null || value === undefined) {
      const error = errorOf(answer, at) ?? lost(answer, at);
      if (!error) return null;
      const raised = new GraphQLError(error.message, { extensions: error.extensions });
      if (isEntry) return raised;
      throw raised;
    }
    if (Array.isArray(value)) {
      return value.map((entry, index) => this.#read(answer, [...at, index], entry, wrap, true));
    }
    return wrap(value, at);
  }

  async #ask(query) {
    if (!this.#answers.has(query)) this.#answers.set(query, this.#send(query));
    return this.#answers.get(query);
  }

  async #send(query) {
    if (this.#free === 0) await new Promise((go) => this.#waiting.push(go));
    else this.#free -= 1;
    try {
      this.questions += 1;
      const answer = await ask({ query }, this.#headers);
      if (!('data' in answer)) {
        throw new Error(`the server refused a plain question: ${query}\n${JSON.stringify(answer.errors)}`);
      }
      return answer;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/** Spells the arguments that graphql-js coerced as literals: defaults and variables are decided by then. */
function spell(info, args) {
  const field = info.parentType.getFields()[info.fieldName];
  const given = field.args
    .filter((argument) => args[argument.name] !== undefined)
    .map((argument) => {
      const value = args[argument.name];
      const literal = value === null ? { kind: Kind.NULL } : astFromValue(value, argument.type);
      return `${argument.name}: ${print(literal)}`;
    });
  return given.length === 0 ? '' : `(${given.join(', ')})`;
}

/** Writes the question for one place: `{ node(id: "…") { ... on Event { dates { edtf } } } }`. */
function question(steps, isComposite) {
  const whole = steps.reduceRight((inner, { name, args, on }) => {
    const field = `${name}${args}${inner}`;
    return on ? ` { ... on ${on} { ${field} } }` : ` { ${field} }`;
  }, isComposite ? ' { __typename }' : '');
  return whole.trim();
}

function follow(data, at) {
  let value = data;
  for (const key of at) value = value?.[key];
  return value;
}

/**
 * Finds the error of a place.
 *
 * What leads to the place was answered without one before, so that an error which stops on the way is its error too;
 * that the server gives it the whole path is for the comparison to see.
 */
function errorOf(answer, at) {
  return answer.errors?.find(({ path = [] }) => same(path, at.slice(0, path.length)));
}

/** Finds the error of a neighbour in the same list that took this place with it. */
function lost(answer, at) {
  const isGone = at.some((_, length) => follow(answer.data, at.slice(0, length)) == null);
  return isGone ? answer.errors?.[0] : undefined;
}

function noteErrors(value, path, raised) {
  if (value instanceof GraphQLError) raised.push({ ...value.toJSON(), path });
  if (Array.isArray(value)) value.forEach((entry, index) => noteErrors(entry, [...path, index], raised));
  return value;
}

function pathOf(path) {
  return path ? [...pathOf(path.prev), path.key] : [];
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
