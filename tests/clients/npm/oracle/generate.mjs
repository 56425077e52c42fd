// Documents made from the schema by chance: fragments of every kind, fields that come again, conditions, variables.
//
// Most are valid, and some are not: a key may be taken twice for different fields, a variable may not fit its place.
// graphql-js tells which is which.

import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  getNamedType,
  isCompositeType,
  isAbstractType,
  isInputObjectType,
  isNonNullType,
} from 'graphql';

import { Chance } from './random.mjs';
import { schema } from './reference.mjs';

/** What two questions, one after the other, may answer differently. */
const UNSTEADY = new Set([
  'Reach.asOf',
  'Query.rateLimit',
  // Rows are sealed behind the writers, and a sign-in is one; the first badge makes the first key.
  'Query.auditHead',
  'Query.auditTrail',
  'Query.badgeKeys',
  'Query.checkInManifest',
  'Query.checkInRevocations',
  'Query.mySessions',
  'Registration.badge',
]);

/** How deep selections go. */
const DEEPEST = 5;

/** How many fields a document has before it comes to its end. */
const FIELDS = 40;

/** Aliases that different fields may take at once, which is a conflict. */
const CONTESTED = ['a', 'b', 'id', 'title'];

const SCALARS = {
  CountryCode: ['KZ', 'UZ', 'IN'],
  LanguageTag: ['en', 'ru', 'uz', 'kk'],
  Date: ['2018-01-01', '2021-05-20', '2026-12-31'],
  DateTime: ['2021-05-20T00:00:00Z'],
  EDTF: ['2021', '2021-05'],
  String: ['Jizzakh', 'election', 'комиссия', 'nothing of the kind'],
  UUID: ['0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1b'],
};

/** Makes one document with its variables, and with others that it may be asked with again. */
export function generate(seed, known) {
  return new Maker(new Chance(seed), known).make();
}

class Maker {
  #chance;
  #known;
  #fragments = [];
  #variables = new Map();
  #values = {};
  /** What makes another value of a variable. */
  #makers = new Map();
  #left = FIELDS;

  constructor(chance, known) {
    this.#chance = chance;
    this.#known = known;
  }

  make() {
    const selection = this.#selection(schema.getQueryType(), 0);
    const declared = [...this.#variables].map(([name, spelt]) => `$${name}: ${spelt}`);
    const operation = `query Q${declared.length > 0 ? `(${declared.join(', ')})` : ''} ${selection}`;
    const parts = [operation, ...this.#fragments.map(({ text }) => text)];
    if (this.#chance.is(0.2)) parts.reverse();
    return { query: parts.join('\n'), variables: this.#values, others: [this.#otherValues(), this.#otherValues()] };
  }

  /**
   * Chooses for each variable whether it stays as it is, is left out, is null, or is another.
   *
   * One that decides a condition is never null: GraphQL leaves open what that means, and server and reference differ.
   */
  #otherValues() {
    const values = {};
    for (const [name, make] of this.#makers) {
      const kind = this.#chance.next();
      if (kind < 0.3 && name in this.#values) values[name] = this.#values[name];
      else if (kind < 0.85) values[name] = make();
      else if (kind < 0.92 && !name.startsWith('on')) values[name] = null;
    }
    return values;
  }

  #selection(type, depth) {
    const entries = [];
    for (let count = 1 + this.#chance.below(depth === 0 ? 3 : 4); count > 0; count -= 1) {
      entries.push(...this.#entry(type, depth));
      if (this.#left <= 0) break;
    }
    return `{ ${entries.join(' ')} }`;
  }

  #entry(type, depth) {
    const kind = this.#chance.next();
    if (kind < 0.08) return [`${this.#alias('__typename', '')}__typename${this.#condition()}`];
    if (kind < 0.18 && depth < DEEPEST) return [this.#inline(type, depth)];
    if (kind < 0.28 && depth < DEEPEST) return [this.#spread(type, depth)];
    return this.#field(type, depth);
  }

  /** Makes a field; now and then it comes a second time with another selection, to be merged. */
  #field(type, depth) {
    this.#left -= 1;
    const field = this.#pick(type, depth);
    if (!field) return ['__typename'];
    const given = this.#arguments(field);
    const head = `${this.#alias(field.name, given)}${field.name}${given}`;
    const named = getNamedType(field.type);
    const once = () => (isCompositeType(named) ? ` ${this.#selection(named, depth + 1)}` : '');
    const entries = [`${head}${this.#condition()}${once()}`];
    while (this.#left > 0 && this.#chance.is(0.2)) entries.push(`${head}${this.#condition()}${once()}`);
    return entries;
  }

  #pick(type, depth) {
    const fields = Object.values(type.getFields()).filter((field) => {
      const isComposite = isCompositeType(getNamedType(field.type));
      return !UNSTEADY.has(`${type.name}.${field.name}`) && !(isComposite && (depth >= DEEPEST || this.#left <= 0));
    });
    return fields.length > 0 ? this.#chance.one(fields) : undefined;
  }

  #inline(type, depth) {
    const on = this.#chance.is(0.3) ? undefined : this.#conditionType(type);
    return `...${on ? ` on ${on.name}` : ''}${this.#condition()} ${this.#selection(on ?? type, depth + 1)}`;
  }

  #spread(type, depth) {
    const fitting = this.#fragments.filter(({ on }) => on === type || this.#chance.is(0.01));
    if (fitting.length > 0 && this.#chance.is(0.5)) return `...${this.#chance.one(fitting).name}${this.#condition()}`;
    const on = this.#conditionType(type);
    const selection = this.#selection(on, depth + 1);
    const name = `F${this.#fragments.length}`;
    this.#fragments.push({ name, on, text: `fragment ${name} on ${on.name} ${selection}` });
    return `...${name}${this.#condition()}`;
  }

  /** Chooses the type of a fragment: the type itself, an interface of it, or a type behind it. */
  #conditionType(type) {
    const related = isAbstractType(type) ? schema.getPossibleTypes(type) : type.getInterfaces();
    return related.length > 0 && this.#chance.is(isAbstractType(type) ? 0.8 : 0.3) ? this.#chance.one(related) : type;
  }

  /** Makes an alias or none; equal arguments lead to equal aliases, so that most keys that meet can be merged. */
  #alias(name, given) {
    if (this.#chance.is(0.015)) return `${this.#chance.one(CONTESTED)}: `;
    if (this.#chance.is(given === '' ? 0.85 : 0.04)) return '';
    return `${name}${given === '' ? 'Too' : hash(this.#nameless(given))}: `;
  }

  /** Puts the names of records in the place of their ids, which are others in each run. */
  #nameless(given) {
    return Object.entries(this.#known).reduce((text, [name, id]) => text.replaceAll(id, name), given);
  }

  #condition() {
    if (!this.#chance.is(0.12)) return '';
    const name = this.#chance.one(['skip', 'include']);
    const value = this.#chance.is(0.5) ? String(this.#chance.is(0.5)) : this.#switch();
    return ` @${name}(if: ${value})`;
  }

  #switch() {
    const kind = this.#chance.below(4);
    const name = `on${kind}`;
    const value = this.#chance.is(0.5);
    if (this.#variables.has(name)) return `$${name}`;
    this.#makers.set(name, () => this.#chance.is(0.5));
    this.#variables.set(name, ['Boolean!', 'Boolean! = false', 'Boolean = true', 'Boolean! = true'][kind]);
    if (kind === 0 || this.#chance.is(0.4)) this.#values[name] = value;
    return `$${name}`;
  }

  #arguments(field) {
    const isPaged = field.args.some((argument) => argument.name === 'first');
    const given = field.args.filter((argument) => {
      const isRequired = isNonNullType(argument.type) && argument.defaultValue === undefined;
      if (argument.name === 'first' && isPaged) return this.#chance.is(0.95);
      if (['last', 'after', 'before'].includes(argument.name)) return this.#chance.is(0.02);
      return isRequired || this.#chance.is(0.3);
    });
    if (given.length === 0) return '';
    const spelt = given.map(({ name, type }) => `${name}: ${this.#value(type, name, field.name)}`);
    return `(${spelt.join(', ')})`;
  }

  /** Spells a value of a type as a literal, or as a variable that holds one. */
  #value(type, name, place, depth = 0) {
    if (this.#chance.is(0.25) && this.#variables.size < 12) return this.#variable(type, name, place, depth);
    return spell(this.#make(type, name, place, depth), type);
  }

  #variable(type, name, place, depth) {
    const variable = `v${this.#variables.size}`;
    this.#makers.set(variable, () => this.#make(type, name, place, depth));
    const value = this.#make(type, name, place, depth);
    const nullable = isNonNullType(type) ? type.ofType : type;
    const kind = this.#chance.next();
    if (kind < 0.5) {
      this.#variables.set(variable, String(type));
      if (isNonNullType(type) || this.#chance.is(0.7)) this.#values[variable] = value;
      else if (this.#chance.is(0.3)) this.#values[variable] = null;
    } else if (kind < 0.7) {
      this.#variables.set(variable, `${nullable}!`);
      this.#values[variable] = value;
    } else if (kind < 0.95) {
      this.#variables.set(variable, `${nullable} = ${spell(value, type)}`);
      if (this.#chance.is(0.3)) this.#values[variable] = this.#make(type, name, place, depth);
      else if (this.#chance.is(0.1)) this.#values[variable] = null;
    } else {
      this.#variables.set(variable, String(nullable));
      this.#values[variable] = value;
    }
    return `$${variable}`;
  }

  /** Makes a value as JSON has it. */
  #make(type, name, place, depth, isNeeded = false) {
    if (type instanceof GraphQLNonNull) return this.#make(type.ofType, name, place, depth, true);
    if (this.#chance.is(isNeeded ? 0.005 : 0.02)) return null;
    if (type instanceof GraphQLList) {
      if (this.#chance.is(0.15)) return this.#make(type.ofType, name, place, depth);
      return Array.from({ length: this.#chance.below(3) }, () => this.#make(type.ofType, name, place, depth));
    }
    if (type instanceof GraphQLEnumType) return this.#chance.one(type.getValues()).name;
    if (type instanceof GraphQLInputObjectType) return this.#object(type, depth);
    if (type.name === 'Boolean') return this.#chance.is(0.5);
    if (type.name === 'Int') return this.#chance.is(0.04) ? 201 : this.#chance.below(4);
    if (type.name === 'ID') return this.#id(name, place);
    return this.#chance.one(SCALARS[type.name] ?? ['x']);
  }

  #object(type, depth) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const field = this.#chance.one(fields);
      return { [field.name]: this.#make(field.type, field.name, type.name, depth + 1) };
    }
    const given = fields.filter((field) => {
      const isRequired = isNonNullType(field.type) && field.defaultValue === undefined;
      const goesOn = isInputObjectType(getNamedType(field.type)) && depth >= 2;
      return isRequired || (!goesOn && this.#chance.is(1.2 / fields.length));
    });
    return Object.fromEntries(
      given.map((field) => [field.name, this.#make(field.type, field.name, type.name, depth + 1)]),
    );
  }

  #id(name, place) {
    if (this.#chance.is(0.04)) return 'wrong';
    const { conference, meeting, seminar, zhambyl, agency, commission, branch, ...others } = this.#known;
    const all = { event: [conference, meeting, seminar, zhambyl], partner: [agency, commission, branch] };
    const fitting = all[place] ?? (others[place] ? [others[place]] : undefined);
    return this.#chance.one(fitting ?? Object.values(this.#known));
  }
}

function hash(text) {
  let sum = 7;
  for (const sign of text) sum = (sum * 31 + sign.codePointAt(0)) % 9973;
  return sum;
}

/** Spells a JSON value as a literal of a type. */
function spell(value, type) {
  if (type instanceof GraphQLNonNull) return spell(value, type.ofType);
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    const inner = type instanceof GraphQLList ? type.ofType : type;
    return `[${value.map((entry) => spell(entry, inner)).join(', ')}]`;
  }
  if (type instanceof GraphQLList) return spell(value, type.ofType);
  if (type instanceof GraphQLEnumType) return value;
  if (type instanceof GraphQLInputObjectType) {
    const fields = type.getFields();
    const spelt = Object.entries(value).map(([name, part]) => `${name}: ${spell(part, fields[name].type)}`);
    return `{ ${spelt.join(', ')} }`;
  }
  return JSON.stringify(value);
}
